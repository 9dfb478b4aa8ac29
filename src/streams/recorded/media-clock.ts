import type { Clock } from '../../domain/clock.ts';

/** The time of recorded footage: it passes as frames do, however fast they are analysed. */
export class MediaClock implements Clock {
  readonly #startAt: number;
  readonly #timers = new Set<{ readonly at: number; readonly callback: () => void }>();
  #time = 0;

  /** @param startAt wall time of media time 0, milliseconds */
  constructor(startAt: number) {
    this.#startAt = startAt;
  }

  readonly now = (): number => this.#startAt + this.#time;

  readonly monotonic = (): number => this.#time;

  readonly after = (ms: number, callback: () => void): (() => void) => {
    const timer = { at: this.#time + ms, callback };
    this.#timers.add(timer);
    return () => this.#timers.delete(timer);
  };

  /** Lets time pass up to `time`, and calls back what falls due, in order. */
  advanceTo(time: number): void {
    for (;;) {
      const due = [...this.#timers].filter(({ at }) => at <= time);
      const [next] = due.toSorted((a, b) => a.at - b.at);
      if (next === undefined) break;
      this.#timers.delete(next);
      this.#time = Math.max(this.#time, next.at);
      next.callback();
    }
    this.#time = Math.max(this.#time, time);
  }
}
