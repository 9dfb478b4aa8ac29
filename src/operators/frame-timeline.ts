import type { Frame } from '../domain/frame/frame.ts';

/** Media time may run ahead of arrival by this much (milliseconds) before it is not believed. */
const toleratedJump = 5_000;

/**
 * One camera's time, in milliseconds, that never runs backwards.
 *
 * It follows media time, which network jitter does not touch and which is
 * right for footage read faster than it was recorded; where media time jumps
 * (a camera sets its clock, a stream restarts) it follows arrival instead.
 */
export class FrameTimeline {
  #now = 0;
  #mediaTime: number | undefined;
  #monotonic = 0;

  /** Time of this frame since the first one. */
  advance(frame: Frame): number {
    if (this.#mediaTime !== undefined) {
      const media = frame.mediaTime - this.#mediaTime;
      const arrival = Math.max(0, frame.capturedMonotonic - this.#monotonic);
      this.#now += media > 0 && media <= 2 * arrival + toleratedJump ? media : arrival;
    }
    this.#mediaTime = frame.mediaTime;
    this.#monotonic = frame.capturedMonotonic;
    return this.#now;
  }
}
