import type { Clock } from '../domain/clock.ts';

/**
 * Does `work` at once and then again `intervalMs` after it has ended, until the
 * returned function is called: a scrape then reads what is there and waits for
 * nobody. A failure goes to `onError` and does not end it; work that does not
 * end within `limitMs` (default 10 s) is waited for no longer.
 */
export function sampleRegularly(options: {
  readonly clock: Clock;
  readonly intervalMs: number;
  readonly work: () => Promise<void>;
  readonly limitMs?: number;
  readonly onError?: (error: unknown) => void;
}): () => void {
  const { clock, intervalMs, work, limitMs = 10_000, onError } = options;
  let closed = false;
  let cancel: (() => void) | undefined;
  const turn = async (): Promise<void> => {
    const { promise: late, resolve } = Promise.withResolvers<void>();
    const cancelLimit = clock.after(limitMs, resolve);
    try {
      await Promise.race([work(), late]);
    } catch (error) {
      onError?.(error);
    }
    cancelLimit();
    if (!closed) cancel = clock.after(intervalMs, () => void turn());
  };
  void turn();
  return () => {
    closed = true;
    cancel?.();
  };
}
