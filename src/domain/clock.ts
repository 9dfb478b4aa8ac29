import { longestTimer } from './bounds.ts';

/** Source of time. Injected everywhere, so that tests own the clock. */
export interface Clock {
  /** Wall time, milliseconds since the Unix epoch. */
  now(): number;
  /** Monotonic time, milliseconds from an arbitrary origin. */
  monotonic(): number;
  /**
   * Calls back once after `ms` milliseconds, however many.
   * @returns an idempotent function that cancels the call.
   */
  after(ms: number, callback: () => void): () => void;
}

/** The machine's own clock. Its timers do not keep the process alive. */
export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  after(ms, callback) {
    let left = ms;
    let timer: NodeJS.Timeout;
    const wait = () => {
      const part = Math.min(left, longestTimer);
      left -= part;
      timer = setTimeout(left > 0 ? wait : callback, part);
      timer.unref();
    };
    wait();
    return () => clearTimeout(timer);
  },
};
