import type { KV, KvWatchEntry } from '@nats-io/kv';
import type { Clock } from '../domain/clock.ts';
import type { Log } from '../domain/log.ts';

/** After an interruption, milliseconds. */
const pause = 500;

/**
 * Tells of each entry of a store as it is and as it changes, also after the server was away: all
 * that is there is then told again.
 * @returns stops; idempotent
 */
export function followStore(
  store: KV,
  from: { readonly clock: Clock; readonly log: Log },
  onEntry: (entry: KvWatchEntry) => void,
): () => Promise<void> {
  let stopped = false;
  let stop: () => void = () => undefined;
  const work = async () => {
    while (!stopped) {
      try {
        const entries = await store.watch();
        stop = () => entries.stop();
        if (stopped) return entries.stop();
        for await (const entry of entries) {
          if (stopped) break;
          onEntry(entry);
        }
      } catch (error) {
        if (!stopped) from.log.warn({ err: error }, 'A store of the cluster cannot be followed');
      }
      if (!stopped) await new Promise<void>((resolve) => from.clock.after(pause, resolve));
    }
  };
  const working = work();
  return async () => {
    stopped = true;
    stop();
    await Promise.race([working, new Promise<void>((resolve) => from.clock.after(pause, resolve))]);
  };
}
