import type { Clock } from '../../domain/clock.ts';
import { hasExpired, type Watchlist } from '../../domain/watchlist.ts';

/** From so long before its end on, people are warned of it, milliseconds: two weeks. */
export const warnsBeforeMs = 14 * 86_400_000;

export interface WatchExpiryOptions {
  readonly clock: Clock;
  readonly lists: () => readonly Watchlist[];
  readonly log: { warn(details: object, message: string): void };
  /** Milliseconds between looks. Default one hour. */
  readonly intervalMs?: number;
}

/**
 * Warns in the log, once a day, of each list that ends within two weeks: it will
 * then match nobody and be purged with its people. Ends when the returned function
 * is called.
 */
export function watchExpiry(options: WatchExpiryOptions): () => void {
  const { clock, lists, log, intervalMs = 3_600_000 } = options;
  /** The day of which a list was last warned, counted back from its end. */
  const warned = new Map<string, number>();
  let cancel: (() => void) | undefined;

  function look(): void {
    const now = clock.now();
    const ending = lists().filter((list) => !hasExpired(list, now) && endsSoon(list, now));
    const ids = new Set(ending.map(({ id }) => id));
    for (const id of warned.keys()) if (!ids.has(id)) warned.delete(id);
    for (const { id, expiresAt } of ending) {
      const days = Math.ceil(((expiresAt ?? 0) - now) / 86_400_000);
      if (warned.get(id) === days) continue;
      warned.set(id, days);
      const end = new Date(expiresAt ?? 0).toISOString();
      log.warn(
        { watchlistId: id, expiresAt: end, days },
        'Watchlist ends soon: it will match nobody and be deleted with its people',
      );
    }
    cancel = clock.after(intervalMs, tick);
  }

  function tick(): void {
    try {
      look();
    } catch (error) {
      // A store that cannot be read now is reported elsewhere.
      log.warn({ err: error }, 'Cannot look for watchlists that end soon');
      cancel = clock.after(intervalMs, tick);
    }
  }
  tick();
  return () => cancel?.();
}

/** True within two weeks before the list's end. */
export function endsSoon({ expiresAt }: Pick<Watchlist, 'expiresAt'>, now: number): boolean {
  return expiresAt !== null && expiresAt - now < warnsBeforeMs;
}
