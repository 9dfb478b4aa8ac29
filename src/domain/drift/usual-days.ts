import { partsOfDay } from './day-part.ts';
import type { HalfDay } from './half-day.ts';

/** A part of the day is compared once so many days had it. */
const leastDaysOfPart = 5;
/** A weekday has its own level once it came so often. */
const leastOfWeekday = 3;
/** Half a weekday's own level is believed after so many of them. */
const weekdayDoubt = 2;
/** The median absolute deviation times this is the deviation of a normal distribution. */
const madToDeviation = 1.4826;
/** Days vary by this share of the range at least: a third of a bin. */
const leastDeviation = 0.01;
/** More in a part than this make its median no surer. */
const mostWeight = 100;

/** How days usually are: the level of each part of the day and weekday, and how days vary. */
export interface UsualDays {
  /** The days that it was made of. */
  readonly days: readonly number[];
  /** Deviation between days, share of the range. */
  readonly deviation: number;
  /** How far a day lies from the usual, share of the range; null where no part of it compares. */
  readonly distance: (day: HalfDay) => number | null;
  /** Its standard error: that of a usual day, larger where the day had fewer to count. */
  readonly error: (day: HalfDay) => number;
}

/**
 * Each part of the day is compared with the same part of other days, so that neither night nor
 * the hours at which people come shift it; each weekday has a level of its own where it came three
 * times. Medians throughout: some odd days change nothing.
 */
export function usualDays(days: readonly HalfDay[]): UsualDays {
  const levels = levelsOf(days);
  const raw = (day: HalfDay) => rawDistance(day, levels);
  const known = days.flatMap((day) => {
    const distance = raw(day);
    return distance === null ? [] : [{ day, distance }];
  });
  const weekdays = weekdayLevels(known);
  const distance = (day: HalfDay) => {
    const from = raw(day);
    return from === null ? null : from - (weekdays.get(weekdayOf(day)) ?? 0);
  };
  const distances = known.flatMap(({ day }) => distance(day) ?? []);
  const middle = medianOf(distances) ?? 0;
  const spread = medianOf(distances.map((each) => Math.abs(each - middle))) ?? 0;
  const deviation = Math.max(leastDeviation, madToDeviation * spread);
  const usualCount = medianOf(days.map(({ count }) => count)) ?? 1;
  return {
    days: days.map(({ day }) => day),
    deviation,
    distance,
    error: ({ count }) => deviation * Math.sqrt(Math.max(1, usualCount / Math.max(1, count))),
  };
}

function levelsOf(days: readonly HalfDay[]): ReadonlyMap<number, number> {
  const levels = new Map<number, number>();
  for (let part = 0; part < partsOfDay; part += 1) {
    const medians = days.flatMap(({ parts }) => parts.find((each) => each.part === part) ?? []);
    const level = medianOf(medians.map(({ median }) => median));
    if (level !== null && medians.length >= leastDaysOfPart) levels.set(part, level);
  }
  return levels;
}

function rawDistance({ parts }: HalfDay, levels: ReadonlyMap<number, number>): number | null {
  const distances = parts.flatMap(({ part, median, count }) => {
    const level = levels.get(part);
    const weight = Math.sqrt(Math.min(mostWeight, count));
    return level === undefined ? [] : [{ value: median - level, weight }];
  });
  return weightedMedian(distances);
}

function weekdayLevels(
  known: readonly { readonly day: HalfDay; readonly distance: number }[],
): ReadonlyMap<number, number> {
  const byWeekday = Map.groupBy(known, ({ day }) => weekdayOf(day));
  return new Map(
    [...byWeekday]
      .filter(([, of]) => of.length >= leastOfWeekday)
      .map(([weekday, of]) => {
        const level = medianOf(of.map(({ distance }) => distance)) ?? 0;
        return [weekday, (level * of.length) / (of.length + weekdayDoubt)];
      }),
  );
}

function weekdayOf({ day }: HalfDay): number {
  return ((day % 7) + 7) % 7;
}

/** @returns null of nothing */
export function medianOf(values: readonly number[]): number | null {
  const sorted = values.toSorted((a, b) => a - b);
  const [low, high] = [sorted[(sorted.length - 1) >> 1], sorted[sorted.length >> 1]];
  return low === undefined || high === undefined ? null : (low + high) / 2;
}

/** The value on both sides of which lies half the weight, between two where it falls between. */
function weightedMedian(
  values: readonly { readonly value: number; readonly weight: number }[],
): number | null {
  const sorted = values.toSorted((a, b) => a.value - b.value);
  const half = sorted.reduce((sum, { weight }) => sum + weight, 0) / 2;
  let below = 0;
  for (const [at, { value, weight }] of sorted.entries()) {
    below += weight;
    if (below > half) return value;
    if (below === half) return (value + (sorted[at + 1]?.value ?? value)) / 2;
  }
  return null;
}
