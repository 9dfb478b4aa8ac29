import type { Clock } from '../domain/clock.ts';
import { RollingSlices } from './rolling-slices.ts';

/** Shortest time distinguished, seconds. */
const shortest = 1e-5;
/** Bins grow by this factor: a quantile is right within 4 %. */
const growth = 1.08;
/** Up to a minute and a half. */
const binCount = Math.ceil(Math.log(1e2 / shortest) / Math.log(growth));

/** Latency of one thing over the window, seconds. */
export interface LatencySummary {
  readonly name: string;
  readonly count: number;
  readonly median: number;
  readonly p99: number;
}

/** Latencies of the last few minutes by name, in histograms of bounded size. Names must be few. */
export class RecentLatencies {
  readonly #slices: RollingSlices<Map<string, Uint32Array>>;

  constructor(clock: Pick<Clock, 'monotonic'>) {
    this.#slices = new RollingSlices({
      clock,
      sliceMs: 30_000,
      slices: 10,
      create: () => new Map(),
    });
  }

  get windowSeconds(): number {
    return this.#slices.windowSeconds;
  }

  observe(name: string, seconds: number): void {
    const slice = this.#slices.current();
    let bins = slice.get(name);
    if (bins === undefined) {
      bins = new Uint32Array(binCount);
      slice.set(name, bins);
    }
    const bin = Math.floor(Math.log(Math.max(shortest, seconds) / shortest) / Math.log(growth));
    const at = Math.min(binCount - 1, bin);
    bins[at] = (bins[at] ?? 0) + 1;
  }

  /** By name, in the order in which they were first seen; none of what was not seen lately. */
  summary(): LatencySummary[] {
    const sums = new Map<string, Uint32Array>();
    for (const slice of this.#slices.all()) {
      for (const [name, bins] of slice) {
        const sum = sums.get(name) ?? new Uint32Array(binCount);
        sums.set(name, sum);
        for (const [at, count] of bins.entries()) sum[at] = (sum[at] ?? 0) + count;
      }
    }
    return [...sums].map(([name, bins]) => {
      const count = bins.reduce((sum, each) => sum + each, 0);
      return { name, count, median: quantile(bins, count, 0.5), p99: quantile(bins, count, 0.99) };
    });
  }
}

/** The middle of the bin that holds the quantile. */
function quantile(bins: Uint32Array, count: number, share: number): number {
  let left = Math.ceil(count * share);
  for (const [at, each] of bins.entries()) {
    left -= each;
    if (left <= 0) return shortest * growth ** (at + 0.5);
  }
  return 0;
}
