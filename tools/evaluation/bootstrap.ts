import type { Interval } from '../../src/domain/binomial-interval.ts';
import { identificationRates } from './identification-rates.ts';
import type { SearchResult } from './search-gallery.ts';

/**
 * 95 % percentile intervals of rank-1 and TPIR, people drawn with replacement:
 * pictures of one person are not independent. Seeded, so a report can be made again.
 */
export function bootstrapIntervals(
  results: readonly SearchResult[],
  identities: readonly string[],
  options: { readonly fpir?: number; readonly draws?: number; readonly seed?: number } = {},
): { readonly rank1: Interval; readonly tpir: Interval } {
  const { fpir = 0.01, draws = 500, seed = 1 } = options;
  const byPerson = Map.groupBy(results.keys(), (i) => identities[i] as string);
  const people = [...byPerson.values()].map((rows) => rows.map((i) => results[i] as SearchResult));
  if (people.length === 0) return { rank1: [0, 0], tpir: [0, 0] };
  const random = mulberry32(seed);
  const rank1: number[] = [];
  const tpir: number[] = [];
  for (let draw = 0; draw < draws; draw += 1) {
    const sample: SearchResult[] = [];
    for (let i = 0; i < people.length; i += 1) {
      sample.push(...(people[Math.floor(random() * people.length)] as SearchResult[]));
    }
    const rates = identificationRates(sample, fpir);
    rank1.push(rates.rank1);
    tpir.push(rates.tpir);
  }
  return { rank1: middle95(rank1), tpir: middle95(tpir) };
}

/** The middle 95 % of draws. */
export function middle95(values: number[]): Interval {
  values.sort((a, b) => a - b);
  const at = (share: number) => values[Math.round(share * (values.length - 1))] as number;
  return [at(0.025), at(0.975)];
}

/** A small seeded generator of numbers in [0, 1) (Tommy Ettinger's mulberry32). */
export function mulberry32(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}
