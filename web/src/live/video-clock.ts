import { ClockOffset } from './clock-offset.ts';

/** A picture that stands longer than this says nothing about now. */
const staleMs = 3_000;

/** Which moment the video on the screen shows, by the times that its stream carries. */
export class VideoClock {
  #offset = new ClockOffset();
  #last = Number.NEGATIVE_INFINITY;
  #shown: number | undefined;
  #shownAt = 0;

  /** When the newest picture came onto the screen; undefined without video. */
  get shownAt(): number | undefined {
    return this.#shown === undefined ? undefined : this.#shownAt;
  }

  /** A picture with stream time `pts`, in milliseconds, arrived. */
  received(pts: number, now: number): void {
    if (pts < this.#last) this.reset();
    this.#last = pts;
    this.#offset.add(pts, now);
  }

  /** The picture with stream time `pts` is on the screen. */
  drawn(pts: number, now: number): void {
    this.#shown = pts;
    this.#shownAt = now;
  }

  /** A new stream begins. */
  reset(): void {
    this.#offset = new ClockOffset();
    this.#last = Number.NEGATIVE_INFINITY;
    this.#shown = undefined;
  }

  /** When the picture on the screen would have arrived without any delay; undefined without video. */
  moment(now: number): number | undefined {
    const offset = this.#offset.value;
    if (this.#shown === undefined || offset === undefined) return undefined;
    const age = now - this.#shownAt;
    return age > staleMs ? undefined : this.#shown + offset;
  }
}
