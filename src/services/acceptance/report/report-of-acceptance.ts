import { lightKinds } from '../../../domain/acceptance/walk.ts';
import type { ReportContent, ReportSection } from '../../evidence/report/report-content.ts';
import { chinese, english, modelRows, rows } from '../../evidence/report/report-words.ts';
import type { AcceptanceDocument } from './acceptance-document.ts';
import {
  groupWords,
  lightNames,
  methodWords,
  percent,
  range,
  resultWords,
  shownNames,
  signatureWords,
  sizeWords,
} from './acceptance-words.ts';

type Results = AcceptanceDocument['results'];
type Rate = Results['total'];
type Groups = NonNullable<Results['groups']>;

const plain = { appearances: [], reviews: null, goesOn: true } as const;

/** The report of a test of a site, for people to sign. It names no volunteer. */
export function reportOfAcceptance(document: AcceptanceDocument): ReportContent {
  const { finishedAt, id, madeAt, name, plan, records, results, settings, startedAt } = document;
  return {
    title: `Acceptance test ${id}`,
    heading: `Acceptance test of a site · 现场验收测试: ${name}`,
    facts: rows([
      ['Test · 测试', id],
      ['Began · 开始', startedAt],
      ['Finished · 结束', finishedAt ?? 'not yet: figures up to now · 尚未结束：截至目前'],
      ['Written · 制作', madeAt],
      ['Least TPIR asked for · 要求的最低检出率', percent(plan.rate)],
      ['Most FPIR asked for · 要求的最高误报率', percent(plan.fpir)],
      ['TPIR · 检出率', shownNames[results.rateShown]],
      ['FPIR · 误报率', shownNames[results.fpirShown]],
    ]),
    words: resultWords(document),
    sections: [
      walksSection(document),
      strangersSection(results),
      ...(results.bySize.length === 0 ? [] : [sizesSection(results)]),
      ...(results.groups === null ? [] : [groupsSection(results.groups)]),
      {
        heading: 'How it was measured · 测量方法',
        words: methodWords,
        facts: [],
        ...plain,
      },
      settingsSection(settings),
      signatures(),
    ],
    records: {
      heading: 'Records in the audit log · 审计日志记录',
      words: [
        english('By the hashes these records are found in the log.'),
        chinese('可凭哈希值在日志中查到这些记录。'),
      ],
      rows: rows(records.map(({ at, by, hash, what }) => [at, `${what} · ${by} · ${hash}`])),
    },
  };
}

function walksSection({ plan, results }: AcceptanceDocument): ReportSection {
  const { byCamera, byLight, mistaken, openWalks, outside, repeated, total, walksNeeded } = results;
  return {
    heading: 'Walks of volunteers · 志愿者走动',
    ...plain,
    facts: rows([
      [
        'Walks for this width · 所需走动次数',
        `${walksNeeded} (±${percent(plan.halfWidth)}); ${total.walks} made · 已完成`,
      ],
      ['All · 全部', rateText(total), 'lines'],
      ...byCamera.map((each) => [`Camera · 摄像机 ${each.name}`, rateText(each), 'lines']),
      ...lightKinds.flatMap((light) =>
        byLight
          .filter(({ name }) => name === light)
          .map((each) => [`Light · 光线 ${lightNames[light]}`, rateText(each), 'lines']),
      ),
      ['Reported again in a walk · 同次走动重复报出', String(repeated)],
      ["Under another volunteer's name · 误报为其他志愿者", String(mistaken)],
      ['Confirmed outside of walks, not counted · 走动之外已确认，不计', String(outside)],
      ['Walks that have not ended, not counted · 尚未结束的走动，不计', String(openWalks)],
    ]),
  };
}

function strangersSection(results: Results): ReportSection {
  const { facesNeeded, strangers, strangersByCamera } = results;
  const sources = {
    people: 'counted by people · 人工清点',
    tracks: 'tracks of whole hours · 整小时轨迹',
  };
  return {
    heading: 'Strangers · 陌生人',
    ...plain,
    facts: rows([
      [
        'Faces needed without a false alert · 无误报时所需人脸数',
        `${facesNeeded}; ${strangers.faces} counted · 已清点`,
      ],
      ['All · 全部', falseText(strangers), 'lines'],
      ...strangersByCamera.map((each) => [
        `Camera · 摄像机 ${each.cameraId}`,
        `${falseText(each)}\n${each.source === null ? 'not counted · 未清点' : sources[each.source]}`,
        'lines',
      ]),
    ]),
  };
}

function sizesSection({ bySize, listSize, strangers }: Results): ReportSection {
  return {
    heading: 'Lists of other sizes, computed · 其他名单人数（推算）',
    words: sizeWords,
    ...plain,
    facts: rows([
      [
        `${listSize} (measured · 实测)`,
        `${strangers.fpir === null ? '–' : percent(strangers.fpir)}, at most · 至多 ${percent(strangers.interval[1])}`,
      ],
      ...bySize.map(({ atMost, fpir, size }) => [
        String(size),
        `${percent(fpir)}, at most · 至多 ${percent(atMost)}`,
      ]),
    ]),
  };
}

function groupsSection({
  fnirRatio,
  fpirRatio,
  groups,
  holds,
  left,
  worstFnir,
  worstFpir,
}: Groups): ReportSection {
  const worst = (name: string | null, ratio: number | null) =>
    `${name ?? '–'}; largest by least rate · 最大与最小之比 ${ratio?.toFixed(2) ?? '–'}`;
  return {
    heading: 'Groups · 分组',
    words: groupWords,
    ...plain,
    facts: rows([
      ['FPIR holds for the worst group · 最差组满足误报率', shownNames[holds]],
      ['Missed most · 漏报最多', worst(worstFnir, fnirRatio)],
      ['Mistaken most · 误认最多', worst(worstFpir, fpirRatio)],
      ['Groups not shown · 未列出的组', String(left)],
      ...groups.map((of) => [
        of.group,
        [
          `${of.volunteers} volunteers · 人, ${of.walks} walks · 次`,
          `FNIR · 漏报率 ${percent(of.fnir)} (${range(of.fnirInterval)})`,
          `FPIR · 误认率 ${percent(of.fpir)} (${range(of.fpirInterval)})`,
        ].join('\n'),
        'lines',
      ]),
    ]),
  };
}

function settingsSection(settings: AcceptanceDocument['settings']): ReportSection {
  const { configHashes, listFpir, models, thresholds, version } = settings;
  return {
    heading: 'What was tested · 被测对象',
    ...plain,
    facts: [
      ...rows([
        ['Nightglass', version],
        ['FPIR of the list · 名单误报率', String(listFpir)],
        [
          'Thresholds of its alerts · 警报阈值',
          thresholds === null ? '–' : thresholds.map((each) => each.toFixed(3)).join('–'),
        ],
      ]),
      ...modelRows({ models, configHash: configHashes.join(' ') }),
    ],
  };
}

function signatures(): ReportSection {
  const line = '______________________________';
  const facts = [
    'For the operator · 运营方',
    'For the supplier · 供应方',
    'Witness · 见证人',
  ].flatMap((who) => [
    [who, `Name · 姓名 ${line}`],
    ['Place, date · 地点、日期', line],
    // Room to sign.
    ['Signature · 签名', `\n${line}\n`, 'lines'],
  ]);
  return { heading: 'Signatures · 签名', words: signatureWords, ...plain, facts: rows(facts) };
}

const rateText = ({ byPerson, found, interval, tpir, volunteers, walks }: Rate): string =>
  [
    `${tpir === null ? '–' : percent(tpir)} (${range(interval)}): ${found} / ${walks} walks · 次, ${volunteers} volunteers · 人`,
    ...(byPerson === null ? [] : [`by volunteer · 按人 ${range(byPerson)}`]),
  ].join('\n');

const falseText = ({
  falseAlerts,
  faces,
  fpir,
  interval,
}: Omit<Results['strangers'], 'cameraId'>): string =>
  `${fpir === null ? '–' : percent(fpir)} (${range(interval)}): ${falseAlerts} / ${faces} faces · 张人脸`;
