import {
  type Distribution,
  distribution,
  parseScrape,
  quantile,
  type Scrape,
} from '../prometheus.ts';

/** What a histogram took in over several times, added up: those outside of failures. */
export class QuietTimes {
  readonly #metric: string;
  readonly #read: () => Promise<string>;
  #before: Scrape | null = null;
  #sum: Distribution = { count: 0, sum: 0, buckets: [] };

  constructor(metric: string, read: () => Promise<string>) {
    this.#metric = metric;
    this.#read = read;
  }

  async begin(): Promise<void> {
    this.#before = parseScrape(await this.#read());
  }

  async end(): Promise<void> {
    if (this.#before === null) return;
    const now = parseScrape(await this.#read());
    const { buckets, count, sum } = distribution(this.#before, now, this.#metric);
    this.#before = null;
    const earlier = new Map(this.#sum.buckets.map((each) => [each.upTo, each.count]));
    this.#sum = {
      count: this.#sum.count + count,
      sum: this.#sum.sum + sum,
      buckets: buckets.map((each) => ({
        upTo: each.upTo,
        count: each.count + (earlier.get(each.upTo) ?? 0),
      })),
    };
  }

  get count(): number {
    return this.#sum.count;
  }

  /** NaN where nothing was taken in. */
  quantile(share: number): number {
    return quantile(this.#sum, share);
  }
}
