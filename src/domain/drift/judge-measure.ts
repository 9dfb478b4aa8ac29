import { addTo, countIn, type DriftDay, emptyHistogram, quantileIn } from './drift-histogram.ts';
import {
  type DriftDirection,
  type DriftMeasure,
  driftMeasure,
  driftMeasures,
  driftValue,
} from './drift-measure.ts';
import { type ChangeReport, findChange } from './find-change.ts';
import { type DayHalf, halfDays, halvesOf, histogramsOf } from './half-day.ts';

/** When a camera is different: by day, by night, or both. */
export const driftTimes = ['always', 'day', 'night'] as const;
export type DriftTime = (typeof driftTimes)[number];

/** How a measure was over some days. */
export interface DriftLevel {
  /** In the measure's own unit. */
  readonly median: number;
  /** Faces, minutes, people or alerts that were counted. */
  readonly count: number;
  readonly days: number;
}

/** A camera is different since a day. */
export interface DriftChange {
  readonly measure: DriftMeasure;
  readonly direction: DriftDirection;
  /** Whether it is a change for the worse, or of the view. */
  readonly isWorse: boolean;
  readonly time: DriftTime;
  /** The first day of it, days since 1 January 1970, and the day after which it was found. */
  readonly since: number;
  readonly foundOn: number;
  /** Over the days that it was compared with, and since. */
  readonly before: DriftLevel;
  readonly after: DriftLevel;
}

export interface MeasureJudgement {
  readonly change: DriftChange | null;
  /** Days that could be compared with usual ones; 0: not yet. */
  readonly compared: number;
}

/**
 * Whether a measure of a camera has changed and stands so.
 * @param days whole days, rising, from the day of an operator's new reference on
 * @returns steps of well under a millisecond
 */
export function* judgeMeasure(
  measure: DriftMeasure,
  days: readonly DriftDay[],
): Generator<void, MeasureJudgement> {
  const { least, worse } = driftMeasure(measure);
  const judged: (ChangeReport & { readonly half: DayHalf })[] = [];
  for (const half of halvesOf(measure)) {
    const compared = yield* findChange(halfDays(measure, half, days), least);
    judged.push({ half, ...compared });
  }
  const compared = Math.max(...judged.map((each) => each.compared));
  const changed = judged.flatMap(({ half, change }) => (change === null ? [] : [{ half, change }]));
  // Two that contradict each other are told one after the other: first the larger one.
  const [largest] = changed.toSorted((a, b) => Math.abs(b.change.shift) - Math.abs(a.change.shift));
  if (largest === undefined) return { change: null, compared };
  const { direction } = largest.change;
  const alike = changed.filter(({ change }) => change.direction === direction);
  const isAlone = judged.every(({ compared: own, half }) => {
    return own === 0 || alike.some((each) => each.half === half);
  });
  const since = Math.min(...alike.map(({ change }) => change.since));
  const usual = new Set(alike.flatMap(({ change }) => change.usual));
  const halves = alike.map(({ half }) => half);
  const change: DriftChange = {
    ...{ measure, direction, since },
    isWorse: worse.some((way) => way === direction),
    time: isAlone ? 'always' : largest.half,
    foundOn: Math.max(...alike.map((each) => each.change.foundOn)),
    before: levelOf(
      measure,
      halves,
      days.filter(({ day }) => usual.has(day)),
    ),
    after: levelOf(
      measure,
      halves,
      days.filter(({ day }) => day >= since),
    ),
  };
  return { change, compared };
}

function levelOf(
  measure: DriftMeasure,
  halves: readonly DayHalf[],
  days: readonly DriftDay[],
): DriftLevel {
  const all = emptyHistogram();
  for (const day of days) {
    for (const half of halves) {
      for (const { counts } of histogramsOf(measure, half, day)) addTo(all, counts);
    }
  }
  const median = driftValue(measure, quantileIn(all, 0.5) ?? 0);
  return { median, count: countIn(all), days: days.length };
}

/** For the worse first, what says most of a cause before what follows from it. */
export function inOrder(changes: readonly DriftChange[]): DriftChange[] {
  return changes.toSorted(
    (a, b) =>
      Number(b.isWorse) - Number(a.isWorse) ||
      driftMeasures.indexOf(a.measure) - driftMeasures.indexOf(b.measure),
  );
}
