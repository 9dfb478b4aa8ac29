import type { SearchResult } from './search-gallery.ts';

/** Shares, 0..1. */
export interface IdentificationRates {
  /** Probes, and those whose identity is enrolled. */
  readonly probes: number;
  readonly mated: number;
  /** Failure to acquire. */
  readonly fta: number;
  /** Closed set: the own identity comes first. */
  readonly rank1: number;
  /** True positive identification rate (1 - FNIR) at the FPIR asked for: first, and above the threshold. */
  readonly tpir: number;
  /** The threshold of that FPIR; Infinity when nothing was acquired. */
  readonly threshold: number;
}

/**
 * Rates at a false positive identification rate. The false positives come from
 * searching each probe in the gallery without its own identity; the threshold is the
 * impostor score at place floor(n * fpir), best first. A probe that was not acquired misses.
 * @param fpir 0..1
 */
export function identificationRates(
  results: readonly SearchResult[],
  fpir = 0.01,
): IdentificationRates {
  const threshold = thresholdAt(results, fpir);
  let mated = 0;
  let first = 0;
  let found = 0;
  let acquired = 0;
  for (const result of results) {
    if (result.acquired) acquired += 1;
    if (!result.mated) continue;
    mated += 1;
    if (!isFirst(result)) continue;
    first += 1;
    if (result.genuine > threshold) found += 1;
  }
  return {
    probes: results.length,
    mated,
    fta: results.length === 0 ? 0 : 1 - acquired / results.length,
    rank1: mated === 0 ? 0 : first / mated,
    tpir: mated === 0 ? 0 : found / mated,
    threshold,
  };
}

/** True when the own identity comes first. */
export function isFirst(result: SearchResult): boolean {
  return result.acquired && result.mated && result.genuine > result.impostor;
}

function thresholdAt(results: readonly SearchResult[], fpir: number): number {
  const impostors = Float64Array.from(
    results.filter(({ acquired }) => acquired).map(({ impostor }) => impostor),
  ).sort();
  const at = impostors.length - 1 - Math.floor(impostors.length * fpir);
  return impostors[at] ?? Number.POSITIVE_INFINITY;
}

/** Points (FPIR, FNIR) of the detection error trade-off, rising FPIR. */
export function errorTradeOff(results: readonly SearchResult[]): { fpir: number; fnir: number }[] {
  const acquired = results.filter((result) => result.acquired);
  const impostors = acquired.map(({ impostor }) => impostor).sort((a, b) => b - a);
  const genuine = results
    .filter(isFirst)
    .map((result) => result.genuine)
    .sort((a, b) => b - a);
  const mated = results.filter((result) => result.mated).length;
  if (mated === 0 || impostors.length === 0) return [];
  let found = 0;
  return impostors.map((threshold, i) => {
    while (found < genuine.length && (genuine[found] as number) > threshold) found += 1;
    return { fpir: i / impostors.length, fnir: 1 - found / mated };
  });
}

/** Share of mated probes found at place k or better, for k = 1..`places`. */
export function rankCurve(results: readonly SearchResult[], places = 20): number[] {
  const mated = results.filter((result) => result.mated);
  return Array.from({ length: places }, (_, i) => {
    const within = mated.filter(({ rank }) => rank <= i + 1).length;
    return mated.length === 0 ? 0 : within / mated.length;
  });
}

/**
 * Rank-1 error of the probes that remain when the worst by quality are set aside:
 * it falls steadily when quality foretells error.
 * @param quality of each result, any unit
 */
export function errorAgainstQuality(
  results: readonly SearchResult[],
  quality: readonly number[],
  steps = 20,
): { discarded: number; error: number }[] {
  const order = results
    .map((result, i) => ({ result, quality: quality[i] ?? 0 }))
    .filter(({ result }) => result.mated && result.acquired)
    .sort((a, b) => b.quality - a.quality);
  const points: { discarded: number; error: number }[] = [];
  for (let step = 0; step < steps; step += 1) {
    const kept = order.slice(0, Math.ceil((order.length * (steps - step)) / steps));
    if (kept.length < 20) break;
    const missed = kept.filter(({ result }) => !isFirst(result)).length;
    points.push({ discarded: step / steps, error: missed / kept.length });
  }
  return points;
}
