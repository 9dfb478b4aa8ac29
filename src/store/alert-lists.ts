import type { Alert } from '../domain/alert.ts';
import { type AlertFilter, limitOf } from '../domain/alert-filter.ts';
import { alertOf } from './alert-row.ts';
import { type QueuePlace, queueColumns } from './review-queue.ts';
import type { Store } from './store.ts';

/** Where an alert stands by the capture of its newest appearance, wall milliseconds. */
export interface CapturePlace {
  readonly sightedAt: number;
  readonly id: string;
}

/** Entries of an index that are looked at in one step: a millisecond or two. */
const window = 4000;

/**
 * Pages of alerts and their number. Each goes along an index in its order, some thousand entries a
 * step: it yields between two, so that its caller can let others have the event loop, however few
 * of the alerts pass the filter.
 */
export class AlertLists {
  readonly #store: Pick<Store, 'prepare'>;

  constructor(store: Pick<Store, 'prepare'>) {
    this.#store = store;
  }

  /** By the newest appearance, newest first, from behind `after` on. */
  *newest(filter: AlertFilter, after: CapturePlace | undefined): Generator<void, Alert[]> {
    const values = filterValues(filter);
    const limit = limitOf(filter);
    const found: Alert[] = [];
    let { sightedAt, id } = after ?? { sightedAt: Number.MAX_VALUE, id: '~' };
    for (;;) {
      const end = this.#store
        .prepare(
          `SELECT sighted_at, id FROM alerts
           WHERE (sighted_at, id) < (:sightedAt, :id) AND sighted_at >= :from
           ORDER BY sighted_at DESC, id DESC LIMIT 1 OFFSET ${window}`,
        )
        .get({ sightedAt, id, from: values.from });
      const rows = this.#store
        .prepare(
          `SELECT body FROM alerts
           WHERE ${filterSql} AND (sighted_at, id) < (:sightedAt, :id)
             AND (sighted_at, id) >= (:endAt, :endId)
           ORDER BY sighted_at DESC, id DESC LIMIT :limit`,
        )
        .all({
          ...values,
          limit: limit - found.length,
          sightedAt,
          id,
          endAt: Number(end?.['sighted_at'] ?? -1),
          endId: String(end?.['id'] ?? ''),
        });
      found.push(...rows.map(alertOf));
      if (end === undefined || found.length >= limit) return found;
      sightedAt = Number(end['sighted_at']);
      id = String(end['id']);
      yield;
    }
  }

  /** How many pass the filter, whatever its page. @param except ids that do not count */
  *count(filter: AlertFilter, except: readonly string[]): Generator<void, number> {
    const values = { ...filterValues(filter), except: JSON.stringify(except) };
    let [at, id, count] = [values.from, '', 0];
    for (;;) {
      const end = this.#store
        .prepare(
          `SELECT sighted_at, id FROM alerts WHERE (sighted_at, id) > (:at, :id)
           ORDER BY sighted_at, id LIMIT 1 OFFSET ${window}`,
        )
        .get({ at, id });
      const row = this.#store
        .prepare(
          `SELECT count(*) AS count FROM alerts
           WHERE ${filterSql} AND (sighted_at, id) > (:at, :id)
             AND (sighted_at, id) <= (:endAt, :endId)
             AND id NOT IN (SELECT value FROM json_each(:except))`,
        )
        .get({
          ...values,
          at,
          id,
          endAt: Number(end?.['sighted_at'] ?? Number.MAX_VALUE),
          endId: String(end?.['id'] ?? '~'),
        });
      count += Number(row?.['count']);
      if (end === undefined) return count;
      at = Number(end['sighted_at']);
      id = String(end['id']);
      yield;
    }
  }

  /** As people should review them, from behind `after` on; see {@link QueuePlace}. */
  *queue(
    filter: AlertFilter,
    after: QueuePlace | undefined,
  ): Generator<void, [Alert, QueuePlace][]> {
    const values = filterValues(filter);
    const limit = limitOf(filter);
    // By id: what is reviewed between two steps may change its place and be met twice.
    const found = new Map<string, [Alert, QueuePlace]>();
    let from = after ?? queueStart;
    for (;;) {
      const end = this.#store
        .prepare(
          `SELECT id, ${queueColumns} FROM alerts WHERE ${behind} ${queueOrder}
           LIMIT 1 OFFSET ${window}`,
        )
        .get({ ...from });
      const until = end === undefined ? queueEnd : placeOfRow(end);
      const rows = this.#store
        .prepare(queuePageSql)
        .all({ ...values, limit: limit - found.size, ...from, ...endOf(until) });
      for (const row of rows) {
        const alert = alertOf(row);
        found.set(alert.id, [alert, placeOfRow(row)]);
      }
      if (end === undefined || found.size >= limit) return [...found.values()];
      from = until;
      yield;
    }
  }
}

const queueStart: QueuePlace = { decided: -1 as 0, turn: 0, band: 0, margin: 0, id: '' };
const queueEnd: QueuePlace = { decided: 2 as 1, turn: 0, band: 0, margin: 0, id: '' };

const place = '(queue_decided, queue_turn, queue_band, queue_margin)';
const queueOrder = 'ORDER BY queue_decided, queue_turn, queue_band, queue_margin, id DESC';
const behind = `${place} >= (:decided, :turn, :band, 0.0 - :margin)
  AND NOT (${place} = (:decided, :turn, :band, 0.0 - :margin) AND id >= :id)`;
const before = `${place} <= (:endDecided, :endTurn, :endBand, 0.0 - :endMargin)
  AND NOT (${place} = (:endDecided, :endTurn, :endBand, 0.0 - :endMargin) AND id < :endId)`;

const filterSql = `(:states IS NULL OR state IN (SELECT value FROM json_each(:states)))
  AND (:watchlist IS NULL OR watchlist_id = :watchlist)
  AND (:person IS NULL OR person_id = :person)
  AND (:watchlists IS NULL OR watchlist_id IN (SELECT value FROM json_each(:watchlists)))
  AND (:cameras IS NULL OR camera_id IN (SELECT value FROM json_each(:cameras)) OR EXISTS
    (SELECT 1 FROM alert_sightings AS s WHERE s.alert_id = alerts.id
     AND s.camera_id IN (SELECT value FROM json_each(:cameras))))
  AND sighted_at >= :from AND captured_at < :to`;

/** A page of the queue: places from the index alone, then the alerts at these. */
export const queuePageSql = `SELECT place.*, body FROM (
    SELECT id, ${queueColumns} FROM alerts
    WHERE ${behind} AND ${before} AND ${filterSql} ${queueOrder} LIMIT :limit) AS place
  JOIN alerts USING (id) ORDER BY decided, turn, band, margin DESC, id DESC`;

function filterValues(filter: AlertFilter) {
  const { cameras = '*', watchlists = '*', states } = filter;
  return {
    states: states === undefined ? null : JSON.stringify(states),
    watchlist: filter.watchlistId ?? null,
    watchlists: watchlists === '*' ? null : JSON.stringify(watchlists),
    person: filter.personId ?? null,
    cameras: cameras === '*' ? null : JSON.stringify(cameras),
    from: filter.from ?? 0,
    to: filter.to ?? Number.MAX_SAFE_INTEGER,
  };
}

function endOf({ decided, turn, band, margin, id }: QueuePlace) {
  return { endDecided: decided, endTurn: turn, endBand: band, endMargin: margin, endId: id };
}

function placeOfRow(row: Record<string, unknown>): QueuePlace {
  const { decided, turn, band, margin, id } = row;
  return { decided, turn, band, margin, id } as QueuePlace;
}
