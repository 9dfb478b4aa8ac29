import type { Clock } from '../../domain/clock.ts';

const windowMs = 60_000;
const maxAddresses = 10_000;

/** Counts failed authentications by address, in bounded memory. */
export class FailureLimiter {
  readonly #clock: Clock;
  readonly #limit: number;
  readonly #failures = new Map<string, { count: number; readonly until: number }>();

  constructor(clock: Clock, limit: number) {
    this.#clock = clock;
    this.#limit = limit;
  }

  /** Seconds until the address is heard again; 0 when it is now. */
  blockedFor(address: string): number {
    const entry = this.#failures.get(address);
    if (entry === undefined) return 0;
    const left = entry.until - this.#clock.monotonic();
    if (left <= 0) {
      this.#failures.delete(address);
      return 0;
    }
    return entry.count >= this.#limit ? Math.ceil(left / 1000) : 0;
  }

  /** Counts a failure. The oldest address is forgotten when too many are known. */
  failed(address: string): void {
    const now = this.#clock.monotonic();
    const entry = this.#failures.get(address);
    if (entry !== undefined && entry.until > now) {
      entry.count += 1;
      return;
    }
    this.#failures.delete(address);
    if (this.#failures.size >= maxAddresses) {
      const oldest = this.#failures.keys().next();
      if (!oldest.done) this.#failures.delete(oldest.value);
    }
    this.#failures.set(address, { count: 1, until: now + windowMs });
  }
}
