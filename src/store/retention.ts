import type { Clock } from '../domain/clock.ts';
import { isNightglassError } from '../domain/errors.ts';
import type { Log } from '../domain/log.ts';
import type { Store } from './store.ts';

/** Something that grows old. */
export interface RetentionTask {
  /** A metric's label, e.g. `alerts`. */
  readonly name: string;
  /** Things deleted in one transaction, where they are smaller than alerts. */
  readonly chunk?: number;
  /** Deletes at most `limit` things whose time has come, and returns how many it deleted. */
  purge(now: number, limit: number): number;
}

export interface RetentionOptions {
  readonly store: Store;
  readonly clock: Clock;
  readonly tasks: readonly RetentionTask[];
  /** Milliseconds between sweeps. Default one minute. */
  readonly intervalMs?: number;
  /**
   * Things deleted in one transaction; the event loop turns in between. Default 4, some 10 ms
   * for alerts with their pictures.
   */
  readonly chunk?: number;
  /** True while the clock is not believed: nothing is deleted then. */
  readonly holds?: () => boolean;
  readonly onPurged?: (task: string, count: number) => void;
  readonly log?: Log;
}

export interface Retention {
  /** Sweeps now. Resolves to the number deleted, by task. Sweeps do not overlap. */
  sweep(): Promise<Record<string, number>>;
  /** Ends sweeping. Idempotent. */
  close(): Promise<void>;
}

/** Sweeps at once and then regularly, until closed. */
export function startRetention(options: RetentionOptions): Retention {
  const { store, clock, tasks, intervalMs = 60_000, chunk = 4, onPurged, log } = options;
  let closed = false;
  let running: Promise<Record<string, number>> | undefined;
  let cancel: (() => void) | undefined;

  async function run(): Promise<Record<string, number>> {
    const counts: Record<string, number> = {};
    for (const task of tasks) {
      counts[task.name] = 0;
      const limit = task.chunk ?? chunk;
      try {
        for (let purged = limit; purged >= limit && !closed; ) {
          // Before each step: the clock may jump during a sweep.
          if (options.holds?.()) break;
          purged = task.purge(clock.now(), limit);
          counts[task.name] = (counts[task.name] ?? 0) + purged;
          await new Promise((resolve) => setImmediate(resolve));
        }
      } catch (error) {
        if (!isNightglassError(error, 'STORE_UNWRITABLE', 'STORE_CORRUPT')) throw error;
        log?.error({ task: task.name, reason: error.message }, 'Cannot purge what is too old');
      }
      const count = counts[task.name] ?? 0;
      if (count === 0) continue;
      log?.info({ task: task.name, count }, 'Purged what is too old');
      onPurged?.(task.name, count);
    }
    // Each time, also when nothing was purged here: people delete things by hand.
    if (!closed && !store.compact()) log?.warn({}, 'A reader holds the journal: emptied later');
    return counts;
  }

  function sweep(): Promise<Record<string, number>> {
    running ??= run().finally(() => {
      running = undefined;
    });
    return running;
  }

  function tick(): void {
    sweep()
      .catch((error: unknown) => log?.error({ reason: String(error) }, 'Retention sweep failed'))
      .finally(() => {
        if (!closed) cancel = clock.after(intervalMs, tick);
      });
  }
  tick();

  return {
    sweep,
    async close() {
      closed = true;
      cancel?.();
      await running?.catch(() => undefined);
    },
  };
}
