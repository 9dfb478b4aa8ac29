import type { Alert } from '../../../domain/alert.ts';
import type { ReportRow, ReportWords } from './report-content.ts';

/** What a match rests on, of an alert, its sightings, and those in recorded footage. */
export type ReportedMatch = Pick<
  Alert,
  'scores' | 'threshold' | 'fpir' | 'meanGate' | 'quality' | 'interEyeDistance'
>;

/** What score, threshold and picture mean, for who does not work with them. */
export function matchWords(seen: ReportedMatch): ReportWords[] {
  const { scores, threshold, meanGate, quality, interEyeDistance } = seen;
  const match = scores.fused.toFixed(2);
  const from = threshold.toFixed(2);
  const one = Math.round(1 / Math.max(seen.fpir, 1e-9)).toLocaleString('en');
  const eyes = interEyeDistance.toFixed(0);
  const recorded = Math.round(meanGate * 100);
  return [
    english(
      `Match ${match}; this list reports from ${from}. At this threshold about 1 of ${one} searches for a person who is not on the list reports somebody by mistake.`,
      scores.enhanced === null
        ? `The face has quality ${quality.toFixed(0)} of 100 and ${eyes} px between the eyes. Nothing was enhanced: the match rests on the recorded picture.`
        : `The face has quality ${quality.toFixed(0)} of 100 and ${eyes} px between the eyes. The match rests by ${recorded} % on the recorded picture and by ${100 - recorded} % on the enhanced one.`,
    ),
    chinese(
      `匹配度 ${match}，此名单从 ${from} 起报警。在此阈值下，对不在名单上的人约每 ${one} 次检索有 1 次误报。`,
      scores.enhanced === null
        ? `人脸质量 ${quality.toFixed(0)}（满分 100），两眼间距 ${eyes} 像素。未做增强，匹配仅依据原图。`
        : `人脸质量 ${quality.toFixed(0)}（满分 100），两眼间距 ${eyes} 像素。匹配依据：原图 ${recorded} %，增强图 ${100 - recorded} %。`,
    ),
  ];
}

/** Scores, threshold and qualities as numbers. */
export function matchRows(seen: Omit<ReportedMatch, 'fpir' | 'meanGate'>): ReportRow[] {
  const { scores, threshold, quality, interEyeDistance } = seen;
  return rows([
    [
      'Similarity · 相似度',
      `${scores.fused.toFixed(3)} (recorded · 原图 ${scores.raw.toFixed(3)}, enhanced · 增强 ${scores.enhanced?.toFixed(3) ?? '–'})`,
    ],
    ['Threshold · 阈值', threshold.toFixed(3)],
    ['Quality · 质量', quality.toFixed(0)],
    ['Between the eyes · 瞳距', `${interEyeDistance.toFixed(1)} px`],
  ]);
}

/** How sure matches by a list are, and how large it was. */
export function listRows({ fpir, gallerySize }: Pick<Alert, 'fpir' | 'gallerySize'>): ReportRow[] {
  return rows([
    ['FPIR · 误报率', String(fpir)],
    ['List size · 名单人数', String(gallerySize)],
  ]);
}

/** The models and the configuration of a match. */
export function modelRows({
  models,
  configHash,
}: Pick<Alert, 'models' | 'configHash'>): ReportRow[] {
  return rows([
    ...models.map(({ name, task, sha256 }) => [`Model · 模型 ${task}`, `${name} ${sha256}`]),
    ['Configuration, SHA-256 · 配置', configHash],
  ]);
}

/** What stands below a picture; `best` is a further one of an alert. */
export const pictureCaptions: Readonly<Record<string, string>> = {
  face: 'As recorded · 原图',
  enhanced: 'AI-enhanced, no evidence on its own · AI 增强，不能单独作为证据',
  enrolled: 'Enrolled picture · 登记照片',
  best: 'As recorded, further picture · 原图，其他画面',
  frame: 'Whole picture · 完整画面',
};

/** What stands beside a picture or clip in which faces of others are hidden. */
export const hiddenFaces = '; faces of others hidden · 已遮盖他人面部';

/** Said of a clip that was asked for and is not in the case. */
export const withheldClip = [
  'Clip · 片段',
  'withheld: not all of its pictures can be decoded, so faces of others cannot be hidden in it · 未提供：部分画面无法解码，无法遮盖其中他人的面部',
] as const;

/** Labels with their values; a third `lines` keeps the lines of a value. */
export function rows(pairs: readonly (readonly string[])[]): ReportRow[] {
  return pairs.map(([label = '', value = '', lines]) =>
    lines === 'lines' ? { label, value, isLined: true } : { label, value },
  );
}

export const english = (...sentences: string[]): ReportWords => ({ language: 'en', sentences });
export const chinese = (...sentences: string[]): ReportWords => ({ language: 'zh', sentences });

/** A wall time as it stands in reports. */
export const timeText = (at: number): string => new Date(at).toISOString();
