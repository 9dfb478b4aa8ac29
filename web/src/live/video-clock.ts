/** A picture that stands longer than this says nothing about now. */
const staleMs = 3_000;

/** Which moment the video on the screen shows. */
export class VideoClock {
  #moment: number | undefined;
  #streamTime = 0;
  #shownAt = 0;

  /** When the newest picture came onto the screen; undefined without video. */
  get shownAt(): number | undefined {
    return this.#moment === undefined ? undefined : this.#shownAt;
  }

  /**
   * A picture is on the screen.
   *
   * @param streamTime its time in the stream, milliseconds
   * @param moment when it would have arrived without any delay, on this page's clock
   */
  drawn(streamTime: number, moment: number, now: number): void {
    this.#streamTime = streamTime;
    this.#moment = moment;
    this.#shownAt = now;
  }

  /** The video ended. */
  reset(): void {
    this.#moment = undefined;
  }

  /** What is shown at `now`, by both clocks; undefined without video. */
  shown(now: number): { readonly moment: number; readonly streamTime: number } | undefined {
    if (this.#moment === undefined || now - this.#shownAt > staleMs) return undefined;
    return { moment: this.#moment, streamTime: this.#streamTime };
  }
}
