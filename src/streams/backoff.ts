import type { ErrorCode } from '../domain/errors.ts';

export interface RetryPolicy {
  /** Pause after the first failure, milliseconds; default 250. */
  readonly initialMs: number;
  /** By what the pause grows with each failure; default 2. */
  readonly factor: number;
  /** Longest pause; default 2 s, so that a camera that returns is seen within 3 s. */
  readonly maxMs: number;
  /** Share of the pause that chance may take off, 0..1; default 0.2. */
  readonly jitter: number;
  /** Pause after refused credentials, which cameras answer with a lock-out; default 60 s. */
  readonly unauthorizedMs: number;
  /** Pause after a fault that only a change of set-up ends; default 60 s. */
  readonly failedMs: number;
}

export const defaultRetryPolicy: RetryPolicy = {
  initialMs: 250,
  factor: 2,
  maxMs: 2_000,
  jitter: 0.2,
  unauthorizedMs: 60_000,
  failedMs: 60_000,
};

/** The state to wait in after the `failures`-th failure in a row (from 1), and for how long. */
export function retryDelay(
  code: ErrorCode,
  failures: number,
  policy: Partial<RetryPolicy> = {},
  random: () => number = Math.random,
): { state: 'backoff' | 'unauthorized' | 'failed'; ms: number } {
  const { initialMs, factor, maxMs, jitter, unauthorizedMs, failedMs } = {
    ...defaultRetryPolicy,
    ...policy,
  };
  if (code === 'STREAM_UNAUTHORIZED') return { state: 'unauthorized', ms: unauthorizedMs };
  if (code === 'STREAM_UNSUPPORTED' || code === 'ENVIRONMENT')
    return { state: 'failed', ms: failedMs };
  const full = Math.min(maxMs, initialMs * factor ** (failures - 1));
  return { state: 'backoff', ms: Math.round(full * (1 - jitter * random())) };
}
