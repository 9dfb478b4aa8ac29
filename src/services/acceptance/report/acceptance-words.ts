import type { Shown } from '../../../domain/acceptance/acceptance-results.ts';
import type { LightKind } from '../../../domain/acceptance/walk.ts';
import type { ReportWords } from '../../evidence/report/report-content.ts';
import { chinese, english } from '../../evidence/report/report-words.ts';
import type { AcceptanceDocument } from './acceptance-document.ts';

/** A share as it is read: `97.50 %`. */
export const percent = (share: number): string => `${(share * 100).toFixed(2)} %`;

/** A 95 % interval of shares. */
export const range = ([low, high]: readonly [number, number]): string =>
  `${(low * 100).toFixed(2)}–${(high * 100).toFixed(2)} %`;

/** What a verdict means, in both languages. */
export const shownNames: Readonly<Record<Shown, string>> = {
  shown: 'shown: the whole interval holds · 已证明：整个区间均满足',
  refuted: 'refuted: no part of the interval holds · 未达到：整个区间均不满足',
  undecided: 'undecided: more is to be measured · 未定：需要更多测量',
};

export const lightNames: Readonly<Record<LightKind, string>> = {
  day: 'day · 白天',
  dusk: 'dusk · 黄昏',
  night: 'night · 夜间',
  indoor: 'indoor · 室内',
  infrared: 'infrared · 红外',
};

/** What the test found, in sentences. */
export function resultWords({ plan, results }: AcceptanceDocument): ReportWords[] {
  const { listSize, strangers, total } = results;
  const tpir = total.tpir === null ? '–' : percent(total.tpir);
  const fpir = strangers.fpir === null ? '–' : percent(strangers.fpir);
  return [
    english(
      `Volunteers were on a list of their own of ${listSize} people and walked past cameras ${total.walks} times; in ${total.found} walks (${tpir}, interval ${range(total.interval)}) they were reported. At least ${percent(plan.rate)} was asked for.`,
      `Of ${strangers.faces} faces of strangers that passed the cameras, ${strangers.falseAlerts} raised a false alert (${fpir}, interval ${range(strangers.interval)}). At most ${percent(plan.fpir)} was asked for.`,
    ),
    chinese(
      `志愿者列于专用名单（${listSize} 人），共走过摄像机 ${total.walks} 次，其中 ${total.found} 次被报出（${tpir}，区间 ${range(total.interval)}）。要求至少 ${percent(plan.rate)}。`,
      `陌生人的人脸共 ${strangers.faces} 次经过摄像机，其中误报 ${strangers.falseAlerts} 次（${fpir}，区间 ${range(strangers.interval)}）。要求至多 ${percent(plan.fpir)}。`,
    ),
  ];
}

/** How the figures come about, and what they leave out. */
export const methodWords: readonly ReportWords[] = [
  english(
    'A walk counts as found where the volunteer was reported at its camera while it went on, five seconds before and after included. Intervals are exact 95 % intervals over walks; walks of one person are alike, so where there are five volunteers or more, the interval that is drawn by volunteer stands beside them and is the one to go by.',
    'A false alert is one that fits no walk and that nobody confirmed, or that somebody dismissed. Faces were counted by people or, where nobody did, by the tracks of whole hours that the program compared with lists. Faces too poor to be compared are in neither count; volunteers whom the camera did not show well enough count as missed.',
  ),
  chinese(
    '志愿者在走动期间（含前后各五秒）于该摄像机被报出，则该次计为找到。区间为按次数计算的精确 95 % 区间；同一人的多次走动彼此相似，因此志愿者达到五人时另列按人抽样的区间，应以其为准。',
    '误报指不对应任何走动且无人确认的警报，或被人员排除的警报。人脸数由人员清点；未清点时采用程序在整小时内与名单比较的轨迹数。画质过差而未比较的人脸不计入；摄像机未能拍清的志愿者计为漏报。',
  ),
];

/** What the rates for other list sizes rest on. */
export const sizeWords: readonly ReportWords[] = [
  english(
    'The threshold of a list follows from its size, so a list of another size is given another one. The rates below are those of other sizes at the threshold of this test: computed from the one above with comparisons taken as independent, not measured.',
  ),
  chinese(
    '名单的阈值随其人数而定，其他人数的名单会有不同的阈值。以下为在本测试阈值下其他人数名单的误报率：由上述结果按各次比较相互独立推算，并非实测。',
  ),
];

/** What differences between groups can say. */
export const groupWords: readonly ReportWords[] = [
  english(
    'Groups are what volunteers said of themselves. Nothing is known of strangers, so false reports are those among volunteers: a walk that was reported under the name of somebody else on the list. Groups of fewer than five volunteers are not shown. With few walks differences are within the intervals.',
  ),
  chinese(
    '分组依据志愿者的自述。对陌生人一无所知，因此误报仅指志愿者之间的误认：某次走动被报为名单上的其他人。少于五名志愿者的组不列出。次数较少时，差异可能在区间之内。',
  ),
];

/** What whoever signs says. */
export const signatureWords: readonly ReportWords[] = [
  english(
    'With their names those below say that the walks were as recorded and that the program was set as stated. Other models, settings, cameras or lists ask for another test.',
  ),
  chinese(
    '以下签名人确认走动与记录相符，且程序设置如所述。更换模型、设置、摄像机或名单须重新测试。',
  ),
];
