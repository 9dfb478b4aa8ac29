import type { EvidenceKind } from '../../../domain/alert.ts';
import { isEnhancedKind } from '../../alerts/marked-evidence.ts';
import type { ReportAppearance, ReportPicture, ReportSection } from '../report/report-content.ts';
import { hiddenFaces, pictureCaptions, rows } from '../report/report-words.ts';
import type {
  SubjectAlertEntry,
  SubjectPersonEntry,
  SubjectSightingEntry,
} from './subject-document.ts';
import { termOf } from './subject-terms.ts';

const withheldText = 'withheld, see the end · 未提供，见文末';

/** An enrolment. */
export function personSection(
  person: SubjectPersonEntry,
  blurred: ReadonlySet<string>,
): ReportSection {
  const { templates, lookAlikes, volunteer } = person;
  return {
    heading: `Enrolment · 登记: ${person.name}`,
    facts: rows([
      ['Person · 编号', person.id],
      ['List · 名单', person.list.name ?? person.list.id],
      ['Added · 添加', byAt(person.createdBy ?? '?', person.createdAt)],
      ['Changed · 修改', person.updatedAt],
      [
        'Kept until · 保存至',
        person.keptUntil ?? 'somebody removes you from the list · 直至有人将您移出名单',
      ],
      ['Note · 备注', person.note ?? withheldText],
      ...templates.map(({ dimension, id, model, numbers, quality, sha256, createdAt }) => [
        `Template · 模板 ${id}`,
        `${model}, ${dimension} numbers · 个数, SHA-256 ${sha256}, quality · 质量 ${quality.toFixed(0)}, ${createdAt}${numbers === null ? '' : '; subject.json'}`,
      ]),
      ...(volunteer === null ? [] : volunteerRows(volunteer)),
      ...lookAlikes.map(({ alert, createdAt, createdBy, raisedTo }) => [
        'A face that is not yours · 非您本人的面部',
        `${byAt(createdBy, createdAt)}: alert · 警报 ${alert}; faces like it are taken for you from · 此后相似面部的阈值 ${raisedTo.toFixed(3)}`,
      ]),
    ]),
    partsHeading: 'Enrolled pictures · 登记照片',
    appearances: templates
      .filter(({ picture }) => picture !== null)
      .map(({ createdAt, id, picture }) => ({
        heading: `${id} · ${createdAt}`,
        ...{ words: [], facts: [], clip: null },
        pictures: [pictureOf(picture ?? '', 'enrolled', blurred)],
      })),
    reviews: null,
  };
}

/** Consent to an acceptance test, and walks in it. */
function volunteerRows(volunteer: NonNullable<SubjectPersonEntry['volunteer']>): string[][] {
  const { consentGivenAt, consentText, consentTextSha256, consentUntil, groups } = volunteer;
  const said = Object.entries(groups).map(([asked, answer]) => `${asked}: ${answer}`);
  return [
    ['Acceptance test · 验收测试', `${volunteer.test}, volunteer · 志愿者 ${volunteer.number}`],
    [
      'Your consent · 您的同意',
      `${consentText}, SHA-256 ${consentTextSha256}; ${consentGivenAt} – ${consentUntil}`,
    ],
    ['What you said of yourself · 您的自述', said.join('\n') || 'nothing · 无', 'lines'],
    ...volunteer.walks.map(({ camera, from, light, to }) => [
      'A walk · 走动',
      `${camera}, ${light}, ${from} – ${to ?? ''}`,
    ]),
  ];
}

/** An alert, and what people did about it. */
export function alertSection(
  alert: SubjectAlertEntry,
  blurred: ReadonlySet<string>,
): ReportSection {
  const { appearances, enrolledPicture, exportedAt, id, learntAt, list, notes, outcomes, reviews } =
    alert;
  return {
    heading: `Alert · 警报 ${id}`,
    facts: rows([
      ['List · 名单', list.name ?? list.id],
      [
        'On · 针对',
        alert.ownEnrolment
          ? 'your enrolment · 您的登记'
          : 'somebody else, whom the machine took you for · 机器将您误认为的他人',
      ],
      ['State · 状态', alert.state === null ? withheldText : termOf(alert.state)],
      ['Kept until · 保存至', alert.keptUntil],
      ['FPIR · 误报率', alert.fpir === null ? withheldText : String(alert.fpir)],
      [
        'List size · 名单人数',
        alert.peopleOnList === null ? withheldText : String(alert.peopleOnList),
      ],
      ...alert.models.map(({ name, sha256, task }) => [
        `Model · 模型 ${task}`,
        `${name} ${sha256}`,
      ]),
      ...alert.deliveries.map(({ at, state, to }) => [
        'Delivery · 发送',
        `${to} · ${state === 'waiting' ? 'waiting · 等待中' : 'given up · 已放弃'} · ${at}`,
      ]),
      ...exportedAt.map((at) => ['In a case of evidence · 导出为证据案件', at]),
      ...alert.trials.map(({ model, reported, score }) => [
        `On trial · 试运行 ${model}`,
        `${reported ? 'would report it · 会报告' : 'would not report it · 不会报告'}${score === null ? '' : `, ${score.toFixed(3)}`}`,
      ]),
      ...learntAt.map((at) => ['Exported for training · 导出用于训练', at]),
    ]),
    appearances: appearances.map((each) => appearanceOf(each, enrolledPicture, blurred)),
    reviews: rows([
      ...reviews.map(({ action, at, by, reason }) => [
        byAt(by, at),
        `${termOf(action)}${after(reason)}`,
      ]),
      ...outcomes.map(({ at, by, note, outcome }) => [
        byAt(by, at),
        `Outcome · 处置结果: ${termOf(outcome)}${after(note)}`,
      ]),
      ...notes.map(({ at, by, text }) => [byAt(by, at), `Note · 备注${after(text)}`]),
    ]),
  };
}

function appearanceOf(
  seen: SubjectAlertEntry['appearances'][number],
  enrolled: string | null,
  blurred: ReadonlySet<string>,
): ReportAppearance {
  const { camera, clip, lastSeenAt, number, pictures, quality, scores, seenAt, threshold } = seen;
  const shown = number === 0 && enrolled !== null ? [...pictures, enrolled] : pictures;
  return {
    heading: `${number === 0 ? 'Seen · 出现' : `${number}.`} ${camera} · ${seenAt}`,
    words: [],
    facts: rows([
      ['Last seen · 最后出现', lastSeenAt],
      [
        'Similarity · 相似度',
        scores === null
          ? withheldText
          : `${scores.fused.toFixed(3)} (recorded · 原图 ${scores.raw.toFixed(3)}, enhanced · 增强 ${scores.enhanced?.toFixed(3) ?? '–'})`,
      ],
      ['Threshold · 阈值', threshold?.toFixed(3) ?? withheldText],
      ['Quality · 质量', quality?.toFixed(0) ?? withheldText],
    ]),
    pictures: shown.map((path) => pictureOf(path, kindOf(path), blurred)),
    clip,
  };
}

/** A sighting in recorded footage. */
export function footageSection(
  sighting: SubjectSightingEntry,
  blurred: ReadonlySet<string>,
): ReportSection {
  const { fileSha256, id, list, pictures, scores, secondsInFile, seenAt, threshold } = sighting;
  return {
    heading: `Sighting in a recording · 录像中出现 ${id}`,
    facts: rows([
      ['List · 名单', list.name ?? list.id],
      ['Search · 检索', `${sighting.search} · ${byAt(sighting.askedBy, sighting.searchedAt)}`],
      ['Recording, SHA-256 · 录像', fileSha256 ?? '–'],
      ['Seen · 出现', `${secondsInFile.toFixed(1)} s${seenAt === null ? '' : ` · ${seenAt}`}`],
      ['Similarity · 相似度', `${scores.fused.toFixed(3)} / ${threshold.toFixed(3)}`],
      ['Kept until · 保存至', sighting.keptUntil ?? '–'],
    ]),
    appearances:
      pictures.length === 0
        ? []
        : [
            {
              heading: seenAt ?? `${secondsInFile.toFixed(1)} s`,
              ...{ words: [], facts: [], clip: null },
              pictures: pictures.map((path) => pictureOf(path, kindOf(path), blurred)),
            },
          ],
    reviews: null,
  };
}

const byAt = (by: string, at: string): string => `${at} ${by}`;

const after = (text: string | null): string =>
  text === null ? `: ${withheldText}` : text === '' ? '' : `: ${text}`;

const kindOf = (path: string): string =>
  path
    .split('/')
    .at(-1)
    ?.replace(/\.jpg$/, '') ?? '';

function pictureOf(path: string, kind: string, blurred: ReadonlySet<string>): ReportPicture {
  const plain = kind.replace(/^sighting-\d+-/, '').replace(/^best-\d+$/, 'best');
  return {
    path,
    caption: `${pictureCaptions[plain] ?? kind}${blurred.has(path) ? hiddenFaces : ''}`,
    isEnhanced: isEnhancedKind(kind as EvidenceKind),
    isWide: kind.endsWith('frame'),
  };
}
