import type { Clock } from '../domain/clock.ts';

export interface RollingSlicesOptions<T> {
  readonly clock: Pick<Clock, 'monotonic'>;
  /** Length of a slice, milliseconds. */
  readonly sliceMs: number;
  /** Slices that are kept, the one under way included. */
  readonly slices: number;
  readonly create: () => T;
}

/** What was collected over the last few minutes, in slices of time: the oldest falls off whole. */
export class RollingSlices<T> {
  readonly #options: RollingSlicesOptions<T>;
  readonly #slices: { readonly number: number; readonly content: T }[] = [];

  constructor(options: RollingSlicesOptions<T>) {
    this.#options = options;
  }

  /** Time that a full window spans, seconds. */
  get windowSeconds(): number {
    return (this.#options.sliceMs * this.#options.slices) / 1000;
  }

  /** The slice under way, to add to. */
  current(): T {
    const number = this.#now();
    const last = this.#slices.at(-1);
    if (last?.number === number) return last.content;
    this.#trim(number);
    const content = this.#options.create();
    this.#slices.push({ number, content });
    return content;
  }

  /** All slices of the window, oldest first. */
  all(): readonly T[] {
    this.#trim(this.#now());
    return this.#slices.map(({ content }) => content);
  }

  #now(): number {
    return Math.floor(this.#options.clock.monotonic() / this.#options.sliceMs);
  }

  #trim(now: number): void {
    while ((this.#slices[0]?.number ?? now) <= now - this.#options.slices) this.#slices.shift();
  }
}
