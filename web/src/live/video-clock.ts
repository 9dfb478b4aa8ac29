/** A picture that stands longer than this says nothing about now. */
const staleMs = 3_000;

/** Which moment the video on the screen shows. */
export class VideoClock {
  #moment: number | undefined;
  #shownAt = 0;

  /** When the newest picture came onto the screen; undefined without video. */
  get shownAt(): number | undefined {
    return this.#moment === undefined ? undefined : this.#shownAt;
  }

  /**
   * A picture is on the screen.
   *
   * @param moment when it would have arrived without any delay, on this page's clock
   */
  drawn(moment: number, now: number): void {
    this.#moment = moment;
    this.#shownAt = now;
  }

  /** The video ended. */
  reset(): void {
    this.#moment = undefined;
  }

  /** The moment that is shown at `now`; undefined without video. */
  moment(now: number): number | undefined {
    return now - this.#shownAt > staleMs ? undefined : this.#moment;
  }
}
