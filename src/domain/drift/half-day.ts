import { partsOfDay } from './day-part.ts';
import {
  addTo,
  countIn,
  type DriftDay,
  type DriftHistogram,
  emptyHistogram,
  quantileIn,
} from './drift-histogram.ts';
import { type DriftMeasure, driftMeasure } from './drift-measure.ts';

/** Parts of the day that are judged by themselves: a lamp fails at night alone. */
export const dayHalves = ['day', 'night'] as const;
export type DayHalf = (typeof dayHalves)[number];

/** From 6 to 18 o'clock. */
const dayFrom = partsOfDay / 4;
const dayTo = (3 * partsOfDay) / 4;
/** Fewer in a part of the day say too little. */
const leastInPart = 8;

/** The middle of a part of the day. */
export interface PartMedian {
  readonly part: number;
  /** Share of the range, 0 to 1. */
  readonly median: number;
  readonly count: number;
}

/** A day, or its night, in the middle of each of its parts that had enough to say. */
export interface HalfDay {
  readonly day: number;
  readonly parts: readonly PartMedian[];
  /** In all of these parts. */
  readonly count: number;
}

/** Whether a part of the day belongs to a half. */
function isOfHalf(part: number, half: DayHalf): boolean {
  return (part >= dayFrom && part < dayTo) === (half === 'day');
}

/** The halves that a measure is judged by; of what is rare there is one, the whole day. */
export function halvesOf(measure: DriftMeasure): readonly DayHalf[] {
  return driftMeasure(measure).isRare ? ['day'] : dayHalves;
}

/** The histograms of a day that belong to a half, by part. */
export function histogramsOf(
  measure: DriftMeasure,
  half: DayHalf,
  { parts }: DriftDay,
): { readonly part: number; readonly counts: DriftHistogram }[] {
  if (driftMeasure(measure).isRare) {
    const counts = emptyHistogram();
    for (const part of parts) addTo(counts, part);
    return [{ part: 0, counts }];
  }
  return [...parts.entries()]
    .filter(([part]) => isOfHalf(part, half))
    .map(([part, counts]) => ({ part, counts }));
}

/** Days without enough to say are left out. */
export function halfDays(
  measure: DriftMeasure,
  half: DayHalf,
  days: readonly DriftDay[],
): HalfDay[] {
  const least = driftMeasure(measure).isRare ? 1 : leastInPart;
  return days.flatMap((day) => {
    const parts = histogramsOf(measure, half, day).flatMap(({ part, counts }) => {
      const count = countIn(counts);
      const median = count < least ? null : quantileIn(counts, 0.5);
      return median === null ? [] : [{ part, median, count }];
    });
    if (parts.length === 0) return [];
    return [{ day: day.day, parts, count: parts.reduce((sum, { count }) => sum + count, 0) }];
  });
}
