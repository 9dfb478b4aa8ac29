/** Of one set of scenes, at one false find in ten pictures. */
interface AtRate {
  readonly recall: number;
  readonly landmarkError: number;
  readonly faces: number;
}

/** Faces that ours alone and the other alone finds; p of McNemar's exact test. */
interface Paired {
  readonly alone: number;
  readonly otherAlone: number;
  readonly p: number;
}

type Sets = Readonly<Record<'clean' | 'L1' | 'L2' | 'L3', AtRate>>;

/** What `training.detector.evaluate` measured, as the manifest has it. */
export interface DetectorFigures extends Sets {
  readonly milliseconds320: { readonly median: number };
  /** Medians, in inter-eye distances: how far the labels lie from their own teacher's other looks, and we from these. */
  readonly landmarksRepeat: {
    readonly labelToMeanOfLooks: number;
    readonly modelToMeanOfLooks: number;
  };
  /** The detector that made the labels. */
  readonly comparedWith: Sets & {
    readonly milliseconds320: { readonly median: number };
    readonly firstAgainstThis: Readonly<Record<keyof Sets, Paired>>;
  };
}

const sets = {
  clean: 'as they are',
  L1: '14 px between the eyes',
  L2: '10 px',
  L3: '8 px',
} as const;

const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;
const chance = (p: number): string => (p < 0.001 ? 'p < 0.001' : `p ${p.toFixed(3)}`);
const word = (reached: boolean): string => (reached ? 'reached' : 'missed');

/** The detector's figures beside its teacher's, and its targets, as Markdown. */
export function detectorFigures(measured: Partial<DetectorFigures> | undefined): string {
  const {
    clean,
    L2,
    milliseconds320: time,
    comparedWith: teacher,
    landmarksRepeat: repeat,
  } = measured ?? {};
  if (measured === undefined || !clean || !L2 || !time || !teacher || !repeat) {
    throw new Error('The manifest does not say how the detector compares with its teacher');
  }
  const paired = teacher.firstAgainstThis;
  const rows = (Object.keys(sets) as (keyof Sets)[]).map((set) => {
    const ours = measured[set] as AtRate;
    const theirs = teacher[set];
    return `| ${[
      sets[set],
      String(ours.faces),
      percent(ours.recall),
      percent(theirs.recall),
      `${paired[set].alone} / ${paired[set].otherAlone} (${chance(paired[set].p)})`,
      percent(ours.landmarkError),
      percent(theirs.landmarkError),
    ].join(' | ')} |`;
  });
  const lead = L2.recall - teacher.L2.recall;
  const clear = lead > 0 && paired.L2.p < 0.05;
  return [
    '| held-out scenes | faces | recall | teacher | found by one alone: ours / teacher | landmark error | teacher |',
    '|---|---|---|---|---|---|---|',
    ...rows,
    '',
    '| target | wanted | reached |',
    '|---|---|---|',
    `| recall, scenes as they are | 95 % | ${percent(clean.recall)}: ${word(clean.recall >= 0.95)} |`,
    `| landmarks, median miss | 5 % of the inter-eye distance | ${percent(clean.landmarkError)}: ${word(clean.landmarkError <= 0.05)} (a label itself lies ${percent(repeat.labelToMeanOfLooks)} from the mean of its teacher's other looks; from that mean ours are ${percent(repeat.modelToMeanOfLooks)} away) |`,
    `| recall at 10 px | clearly above the teacher's | ${percent(L2.recall)} against ${percent(teacher.L2.recall)}: ${clear ? 'reached' : lead > 0 ? 'above, within the error of the measurement' : 'missed'} |`,
    `| 320x320 on one core | 6 ms | ${time.median} ms: ${word(time.median <= 6)} |`,
  ].join('\n');
}
