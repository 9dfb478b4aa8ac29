import { partsOfDay } from './day-part.ts';
import { driftBins } from './drift-measure.ts';

/** Counts by bin. */
export type DriftHistogram = Uint32Array;

/** A day of one measure. */
export interface DriftDay {
  /** Days since 1 January 1970. */
  readonly day: number;
  /** A histogram for each part of the day. */
  readonly parts: readonly DriftHistogram[];
}

export function emptyHistogram(): DriftHistogram {
  return new Uint32Array(driftBins);
}

export function emptyDriftDay(): DriftHistogram[] {
  return Array.from({ length: partsOfDay }, emptyHistogram);
}

export function countIn(histogram: DriftHistogram): number {
  let count = 0;
  for (const each of histogram) count += each;
  return count;
}

/** Adds the counts of `more`. */
export function addTo(histogram: DriftHistogram, more: DriftHistogram): void {
  for (const [bin, count] of more.entries()) histogram[bin] = (histogram[bin] ?? 0) + count;
}

/**
 * The place below which a share of all lies, straight within its bin.
 * @returns as a share of the range, 0 to 1; null where nothing was counted
 */
export function quantileIn(histogram: DriftHistogram, share: number): number | null {
  const count = countIn(histogram);
  if (count === 0) return null;
  let left = share * count;
  for (const [bin, here] of histogram.entries()) {
    if (here > 0 && left <= here) return (bin + left / here) / driftBins;
    left -= here;
  }
  return 1;
}
