import { LRUCache } from 'lru-cache';
import type { Clock } from '../../domain/clock.ts';

const windowMs = 60_000;
/** Keys remembered; beyond, the one that was not counted for longest is forgotten. */
const maxKeys = 10_000;

/** At most so many of something in a minute for each key, in bounded memory. */
export class Limiter {
  readonly #clock: Clock;
  readonly #limit: number;
  readonly #windows = new LRUCache<string, { count: number; readonly until: number }>({
    max: maxKeys,
  });

  constructor(clock: Clock, limit: number) {
    this.#clock = clock;
    this.#limit = limit;
  }

  /** Seconds until the key may go on; 0 when it may now. */
  blockedFor(key: string): number {
    const window = this.#windows.peek(key);
    if (window === undefined || window.count < this.#limit) return 0;
    return Math.max(0, Math.ceil((window.until - this.#clock.monotonic()) / 1000));
  }

  /** Counts one more. */
  count(key: string): void {
    const now = this.#clock.monotonic();
    const window = this.#windows.get(key);
    if (window !== undefined && window.until > now) window.count += 1;
    else this.#windows.set(key, { count: 1, until: now + windowMs });
  }

  /** Counts one more where it may go on, and returns 0; else the seconds to wait. */
  take(key: string): number {
    const wait = this.blockedFor(key);
    if (wait === 0) this.count(key);
    return wait;
  }
}
