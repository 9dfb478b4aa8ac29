import type { Clock } from './clock.ts';

/** What was waited for has not come within its time. */
export class TimedOut extends Error {
  readonly code = 'ETIMEDOUT';
}

/**
 * What `work` brings, if it comes within so many milliseconds. Work that is late goes on unless
 * `onLate` ends it; what becomes of it then is nobody's error.
 * @throws TimedOut, or what the work fails with
 */
export async function inTime<T>(
  work: Promise<T>,
  ms: number,
  clock: Pick<Clock, 'after'>,
  onLate?: () => void,
): Promise<T> {
  const late = Promise.withResolvers<never>();
  const cancel = clock.after(ms, () => {
    late.reject(new TimedOut(`no answer within ${ms / 1000} s`));
    onLate?.();
  });
  // Whichever comes second has nobody who waits for it.
  for (const one of [work, late.promise]) one.catch(() => undefined);
  try {
    return await Promise.race([work, late.promise]);
  } finally {
    cancel();
  }
}
