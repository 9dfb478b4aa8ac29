import { ClockOffset } from './clock-offset.ts';

const maxWaiting = 50;
/** A picture that stands longer than this says nothing about now. */
const staleMs = 1_500;

/** Which moment the video on the screen shows, by the times that its stream carries. */
export class VideoClock {
  #offset = new ClockOffset();
  #waiting: number[] = [];
  #last = Number.NEGATIVE_INFINITY;
  #shown: number | undefined;
  #shownAt = 0;

  /** A picture with stream time `pts`, in milliseconds, went to the decoder. */
  received(pts: number, now: number): void {
    if (pts === this.#last) return;
    if (pts < this.#last) this.reset();
    this.#last = pts;
    this.#offset.add(pts, now);
    this.#waiting.push(pts);
    // Pictures were lost between demuxer and decoder: only the newest is certain.
    if (this.#waiting.length > maxWaiting) this.#waiting = this.#waiting.slice(-1);
  }

  /** The decoder drew the next picture. */
  drawn(now: number): void {
    const pts = this.#waiting.shift();
    if (pts === undefined) return;
    this.#shown = pts;
    this.#shownAt = now;
  }

  /** A new stream begins. */
  reset(): void {
    this.#offset = new ClockOffset();
    this.#waiting = [];
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
