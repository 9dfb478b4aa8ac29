/** Media and arrival time may part by this much, milliseconds, before the stamps count as wrong. */
const tolerance = 5_000;

/**
 * Turns a camera's time stamps into media time on the scale of the monotonic
 * clock, so that times go on over reconnections. Spacing follows the stamps,
 * which know no network jitter; when they jump or stand still, it starts again
 * from the time of arrival.
 */
export class MediaTimeline {
  #origin: number | null = null;
  #last = Number.NEGATIVE_INFINITY;

  /** Media time of a picture in milliseconds; grows from call to call. */
  at(picture: {
    readonly timestamp: number;
    readonly clockRate: number;
    readonly arrivedMonotonic: number;
  }): number {
    const stamp = (picture.timestamp * 1000) / picture.clockRate;
    const arrived = picture.arrivedMonotonic;
    if (this.#origin === null || Math.abs(this.#origin + stamp - arrived) > tolerance) {
      this.#origin = arrived - stamp;
    }
    let time = this.#origin + stamp;
    if (time <= this.#last) {
      this.#origin = arrived - stamp;
      time = Math.max(arrived, this.#last + 1);
    }
    this.#last = time;
    return time;
  }
}
