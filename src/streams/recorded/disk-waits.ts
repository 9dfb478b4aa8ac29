import { footageBounds } from '../../domain/bounds.ts';
import type { Budget } from '../../domain/budget.ts';
import type { Clock } from '../../domain/clock.ts';
import { NightglassError } from '../../domain/errors.ts';

/** How long work on a disk is waited for. */
export interface DiskPatience {
  /** How long it may give no sign of life, milliseconds. */
  readonly ms: number;
  /** How long it may take in all, milliseconds; default as `ms`: signs of life give it no more. */
  readonly most?: number;
  /** What is thrown then. */
  readonly late: () => Error;
  /** Ends the waiting at once, with its reason. */
  readonly signal?: AbortSignal | undefined;
  /** Work of one kind that is done at once, what hangs included; the time of waiting counts. */
  readonly room?: Budget;
}

/** Work on a disk: the signal says that nobody waits any more, `alive` that it goes on. */
export type DiskWork<T> = (signal: AbortSignal, alive: () => void) => Promise<T>;

/**
 * Waits for work on disks, and no longer than it may take. What hangs in a disk cannot be called back,
 * and holds one of the few threads that all have for such work: it is counted until it ends by
 * itself, and while `footageBounds.hanging` do, nothing more is begun.
 */
export class DiskWaits {
  readonly #clock: Clock;
  /** Work that nobody waits for any more. */
  #hanging = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** @throws NightglassError `BUSY` while too much hangs; what `late` gives; the signal's reason */
  async within<T>(patience: DiskPatience, work: DiskWork<T>): Promise<T> {
    const { signal, room } = patience;
    signal?.throwIfAborted();
    if (this.#hanging >= footageBounds.hanging) throw hangs();
    const over = new AbortController();
    const { promise, reject } = Promise.withResolvers<never>();
    const giveUp = (why: unknown) => {
      reject(why);
      over.abort(why);
    };
    const watch = this.#watch(patience, giveUp);
    const stop = () => giveUp(signal?.reason);
    signal?.addEventListener('abort', stop);
    const begun = begin(room, over.signal, () => work(over.signal, watch.alive));
    over.signal.addEventListener('abort', () => void this.#untilItEnds(begun), { once: true });
    try {
      return await Promise.race([promise, begun]);
    } finally {
      watch.cancel();
      signal?.removeEventListener('abort', stop);
    }
  }

  /** Gives up once there was no sign of life for too long, or it took too long in all. */
  #watch({ ms, most = ms, late }: DiskPatience, giveUp: (why: Error) => void) {
    const clock = this.#clock;
    const end = clock.monotonic() + most;
    let until = Math.min(end, clock.monotonic() + ms);
    const look = () => {
      const left = until - clock.monotonic();
      if (left <= 0) giveUp(late());
      else cancel = clock.after(left, look);
    };
    let cancel = clock.after(until - clock.monotonic(), look);
    return {
      cancel: () => cancel(),
      alive: () => {
        until = Math.min(end, clock.monotonic() + ms);
      },
    };
  }

  async #untilItEnds(work: Promise<unknown>): Promise<void> {
    this.#hanging += 1;
    await work.catch(() => undefined);
    this.#hanging -= 1;
  }
}

/** The work, as soon as there is room for it. */
async function begin<T>(
  room: Budget | undefined,
  signal: AbortSignal,
  work: () => Promise<T>,
): Promise<T> {
  if (room === undefined) return work();
  using _share = await room.take(1);
  signal.throwIfAborted();
  return await work();
}

function hangs(): NightglassError {
  return new NightglassError('BUSY', 'Cannot read footage: a disk does not answer', {
    hint: 'See whether the folders of footage can be read; it goes on as soon as they can.',
  });
}
