/**
 * When a face was last found at a camera. What finds faces (`detect`) and what decides whether to
 * look for them (`watchMotion`) share one: while a track may live, each picture is looked at.
 */
export class RecentFaces {
  readonly #holdFor: number;
  #foundAt = Number.NEGATIVE_INFINITY;

  /** @param holdFor how long a track may be unseen, milliseconds */
  constructor(holdFor: number) {
    this.#holdFor = holdFor;
  }

  /** @param time of the frame, as `WatchedFrame` has it @internal used by the stage that finds */
  found(time: number): void {
    this.#foundAt = Math.max(this.#foundAt, time);
  }

  /** Whether a track may live. @internal used by the stage that decides */
  hold(time: number): boolean {
    return time - this.#foundAt <= this.#holdFor;
  }
}
