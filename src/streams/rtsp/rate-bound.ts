import type { Clock } from '../../domain/clock.ts';
import { bounds } from './stream-limits.ts';

const windowMs = 10_000;

/** Watches what one camera sends over ten seconds, so that bursts of key pictures pass. */
export class RateBound {
  readonly #clock: Clock;
  #since: number;
  #bytes = 0;
  #packets = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#since = clock.monotonic();
  }

  /** Counts a packet. @returns the excess in words, `null` while there is none */
  count(bytes: number): string | null {
    this.#bytes += bytes;
    this.#packets += 1;
    const seconds = windowMs / 1000;
    if (this.#bytes > bounds.bytesPerSecond * seconds) {
      return `over ${Math.round(bounds.bytesPerSecond / 1e6)} MB a second`;
    }
    if (this.#packets > bounds.packetsPerSecond * seconds) {
      return `over ${bounds.packetsPerSecond} packets a second`;
    }
    const now = this.#clock.monotonic();
    if (now - this.#since >= windowMs) {
      this.#since = now;
      this.#bytes = 0;
      this.#packets = 0;
    }
    return null;
  }
}
