import type { AlertOutcome, OutcomeEntry } from '../domain/alert-outcome.ts';
import { noOutcomes, type OutcomeCounts } from '../domain/alert-outcome.ts';
import type { StatisticsFilter } from './alert-statistics.ts';
import type { Store } from './store.ts';

/** Of which alert an outcome is, as statistics ask for it. */
export interface OutcomeAlert {
  readonly id: string;
  readonly cameraId: string;
  readonly watchlistId: string;
  readonly createdAt: number;
}

/** Last outcomes of alerts. */
export interface OutcomeStatistics {
  readonly total: OutcomeCounts;
  readonly byCamera: readonly { readonly cameraId: string; readonly counts: OutcomeCounts }[];
  readonly byWatchlist: readonly { readonly watchlistId: string; readonly counts: OutcomeCounts }[];
}

/** Rows of one step. */
const atOnce = 500;

/** What came of alerts: added to, never changed. They go with their alert. */
export class AlertOutcomeTable {
  readonly #store: Pick<Store, 'prepare'>;

  constructor(store: Pick<Store, 'prepare'>) {
    this.#store = store;
  }

  /** Within {@link Store.write}. */
  insert(alert: OutcomeAlert, { outcome, author, note, at }: OutcomeEntry): void {
    this.#store
      .prepare(`INSERT INTO alert_outcomes (alert_id, outcome, author, note, at, alert_at, camera_id,
           watchlist_id) VALUES (?, ?, ?, ?, ?, ?, ?, ?)`)
      .run(alert.id, outcome, author, note, at, alert.createdAt, alert.cameraId, alert.watchlistId);
  }

  /** Oldest first. */
  ofAlert(alertId: string): OutcomeEntry[] {
    return this.#store
      .prepare('SELECT * FROM alert_outcomes WHERE alert_id = ? ORDER BY number')
      .all(alertId)
      .map((row) => ({
        outcome: row['outcome'] as AlertOutcome,
        author: String(row['author']),
        note: String(row['note']),
        at: Number(row['at']),
      }));
  }

  /** Last outcomes of alerts that were created in a period, some hundred a step. */
  *statistics({
    from,
    to,
    cameras,
    watchlists,
  }: StatisticsFilter): Generator<void, OutcomeStatistics> {
    const total = noOutcomes();
    const byCamera = new Map<string, ReturnType<typeof noOutcomes>>();
    const byList = new Map<string, ReturnType<typeof noOutcomes>>();
    const values = {
      from,
      to,
      cameras: cameras === '*' ? null : JSON.stringify(cameras),
      lists: watchlists === '*' ? null : JSON.stringify(watchlists),
    };
    let [at, number] = [from, 0];
    for (;;) {
      const rows = this.#store.prepare(lastOutcomesSql).all({ ...values, at, number });
      for (const row of rows) {
        if (row['is_counted'] !== 1) continue;
        const outcome = row['outcome'] as AlertOutcome;
        total[outcome] += 1;
        countsOf(byCamera, String(row['camera_id']))[outcome] += 1;
        countsOf(byList, String(row['watchlist_id']))[outcome] += 1;
      }
      const last = rows.at(-1);
      if (last === undefined || rows.length < atOnce) break;
      at = Number(last['alert_at']);
      number = Number(last['number']);
      yield;
    }
    const sorted = <T>(map: Map<string, T>) => [...map].sort(([a], [b]) => (a < b ? -1 : 1));
    return {
      total,
      byCamera: sorted(byCamera).map(([cameraId, counts]) => ({ cameraId, counts })),
      byWatchlist: sorted(byList).map(([watchlistId, counts]) => ({ watchlistId, counts })),
    };
  }
}

/** Along the index of times; the last of each alert counts, where the caller may see the alert. */
const lastOutcomesSql = `SELECT o.number, o.alert_at, o.outcome, o.camera_id, o.watchlist_id,
    (:cameras IS NULL OR o.camera_id IN (SELECT value FROM json_each(:cameras)))
    AND (:lists IS NULL OR o.watchlist_id IN (SELECT value FROM json_each(:lists)))
    AND NOT EXISTS (SELECT 1 FROM alert_outcomes AS later
      WHERE later.alert_id = o.alert_id AND later.number > o.number) AS is_counted
  FROM alert_outcomes AS o
  WHERE o.alert_at >= :from AND o.alert_at < :to AND (o.alert_at, o.number) > (:at, :number)
  ORDER BY o.alert_at, o.number LIMIT ${atOnce}`;

function countsOf(map: Map<string, ReturnType<typeof noOutcomes>>, key: string) {
  const known = map.get(key) ?? noOutcomes();
  map.set(key, known);
  return known;
}
