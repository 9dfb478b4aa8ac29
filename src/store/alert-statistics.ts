import { bandFloors } from '../domain/quality/quality-band.ts';
import {
  type AlertStatistics,
  AlertTally,
  binWidth,
  type CountedAlert,
  fineParts,
} from './alert-tally.ts';
import type { Store } from './store.ts';

export interface StatisticsFilter {
  /** Created at or after, and before, wall milliseconds. */
  readonly from: number;
  readonly to: number;
  /** Only these; `'*'` for all. */
  readonly cameras: '*' | readonly string[];
  readonly watchlists: '*' | readonly string[];
}

/** Entries of the index that are counted in one step: a millisecond or two. */
const window = 500;

/** Alerts between two times of creation, by the index alone. */
export const statisticsSql = `SELECT camera_id AS camera, watchlist_id AS list, state,
    CASE WHEN hidden THEN NULL WHEN quality >= ${bandFloors.good} THEN 0
      WHEN quality >= ${bandFloors.fair} THEN 1 ELSE 2 END AS band,
    CASE WHEN hidden THEN NULL
      ELSE CAST(floor(score * ${fineParts / binWidth} + 1e-9) AS INTEGER) END AS bin
  FROM (
    SELECT one.*, two_person_review = 1 AND state NOT IN ('confirmed', 'dismissed') AS hidden
    FROM (SELECT camera_id, watchlist_id, state, two_person_review, quality, score FROM alerts
      WHERE created_at >= :from AND created_at < :to
        AND (:cameras IS NULL OR camera_id IN (SELECT value FROM json_each(:cameras)))
        AND (:lists IS NULL OR watchlist_id IN (SELECT value FROM json_each(:lists)))) AS one) AS shown`;

/**
 * Counts stored alerts by camera, list, quality and score, some hundred a step, each once, as it was
 * when it was met: the time of creation, by which they are met, never changes.
 * Quality and score of alerts that two people judge count once they are decided.
 */
export function* alertStatistics(
  store: Pick<Store, 'prepare'>,
  { from, to, cameras, watchlists }: StatisticsFilter,
): Generator<void, AlertStatistics> {
  const tally = new AlertTally();
  const values = {
    cameras: cameras === '*' ? null : JSON.stringify(cameras),
    lists: watchlists === '*' ? null : JSON.stringify(watchlists),
  };
  for (let start = from; ; ) {
    const end = store
      .prepare(
        `SELECT created_at FROM alerts WHERE created_at >= ? AND created_at < ?
         ORDER BY created_at LIMIT 1 OFFSET ${window}`,
      )
      .get(start, to)?.['created_at'];
    // Whatever was created within one millisecond is counted in one step.
    const until = end === undefined ? to : Math.max(Number(end), start + 1);
    const found = store.prepare(statisticsSql).all({ from: start, to: until, ...values });
    for (const alert of found as unknown as readonly CountedAlert[]) tally.add(alert);
    if (end === undefined) return tally.result();
    start = until;
    yield;
  }
}
