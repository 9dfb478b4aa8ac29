import type { Clock } from '../../domain/clock.ts';

/**
 * Waits for work on a disk, and no longer than so long: what hangs in the disk cannot be called back,
 * so it may go on by itself; its signal says that nobody waits any more.
 * @param ms how long
 * @param late what is thrown then
 */
export async function withinTime<T>(
  { clock, ms, late }: { readonly clock: Clock; readonly ms: number; readonly late: () => Error },
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const abort = new AbortController();
  const { promise, reject } = Promise.withResolvers<never>();
  const cancel = clock.after(ms, () => {
    reject(late());
    abort.abort();
  });
  try {
    return await Promise.race([promise, work(abort.signal)]);
  } finally {
    cancel();
  }
}
