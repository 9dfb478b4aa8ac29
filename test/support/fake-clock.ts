import type { Clock } from '../../src/domain/clock.ts';

/** A clock that stands still until the test moves it. Its methods need no receiver. */
export class FakeClock implements Clock {
  #time = 0;
  #jumped = 0;
  readonly #start: number;
  readonly #timers = new Set<{ at: number; callback: () => void }>();

  /** @param start wall time at the start, milliseconds */
  constructor(start = Date.UTC(2030, 0, 1)) {
    this.#start = start;
  }

  /** Timers that wait. */
  get pending(): number {
    return this.#timers.size;
  }

  readonly now = (): number => this.#start + this.#jumped + this.#time;

  readonly monotonic = (): number => this.#time;

  readonly after = (ms: number, callback: () => void): (() => void) => {
    const timer = { at: this.#time + ms, callback };
    this.#timers.add(timer);
    return () => this.#timers.delete(timer);
  };

  /** Moves the clock by `ms` and calls what falls due, each at its time, in order. */
  readonly advance = (ms: number): void => {
    const end = this.#time + ms;
    for (;;) {
      const [next] = [...this.#timers].sort((a, b) => a.at - b.at).filter((one) => one.at <= end);
      if (next === undefined) break;
      this.#timers.delete(next);
      this.#time = Math.max(this.#time, next.at);
      next.callback();
    }
    this.#time = end;
  };

  /** Moves the clock without calling anything: a machine that was suspended. */
  readonly freeze = (ms: number): void => {
    this.#time += ms;
  };

  /** Sets wall time forward or back; monotonic time and timers go on. */
  readonly jump = (ms: number): void => {
    this.#jumped += ms;
  };
}
