import type { Logger } from 'pino';
import type { Config } from '../config/schema.ts';
import { isNightglassError } from '../domain/errors.ts';
import type { SqliteAlertStore } from '../services/alerts/alert-store.ts';
import type { WatchlistStore } from '../services/watchlists/watchlist-store.ts';
import type { AuditLog } from '../store/audit-log.ts';
import { syncWatchlists } from './sync-watchlists.ts';

/** Brings the stored lists up to what is configured; changes are recorded, what is odd is logged. */
export function applyWatchlists(
  configured: Config['watchlists'],
  to: {
    readonly watchlists: WatchlistStore;
    readonly alerts: Pick<SqliteAlertStore, 'setRetention'>;
    readonly audit: Pick<AuditLog, 'append'>;
    /** Wall milliseconds. */
    readonly now: number;
    readonly log: Pick<Logger, 'warn' | 'error'>;
  },
): void {
  const { watchlists, alerts, audit, now, log } = to;
  try {
    const synced = syncWatchlists(configured, watchlists, now);
    for (const id of synced.changed) {
      alerts.setRetention(id, watchlists.get(id).retentionDays);
    }
    for (const what of ['created', 'changed'] as const) {
      const action = what === 'created' ? 'watchlist.created' : 'watchlist.updated';
      for (const id of synced[what]) {
        const { name, purpose, legalBasis, authorisation, owner } = watchlists.get(id);
        const detail = { by: 'configuration', name, purpose, legalBasis, authorisation, owner };
        audit.append({ who: 'system', what: action, target: id, detail });
      }
    }
    for (const id of synced.unnamed) {
      log.warn({ watchlistId: id }, 'Watchlist is stored, not configured, and goes on matching');
    }
    for (const id of synced.expired) log.warn({ watchlistId: id }, 'Watchlist has expired');
  } catch (error) {
    // A folder that takes no writes is loud elsewhere; the lists it holds go on matching.
    if (!isNightglassError(error, 'STORE_UNWRITABLE')) throw error;
    log.error({ err: error }, 'Cannot bring the watchlists up to date');
  }
}
