import type { Clock } from '../../domain/clock.ts';

const windowMs = 60_000;
const maxKeys = 10_000;

/** At most so many of something in a minute for each key, in bounded memory. */
export class RateLimiter {
  readonly #clock: Clock;
  readonly #limit: number;
  readonly #windows = new Map<string, { count: number; readonly until: number }>();

  constructor(clock: Clock, limit: number) {
    this.#clock = clock;
    this.#limit = limit;
  }

  /** Counts one more. Seconds to wait where it is one too many, 0 where it may go on. */
  take(key: string): number {
    const now = this.#clock.monotonic();
    const window = this.#windows.get(key);
    if (window === undefined || window.until <= now) {
      this.#windows.delete(key);
      if (this.#windows.size >= maxKeys) {
        const oldest = this.#windows.keys().next();
        if (!oldest.done) this.#windows.delete(oldest.value);
      }
      this.#windows.set(key, { count: 1, until: now + windowMs });
      return 0;
    }
    if (window.count >= this.#limit) return Math.ceil((window.until - now) / 1000);
    window.count += 1;
    return 0;
  }
}
