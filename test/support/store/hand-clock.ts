import type { Clock } from '../../../src/domain/clock.ts';

/** A clock that stands still until the test moves it. */
export interface HandClock extends Clock {
  /** Moves the clock and calls what falls due. */
  advance(ms: number): void;
  /** Calls that are due later. */
  readonly waiting: number;
}

export function handClock(start = Date.UTC(2030, 0, 1)): HandClock {
  let now = start;
  const timers = new Set<{ at: number; callback: () => void }>();
  return {
    now: () => now,
    monotonic: () => now - start,
    after(ms, callback) {
      const timer = { at: now + ms, callback };
      timers.add(timer);
      return () => timers.delete(timer);
    },
    advance(ms) {
      now += ms;
      for (const timer of [...timers].sort((a, b) => a.at - b.at)) {
        if (timer.at <= now && timers.delete(timer)) timer.callback();
      }
    },
    get waiting() {
      return timers.size;
    },
  };
}
