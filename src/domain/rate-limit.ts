/** Part of the interval by which a frame may come early and still count as on time. */
const earliness = 0.25;

/**
 * Thins a sequence of times evenly to `perSecond`.
 *
 * Keeps to a grid instead of measuring from the last frame let through, so
 * jitter below a quarter of the interval neither skips nor doubles frames and
 * the long-run rate never exceeds the limit.
 */
export class RateLimit {
  readonly #interval: number;
  #due: number | undefined;

  constructor(perSecond: number) {
    if (!(perSecond > 0)) throw new RangeError('Cannot limit a rate: it must be over 0 a second');
    this.#interval = 1_000 / perSecond;
  }

  /** Whether the item at `time` (milliseconds, never decreasing) goes through. */
  allows(time: number): boolean {
    if (this.#due === undefined) {
      this.#due = time + this.#interval;
      return true;
    }
    if (time < this.#due - earliness * this.#interval) return false;
    const late = time - this.#due;
    this.#due = late > this.#interval ? time + this.#interval : this.#due + this.#interval;
    return true;
  }
}
