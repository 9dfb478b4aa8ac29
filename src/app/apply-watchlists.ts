import type { Logger } from 'pino';
import type { Config } from '../config/schema.ts';
import { isNightglassError } from '../domain/errors.ts';
import { awaitsReview } from '../domain/list-review.ts';
import type { WatchlistStore } from '../services/watchlists/watchlist-store.ts';
import { configuration, syncWatchlists } from './sync-watchlists.ts';

/** Brings the stored lists up to what is configured; what is odd is logged. */
export function applyWatchlists(
  configured: Config['watchlists'],
  to: {
    readonly watchlists: WatchlistStore;
    /** Wall milliseconds. */
    readonly now: number;
    readonly log: Pick<Logger, 'warn' | 'error'>;
  },
): void {
  const { watchlists, now, log } = to;
  try {
    watchlists.releaseWaiting(configuration);
    const synced = syncWatchlists(configured, watchlists, now);
    for (const id of synced.unnamed) {
      log.warn({ watchlistId: id }, 'Watchlist is stored, not configured, and goes on matching');
    }
    for (const { id } of watchlists.list().filter(awaitsReview)) {
      log.warn({ watchlistId: id }, 'Watchlist waits for review and matches nobody');
    }
    for (const id of synced.expired) log.warn({ watchlistId: id }, 'Watchlist has expired');
  } catch (error) {
    // A folder that takes no writes is loud elsewhere; the lists it holds go on matching.
    if (!isNightglassError(error, 'STORE_UNWRITABLE')) throw error;
    log.error({ err: error }, 'Cannot bring the watchlists up to date');
  }
}
