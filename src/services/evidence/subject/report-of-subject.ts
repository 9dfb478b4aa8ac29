import type { ReportContent, ReportRow, ReportSection } from '../report/report-content.ts';
import { chinese, english, rows } from '../report/report-words.ts';
import { alertSection, footageSection, personSection } from './report-sections.ts';
import { siteAlertSection } from './site-alert-entry.ts';
import type { SubjectDocument } from './subject-document.ts';
import { termOf } from './subject-terms.ts';
import {
  introWords,
  lawNames,
  limitsWords,
  matchingWords,
  rightsWords,
  withheldWords,
} from './subject-words.ts';

const notStated = 'not stated · 未说明';

/** What a report is made of besides the document. */
export interface SubjectReportBasis {
  /** Pictures and clips in which faces of others are hidden. */
  readonly blurred: ReadonlySet<string>;
  /** SHA-256 over the public key that signs the case. */
  readonly fingerprint: string;
}

/** The answer to a person who asks, as a letter. */
export function reportOfSubject(
  document: SubjectDocument,
  { blurred, fingerprint }: SubjectReportBasis,
): ReportContent {
  const { answer, caseId, part } = document;
  return {
    title: `Personal data ${caseId}`,
    heading: 'Answer to a request for access to personal data · 对查阅个人数据请求的答复',
    facts: rows([...partiesOf(document), ['Signing key, SHA-256 · 签名密钥', fingerprint]]),
    words: [...introWords(answer), ...(part.of > 1 ? partWords(part) : [])],
    sections: [
      ...(part.number === 1 ? [groundsSection(document)] : []),
      ...(document.search === null ? [] : [searchSection(document.search)]),
      ...document.people.map((each) => personSection(each, blurred)),
      ...document.alerts.map((each) => alertSection(each, blurred)),
      ...document.footage.map((each) => footageSection(each, blurred)),
      ...document.siteAlerts.map(siteAlertSection),
      withheldSection(document),
      {
        heading: 'Your rights · 您的权利',
        words: [...rightsWords(document.law), ...limitsWords],
        ...{ facts: [], appearances: [], reviews: null, goesOn: true },
      },
    ],
    records: {
      heading: 'Records about you in the audit log · 审计日志中有关您的记录',
      words: [
        english(
          `Who did something with your enrolment, and when.${document.recordsComplete ? '' : ' There are more records than are shown here.'}`,
        ),
        chinese(
          `何人于何时处理过您的登记信息。${document.recordsComplete ? '' : '记录较多，此处未全部列出。'}`,
        ),
      ],
      rows: rows(
        document.records.map(({ at, by, what, target }) => [
          at,
          `${by}: ${termOf(what)} (${target})`,
        ]),
      ),
    },
  };
}

function partiesOf({
  caseId,
  controller,
  exportedAt,
  exportedBy,
  law,
  part,
  reason,
  totals,
}: SubjectDocument): readonly (readonly string[])[] {
  const { name, operator, dataProtectionOfficer: officer } = controller;
  return [
    ['From · 答复方', operator === null ? notStated : `${operator.name}, ${operator.contact}`],
    [
      'Data protection officer · 数据保护官',
      officer === null ? notStated : `${officer.name}, ${officer.contact}`,
    ],
    ['Deployment · 部署', name ?? notStated],
    ['Made · 制作时间', exportedAt],
    ['By · 经办人', exportedBy],
    ['Under · 依据', lawNames[law]],
    ['Request · 请求', reason],
    ['Case · 案件', caseId],
    ['Part · 部分', `${part.number} / ${part.of}`],
    [
      'In all parts · 各部分合计',
      [
        `Enrolments · 登记: ${totals.people}`,
        `Alerts · 警报: ${totals.alerts}`,
        `Sightings in recordings · 录像中出现: ${totals.sightings}`,
        ...(totals.siteAlerts > 0 ? [`Alerts of sites · 站点警报: ${totals.siteAlerts}`] : []),
      ].join('\n'),
      'lines',
    ],
  ];
}

function partWords({ number, of }: SubjectDocument['part']) {
  return [
    english(
      `This is part ${number} of ${of}, as many as there were when it was made. Each is a file of its own that can be verified by itself.`,
    ),
    chinese(`这是第 ${number} 部分，制作时共 ${of} 部分。每部分是可单独校验的文件。`),
  ];
}

/** Why, on what basis, for whom, for how long: article 15(1)(a), (c), (d), (g) and (h). */
function groundsSection(document: SubjectDocument): ReportSection {
  const { alerts, controller, footage, people, recipients, siteAlerts } = document;
  const kept = [...people, ...alerts, ...footage, ...siteAlerts];
  const lists = new Map(kept.map(({ list }) => [list.id, list]));
  return {
    heading: 'Purpose, basis, recipients and time · 目的、依据、接收方与保存期限',
    words: matchingWords,
    goesOn: true,
    facts: rows([
      ['Purpose · 目的', controller.purpose ?? notStated],
      ['Place · 地点', controller.place ?? notStated],
      ['How people are told · 告知方式', controller.notice ?? notStated],
      ['Oversight · 监督', controller.oversight ?? notStated],
      ...[...lists.values()].map((list) => [
        `List · 名单 ${list.name ?? list.id}`,
        [
          `Purpose · 目的: ${list.purpose ?? notStated}`,
          `Legal basis · 法律依据: ${list.legalBasis ?? notStated}`,
          `Authorisation · 授权: ${list.authorisation ?? notStated}`,
          `Owner · 负责: ${list.owner ?? notStated}`,
          `Alerts are kept · 警报保存: ${list.alertsKeptDays ?? '?'} days · 天`,
          `Ends · 到期: ${list.expiresAt ?? 'not set · 未设定'}`,
        ].join('\n'),
        'lines',
      ]),
      ['Recipients outside · 外部接收方', recipientsText(recipients), 'lines'],
      [
        'Processors · 处理者',
        controller.processors.map(({ name, what }) => `${name}: ${what}`).join('\n') || notStated,
        'lines',
      ],
      [
        'The audit log is kept · 审计日志保存',
        document.auditKeptDays === null ? notStated : `${document.auditKeptDays} days · 天`,
      ],
      [
        'Where it comes from · 数据来源',
        'Enrolled pictures: handed in by staff, as the records at the end say. All else: cameras of this deployment and recordings that were searched. · 登记照片由工作人员提交，见文末记录；其余来自本部署的摄像机及被检索的录像。',
      ],
    ]),
    ...{ appearances: [], reviews: null },
  };
}

function recipientsText(recipients: SubjectDocument['recipients']): string {
  if (recipients === null) return notStated;
  if (recipients.length === 0) return 'none · 无';
  return recipients
    .map(({ by, names, pictures, scores }) => {
      const what = [
        'alerts · 警报',
        ...(names ? ['names · 姓名'] : []),
        ...(scores ? ['scores · 评分'] : []),
        ...(pictures.length > 0 ? [`pictures · 图片 (${pictures.join(', ')})`] : []),
      ];
      return `${by}: ${what.join(', ')}`;
    })
    .join('\n');
}

function searchSection(search: NonNullable<SubjectDocument['search']>): ReportSection {
  const { alertsLookedAt, at, faces, lists, notSearched, sightingsLookedAt } = search;
  const facts: ReportRow[] = rows([
    ['Searched · 检索时间', at],
    ['Faces in the picture · 图中人脸', String(faces)],
    ...lists.map(({ candidates, matches, name, people, threshold }) => [
      `List · 名单 ${name}`,
      `${people} people · 人, threshold · 阈值 ${threshold?.toFixed(3) ?? '–'}; ${candidates} looked at · 已查看, ${matches} of them from the threshold on · 达到阈值`,
    ]),
    ['Not searched · 未检索', notSearched.join(', ') || 'none · 无'],
    ['Alerts looked at by people · 人工查看的警报', String(alertsLookedAt)],
    ['Sightings looked at by people · 人工查看的录像出现', String(sightingsLookedAt)],
  ]);
  return {
    heading: 'The search by your picture · 以您的照片进行的检索',
    words: [
      english(
        'Your picture was compared with everybody on the lists named. Of those who look most like it to the machine, the alerts were shown to a person, who decided which show you. Only alerts and sightings are stored; faces that match nobody are not. Your picture was not kept.',
      ),
      chinese(
        '您的照片已与所列名单上的所有人比较。机器认为最相似者的警报由人员查看，并由其判断哪些是您。系统只保存警报和出现记录，不保存未匹配的人脸。您的照片未被保存。',
      ),
    ],
    facts,
    ...{ appearances: [], reviews: null },
  };
}

function withheldSection({ withheld }: SubjectDocument): ReportSection {
  return {
    heading: 'What is not given, and why · 未提供的内容及理由',
    facts:
      withheld.length === 0
        ? rows([['Nothing · 无', '–']])
        : rows(
            withheld.map(({ reason, what, why }) => [
              what,
              why === null ? withheldWords[reason] : `${withheldWords[reason]}: ${why}`,
            ]),
          ),
    ...{ appearances: [], reviews: null },
  };
}
