export interface AnswerWindowOptions {
  readonly least: number;
  readonly first: number;
  readonly most: number;
  /** An answer within so long is soon, milliseconds. */
  readonly soonMs: number;
}

/**
 * How many questions may be under way at once: one more for each round of answers that come soon,
 * half as many once they do not, so that what is asked next waits for few others whoever answers.
 */
export class AnswerWindow {
  readonly #options: AnswerWindowOptions;
  #size: number;
  /** Questions asked before it say nothing of the window as it is, monotonic milliseconds. */
  #halvedAt = Number.NEGATIVE_INFINITY;

  constructor(options: AnswerWindowOptions) {
    this.#options = options;
    this.#size = options.first;
  }

  get size(): number {
    return Math.floor(this.#size);
  }

  /**
   * A question that was asked at `asked` is over, answered or given up at `now`; both monotonic
   * milliseconds. `underWay`: questions at that moment, itself among them.
   */
  over(asked: number, now: number, underWay: number): void {
    const { least, most, soonMs } = this.#options;
    if (now - asked <= soonMs) {
      // A window that is not filled says nothing of a larger one.
      if (underWay >= this.size) this.#size = Math.min(most, this.#size + 1 / this.#size);
    } else if (asked >= this.#halvedAt) {
      this.#size = Math.max(least, this.#size / 2);
      this.#halvedAt = now;
    }
  }
}
