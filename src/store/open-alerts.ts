import type { AlertState } from '../domain/alert.ts';
import type { Store } from './store.ts';

/** Alerts of a list that wait for a verdict. */
export interface OpenAlerts {
  readonly watchlistId: string;
  readonly state: AlertState;
  readonly count: number;
  /** When the one that has waited longest was created, wall milliseconds. */
  readonly oldest: number;
}

/** Stored alerts without a verdict by list and state; empty while the store cannot be read. */
export function openAlerts(store: Pick<Store, 'prepare' | 'readOr'>): readonly OpenAlerts[] {
  return store.readOr(
    () =>
      store
        .prepare(
          `SELECT watchlist_id, state, count(*) AS count, min(created_at) AS oldest FROM alerts
           WHERE state IN ('new', 'acknowledged', 'escalated') GROUP BY state, watchlist_id`,
        )
        .all()
        .map((row) => ({
          watchlistId: String(row['watchlist_id']),
          state: row['state'] as AlertState,
          count: Number(row['count']),
          oldest: Number(row['oldest']),
        })),
    [],
  );
}
