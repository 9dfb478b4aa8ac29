import { mondayOf } from './day-part.ts';
import {
  addTo,
  countIn,
  type DriftDay,
  type DriftHistogram,
  emptyHistogram,
  quantileIn,
} from './drift-histogram.ts';
import { type DriftMeasure, driftValue } from './drift-measure.ts';

/** How a measure was over a week: its middle, and between which values half of it lay. */
export interface DriftWeek {
  /** Its Monday, days since 1 January 1970. */
  readonly from: number;
  readonly count: number;
  /** Quartiles, in the measure's own unit. */
  readonly low: number;
  readonly median: number;
  readonly high: number;
}

/** Weeks that have counts, rising. */
export function driftWeeks(measure: DriftMeasure, days: readonly DriftDay[]): DriftWeek[] {
  const weeks = new Map<number, DriftHistogram>();
  for (const { day, parts } of days) {
    const monday = mondayOf(day);
    const week = weeks.get(monday) ?? emptyHistogram();
    weeks.set(monday, week);
    for (const part of parts) addTo(week, part);
  }
  return [...weeks].map(([from, counts]) => {
    const at = (share: number) => driftValue(measure, quantileIn(counts, share) ?? 0);
    return { from, count: countIn(counts), low: at(0.25), median: at(0.5), high: at(0.75) };
  });
}
