/** What media times say of a stream. */
export interface FrameTiming {
  /** Pictures a second, from the median interval. */
  readonly mean: number;
  /** Median deviation of the intervals from their median, milliseconds. */
  readonly jitterMs: number;
  /** Share of pictures that did not come: intervals of twice the median and more. */
  readonly missing: number;
}

/** @param times of pictures, milliseconds, rising */
export function frameTiming(times: readonly number[]): FrameTiming | null {
  const intervals = times.slice(1).map((time, at) => time - (times[at] ?? 0));
  const usable = intervals.filter((interval) => interval > 0);
  if (usable.length < 5) return null;
  const middle = medianOf(usable);
  const missing = usable.reduce(
    (sum, interval) => sum + Math.max(0, Math.round(interval / middle) - 1),
    0,
  );
  return {
    mean: 1_000 / middle,
    jitterMs: medianOf(usable.map((interval) => Math.abs(interval - middle))),
    missing: missing / (usable.length + missing),
  };
}

function medianOf(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}
