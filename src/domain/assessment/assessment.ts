import type { Cause } from './causes.ts';
import type { Gathered } from './gathered.ts';
import { quantile, sumOver } from './histogram.ts';
import { type GoodRange, goodRange, limits, useLimits } from './limits.ts';
import { type Measure, measureNames, measures } from './measures.ts';
import {
  type Measured,
  type RecognitionFigures,
  type RecognitionLevel,
  recognitionAt,
} from './recognition.ts';

/** What a camera can be used for. */
export const uses = ['alerts', 'review', 'unusable', 'unseen'] as const;
/** `unseen`: nobody was seen, so nothing can be said. */
export type Use = (typeof uses)[number];

/** What to change. */
export const changes = [
  'nearer',
  'lower',
  'front',
  'light',
  'glare',
  'shutter',
  'focus',
  'bitRate',
  'frameRate',
] as const;
export type Change = (typeof changes)[number];

export interface Advice {
  readonly change: Change;
  /** Share of tracks at which what it would undo was at work. */
  readonly share: number;
  /** Share of all people seen who would be found in addition, by the evaluation's figures. */
  readonly gain: number;
  /** Of `nearer`: how many times larger a face has to stand in the picture; else null. */
  readonly factor: { readonly alerts: number | null; readonly good: number } | null;
}

/** A measure's counts with what stands out of them. */
export interface MeasureReport {
  readonly measure: Measure;
  readonly unit: string;
  readonly edges: readonly number[];
  readonly counts: readonly number[];
  readonly count: number;
  /** Null where nothing was measured. */
  readonly median: number | null;
  /** 10 % of all lie below and above. */
  readonly low: number | null;
  readonly high: number | null;
  readonly good: GoodRange;
}

export interface Assessment {
  readonly use: Use;
  /** Too few people passed for the verdict to be firm. */
  readonly preliminary: boolean;
  readonly seconds: number;
  readonly frames: number;
  readonly faces: number;
  readonly tracks: number;
  readonly usable: number;
  readonly pooled: number;
  readonly unusable: Readonly<Record<string, number>>;
  /** Half of the people seen have at least so many pixels between the eyes. */
  readonly medianDistance: number | null;
  /** Of the people seen, shares; those without a usable picture are found by none. Null where nobody was. */
  readonly expected: { readonly rank1: Measured; readonly tpir: Measured } | null;
  /** Largest gain first. */
  readonly advice: readonly Advice[];
  readonly measures: readonly MeasureReport[];
  readonly figures: RecognitionFigures;
  /** False where another recogniser is in use than the one that the figures are of. */
  readonly evaluated: boolean;
}

/** Advice that undoes each cause. */
const changeOf: Readonly<Record<Cause, Change>> = {
  dark: 'light',
  noise: 'light',
  glare: 'glare',
  motion: 'shutter',
  focus: 'focus',
  compression: 'bitRate',
  pitch: 'lower',
  yaw: 'front',
  frames: 'frameRate',
};

/** Less than this is not worth a change, unless most tracks suffer from it. */
const leastGain = 0.02;
const most = 0.5;
const { edges } = measures.interEyeDistance;

/**
 * The verdict on what was gathered, and what to change, by the evaluation's figures.
 * @param recogniser SHA-256 of the one in use
 */
export function assess(
  gathered: Gathered,
  figures: RecognitionFigures,
  recogniser: string | undefined,
): Assessment {
  const { seconds, frames, faces, tracks, usable, pooled, unusable, counts } = gathered;
  const expected =
    tracks === 0
      ? null
      : {
          rank1: expectedOf(gathered, figures, 'rank1'),
          tpir: expectedOf(gathered, figures, 'tpir'),
        };
  return {
    use: useOf(expected),
    preliminary: tracks < useLimits.fewTracks,
    ...{ seconds, frames, faces, tracks, usable, pooled, unusable },
    medianDistance: quantile(counts.interEyeDistance, edges, 0.5),
    expected,
    advice: adviceOn(gathered, figures),
    measures: measureNames.map((measure) => report(measure, counts[measure])),
    figures,
    evaluated: recogniser === figures.recogniser,
  };
}

function useOf(expected: Assessment['expected']): Use {
  if (expected === null) return 'unseen';
  if (expected.tpir.value >= useLimits.alerts) return 'alerts';
  return expected.rank1.value >= useLimits.review ? 'review' : 'unusable';
}

function expectedOf(
  { counts, tracks, pooled, usable }: Gathered,
  { tracks: ofTracks, singles }: RecognitionFigures,
  of: 'rank1' | 'tpir',
): Measured {
  // A template of one picture finds as single frames do, one of several as tracks do.
  const share = usable === 0 ? 0 : pooled / usable;
  const mean = (bound: keyof Measured) =>
    sumOver(counts.effectiveDistance, edges, (eyes) => {
      const track = recognitionAt(ofTracks, eyes, of)[bound];
      return share * track + (1 - share) * recognitionAt(singles, eyes, of)[bound];
    }) / tracks;
  return { value: mean('value'), low: mean('low'), high: mean('high') };
}

function adviceOn(gathered: Gathered, { tracks: levels, singles }: RecognitionFigures): Advice[] {
  const { tracks, causes } = gathered;
  if (tracks === 0) return unseenAdvice(gathered);
  const found = new Map<Change, { share: number; gain: number }>();
  for (const [cause, { tracks: hit, seen, effective }] of Object.entries(causes)) {
    if (hit === 0) continue;
    const change = changeOf[cause as Cause];
    // More pictures of a person make a template of several; they change nothing of the pictures.
    const isFrames = cause === 'frames';
    const before = sumOver(effective, edges, tpirOf(isFrames ? singles : levels));
    const after = sumOver(isFrames ? effective : seen, edges, tpirOf(levels));
    const gain = Math.max(0, after - before) / tracks;
    const share = hit / tracks;
    const known = found.get(change);
    // Two causes that one change undoes: the stronger one counts, they meet in the same tracks.
    if (known === undefined || gain > known.gain) found.set(change, { share, gain });
  }
  const advice: Advice[] = [...found].map(([change, each]) => ({ change, ...each, factor: null }));
  const nearer = nearerAdvice(gathered, levels);
  return [...(nearer === null ? [] : [nearer]), ...advice]
    .filter(({ gain, share }) => gain >= leastGain || share >= most)
    .toSorted((a, b) => b.gain - a.gain || b.share - a.share);
}

/** What being larger in the picture alone would bring. */
function nearerAdvice(
  { counts: { interEyeDistance: seen }, tracks }: Gathered,
  levels: readonly RecognitionLevel[],
): Advice | null {
  const median = quantile(seen, edges, 0.5);
  if (median === null || median >= limits.goodDistance) return null;
  const { alertDistance, goodDistance } = limits;
  const good = goodDistance / median;
  const alerts = median < alertDistance ? alertDistance / median : null;
  const tpir = tpirOf(levels);
  const larger = sumOver(seen, edges, (eyes) => tpir(eyes * (alerts ?? good)));
  const gain = Math.max(0, larger - sumOver(seen, edges, tpir)) / tracks;
  const small = sumOver(seen, edges, (eyes) => (eyes < goodDistance ? 1 : 0)) / tracks;
  return { change: 'nearer', share: small, gain, factor: { alerts, good } };
}

/** Where nobody was found, the whole picture still says whether it is too dark to find anybody. */
function unseenAdvice({ counts }: Gathered): Advice[] {
  const brightness = quantile(counts.sceneBrightness, measures.sceneBrightness.edges, 0.5);
  if (brightness === null || brightness >= limits.darkScene) return [];
  return [{ change: 'light', share: 1, gain: 0, factor: null }];
}

function tpirOf(levels: readonly RecognitionLevel[]): (eyes: number) => number {
  return (eyes) => recognitionAt(levels, eyes, 'tpir').value;
}

function report(measure: Measure, counts: readonly number[]): MeasureReport {
  const { unit, edges: borders } = measures[measure];
  return {
    measure,
    unit,
    edges: borders,
    counts,
    count: counts.reduce((sum, count) => sum + count, 0),
    median: quantile(counts, borders, 0.5),
    low: quantile(counts, borders, 0.1),
    high: quantile(counts, borders, 0.9),
    good: goodRange(measure),
  };
}
