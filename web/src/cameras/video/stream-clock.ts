import { ClockOffset } from '../../live/clock-offset.ts';

/** Which moment each picture of a stream belongs to, by the times that the stream carries. */
export class StreamClock {
  #offset = new ClockOffset();
  #last = Number.NEGATIVE_INFINITY;

  /** A picture with stream time `pts`, in milliseconds, arrived. */
  received(pts: number, now: number): void {
    // A new stream begins.
    if (pts < this.#last) this.#offset = new ClockOffset();
    this.#last = pts;
    this.#offset.add(pts, now);
  }

  /** When the picture would have arrived without any delay; undefined before the first arrived. */
  momentOf(pts: number): number | undefined {
    const offset = this.#offset.value;
    return offset === undefined ? undefined : pts + offset;
  }
}
