import { binomialInterval, type Interval } from '../../src/domain/binomial-interval.ts';
import { middle95, mulberry32 } from './bootstrap.ts';
import { isFirst } from './identification-rates.ts';
import type { SearchResult } from './search-gallery.ts';

/** What a threshold that strangers set gives. Shares, 0..1. */
export interface OperatingPoint {
  /** Asked for. */
  readonly fpir: number;
  /** The stranger score at place floor(n * fpir), best first. */
  readonly threshold: number;
  /** Strangers above it. */
  readonly falsePositives: number;
  /**
   * Of the share of strangers above it, 95 %: binomial, or with people drawn with replacement where
   * that is wider, since pictures of one person are not independent.
   */
  readonly fpirInterval: Interval;
  readonly tpir: number;
  /** 95 %, people and strangers drawn with replacement. */
  readonly tpirInterval: Interval;
}

/** Best gallery scores of people who are not enrolled; one a person and picture. */
export interface StrangerScores {
  /** Without those that were not acquired. */
  readonly scores: readonly number[];
  readonly identities: readonly string[];
}

/**
 * TPIR at false positive identification rates that probes of strangers set: unlike
 * enrolled people searched without their own pictures, they say what a list does to the public.
 */
export function strangerRates(
  results: readonly SearchResult[],
  identities: readonly string[],
  strangers: StrangerScores,
  options: { readonly fpirs: readonly number[]; readonly draws: number; readonly seed?: number },
): OperatingPoint[] {
  const sorted = Float64Array.from(strangers.scores).sort();
  const draws = drawBoth(results, identities, strangers, options);
  return options.fpirs.map((fpir, i) => {
    const threshold = thresholdOf(sorted, fpir);
    const falsePositives = sorted.length - (sorted.findLastIndex((s) => s <= threshold) + 1);
    return {
      fpir,
      threshold,
      falsePositives,
      fpirInterval: widest(
        binomialInterval(falsePositives, sorted.length),
        falsePositiveShares(strangers, threshold, options),
      ),
      tpir: shareFound(results, threshold),
      tpirInterval: middle95(draws.map((tpirs) => tpirs[i] as number)),
    };
  });
}

/** @returns TPIR a draw and rate */
function drawBoth(
  results: readonly SearchResult[],
  identities: readonly string[],
  strangers: StrangerScores,
  { fpirs, draws, seed = 1 }: { fpirs: readonly number[]; draws: number; seed?: number },
): number[][] {
  const people = groups(results, identities);
  const others = groups(strangers.scores, strangers.identities);
  const random = mulberry32(seed);
  const sample = <T>(of: readonly (readonly T[])[]): T[] =>
    of.flatMap(() => of[Math.floor(random() * of.length)] as readonly T[]);
  return Array.from({ length: draws }, () => {
    const drawn = sample(people);
    const scores = Float64Array.from(sample(others)).sort();
    return fpirs.map((fpir) => shareFound(drawn, thresholdOf(scores, fpir)));
  });
}

/** Middle 95 % of the share of strangers above a threshold, people drawn with replacement. */
function falsePositiveShares(
  strangers: StrangerScores,
  threshold: number,
  { draws, seed = 1 }: { draws: number; seed?: number },
): Interval {
  const people = groups(strangers.scores, strangers.identities).map((scores) => ({
    above: scores.filter((score) => score > threshold).length,
    pictures: scores.length,
  }));
  if (people.length === 0) return [0, 0];
  const random = mulberry32(seed);
  const shares = Array.from({ length: draws }, () => {
    let [above, pictures] = [0, 0];
    for (let i = 0; i < people.length; i += 1) {
      const person = people[Math.floor(random() * people.length)] as (typeof people)[number];
      above += person.above;
      pictures += person.pictures;
    }
    return above / pictures;
  });
  return middle95(shares);
}

function widest(a: Interval, b: Interval): Interval {
  return [Math.min(a[0], b[0]), Math.max(a[1], b[1])];
}

function groups<T>(values: readonly T[], identities: readonly string[]): T[][] {
  const byPerson = Map.groupBy(values.keys(), (i) => identities[i] as string);
  return [...byPerson.values()].map((rows) => rows.map((i) => values[i] as T));
}

/** @param sorted rising */
function thresholdOf(sorted: Float64Array, fpir: number): number {
  const at = sorted.length - 1 - Math.floor(sorted.length * fpir);
  return sorted[at] ?? Number.POSITIVE_INFINITY;
}

function shareFound(results: readonly SearchResult[], threshold: number): number {
  const mated = results.filter((result) => result.mated);
  if (mated.length === 0) return 0;
  const found = mated.filter((result) => isFirst(result) && result.genuine > threshold);
  return found.length / mated.length;
}
