/** Source of time. Injected everywhere, so that tests own the clock. */
export interface Clock {
  /** Wall time, milliseconds since the Unix epoch. */
  now(): number;
  /** Monotonic time, milliseconds from an arbitrary origin. */
  monotonic(): number;
  /**
   * Calls back once after `ms` milliseconds.
   * @returns an idempotent function that cancels the call.
   */
  after(ms: number, callback: () => void): () => void;
}

/** The machine's own clock. Its timers do not keep the process alive. */
export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  after(ms, callback) {
    const timer = setTimeout(callback, ms);
    timer.unref();
    return () => clearTimeout(timer);
  },
};
