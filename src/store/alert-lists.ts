import type { Alert } from '../domain/alert.ts';
import { type AlertFilter, limitOf, passesFilter } from '../domain/alert-filter.ts';
import { sightedAt } from '../domain/sightings.ts';
import { AlertChanges } from './alert-changes.ts';
import { alertOf } from './alert-row.ts';
import {
  comparePlaces as compareQueuePlaces,
  type QueuePlace,
  queueColumns,
  queueKeyOf,
  queuePlaceOf,
} from './review-queue.ts';
import type { Store } from './store.ts';

/** Where an alert stands by the capture of its newest appearance, wall milliseconds. */
export interface CapturePlace {
  readonly sightedAt: number;
  readonly id: string;
}

/** Entries of an index that are looked at in one step: about a millisecond. */
const window = 1000;
/** Alerts that are read in one step: each is some kilobytes of JSON. */
const alertsAtOnce = 40;

/**
 * Pages of alerts and their number. Each goes along an index in its order, some hundred entries a
 * step: it yields between two, so that its caller can let others have the event loop, however few
 * of the alerts pass the filter. What changes meanwhile is taken in: the answer is what the last step
 * would have found all at once.
 */
export class AlertLists {
  readonly #store: Pick<Store, 'prepare'>;

  constructor(store: Pick<Store, 'prepare'>) {
    this.#store = store;
  }

  /** By the newest appearance, newest first, from behind `after` on. */
  *newest(filter: AlertFilter, after: CapturePlace | undefined): Generator<void, Alert[]> {
    const limit = limitOf(filter);
    const start = after ?? { sightedAt: Number.MAX_VALUE, id: '~' };
    const changes = new AlertChanges(this.#store);
    const found = new Map<string, Alert>();
    // All that passes from the start to here is found.
    for (let reached: CapturePlace | undefined = start; ; ) {
      reached = this.#newestStep(filter, reached, found);
      const page = () => [...found.values()].sort(byCapture).slice(0, limit);
      if (reached === undefined || found.size >= limit) return page();
      yield;
      for (const { id, now } of changes.take()) {
        found.delete(id);
        if (now === undefined || !passesFilter(now, filter)) continue;
        const place = captureOf(now);
        if (comparePlaces(start, place) < 0 && comparePlaces(place, reached) <= 0) {
          found.set(id, now);
        }
      }
      if (found.size >= limit) return page();
    }
  }

  /** Reads on from a place. @returns how far; undefined at the end */
  #newestStep(
    filter: AlertFilter,
    { sightedAt: at, id }: CapturePlace,
    found: Map<string, Alert>,
  ): CapturePlace | undefined {
    const { from: earliest, ...values } = filterValues(filter);
    const from = { at, id };
    const end = this.#store
      .prepare(
        `SELECT sighted_at, id FROM alerts WHERE (sighted_at, id) < (:at, :id)
           AND sighted_at >= :earliest ORDER BY sighted_at DESC, id DESC LIMIT 1 OFFSET ${window}`,
      )
      .get({ ...from, earliest });
    const rows = this.#store
      .prepare(newestPageSql)
      .all({
        ...values,
        ...from,
        limit: alertsAtOnce,
        endAt: Number(end?.['sighted_at'] ?? earliest),
        endId: String(end?.['id'] ?? ''),
      })
      .map(alertOf);
    for (const alert of rows) found.set(alert.id, alert);
    const last = rows.length < alertsAtOnce ? undefined : rows.at(-1);
    if (last !== undefined) return captureOf(last);
    return end && { sightedAt: Number(end['sighted_at']), id: String(end['id']) };
  }

  /** How many pass the filter, whatever its page. @param except ids that do not count */
  *count(filter: AlertFilter, except: readonly string[]): Generator<void, number> {
    const { from: earliest, ...values } = filterValues(filter);
    const isExcept = new Set(except);
    const changes = new AlertChanges(this.#store);
    for (let [at, id, count] = [earliest, '', 0]; ; ) {
      const end = this.#store
        .prepare(
          `SELECT sighted_at, id FROM alerts WHERE (sighted_at, id) > (:at, :id)
           ORDER BY sighted_at, id LIMIT 1 OFFSET ${window}`,
        )
        .get({ at, id });
      const row = this.#store.prepare(countSql).get({
        ...values,
        except: JSON.stringify(except),
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
      const reached = { sightedAt: at, id };
      const isCounted = (alert: Alert | undefined) =>
        alert !== undefined &&
        !isExcept.has(alert.id) &&
        passesFilter(alert, filter) &&
        comparePlaces(reached, captureOf(alert)) <= 0;
      for (const { before, now } of changes.take()) {
        count += Number(isCounted(now)) - Number(isCounted(before));
      }
    }
  }

  /** As people should review them, from behind `after` on; see {@link QueuePlace}. */
  *queue(
    filter: AlertFilter,
    after: QueuePlace | undefined,
  ): Generator<void, [Alert, QueuePlace][]> {
    const limit = limitOf(filter);
    const start = after ?? queueStart;
    const changes = new AlertChanges(this.#store);
    const found = new Map<string, [Alert, QueuePlace]>();
    // All that passes from the start to here is found.
    for (let reached: QueuePlace | undefined = start; ; ) {
      reached = this.#queueStep(filter, reached, found);
      const page = () =>
        [...found.values()].sort(([, a], [, b]) => compareQueuePlaces(a, b)).slice(0, limit);
      if (reached === undefined || found.size >= limit) return page();
      yield;
      for (const { id, now } of changes.take()) {
        found.delete(id);
        const place = now && this.#queuePlaceOf(id);
        if (now === undefined || place === undefined || !passesFilter(now, filter)) continue;
        if (compareQueuePlaces(start, place) < 0 && compareQueuePlaces(place, reached) <= 0) {
          found.set(id, [now, place]);
        }
      }
      if (found.size >= limit) return page();
    }
  }

  /** Reads on from a place. @returns how far; undefined at the end */
  #queueStep(
    filter: AlertFilter,
    from: QueuePlace,
    found: Map<string, [Alert, QueuePlace]>,
  ): QueuePlace | undefined {
    const end = this.#store
      .prepare(
        `SELECT ${queueColumns} FROM alerts WHERE ${queueKey} < (:rank, :above, :id)
         ${queueOrder} LIMIT 1 OFFSET ${window}`,
      )
      .get(queueKeyOf(from));
    const until = end === undefined ? queueEnd : queuePlaceOf(end);
    const { rank: endRank, above: endAbove, id: endId } = queueKeyOf(until);
    const rows = this.#store.prepare(queuePageSql).all({
      ...filterValues(filter),
      ...queueKeyOf(from),
      ...{ endRank, endAbove, endId, limit: alertsAtOnce },
    });
    for (const row of rows) {
      const alert = alertOf(row);
      found.set(alert.id, [alert, queuePlaceOf(row)]);
    }
    const last = rows.length < alertsAtOnce ? undefined : rows.at(-1);
    if (last !== undefined) return queuePlaceOf(last);
    return end && until;
  }

  #queuePlaceOf(id: string): QueuePlace | undefined {
    const row = this.#store.prepare(`SELECT ${queueColumns} FROM alerts WHERE id = ?`).get(id);
    return row && queuePlaceOf(row);
  }
}

function captureOf(alert: Alert): CapturePlace {
  return { sightedAt: sightedAt(alert), id: alert.id };
}

/** Newest first. */
function comparePlaces(a: CapturePlace, b: CapturePlace): number {
  return b.sightedAt - a.sightedAt || (a.id === b.id ? 0 : a.id < b.id ? 1 : -1);
}

function byCapture(a: Alert, b: Alert): number {
  return comparePlaces(captureOf(a), captureOf(b));
}

const queueStart: QueuePlace = { decided: -1 as 0, turn: 0, band: 0, margin: 0, id: '' };
const queueEnd: QueuePlace = { decided: 2 as 1, turn: 0, band: 0, margin: 0, id: '' };

/**
 * Where a step begins and ends is one comparison of the very columns of the index. Of two that
 * bound it on one side SQLite takes either, and reads all from there: nothing else here may.
 */
const queueKey = '(queue_rank, queue_above, id)';
const queueOrder = 'ORDER BY queue_rank DESC, queue_above DESC, id DESC';

const filterSql = `(:states IS NULL OR state IN (SELECT value FROM json_each(:states)))
  AND (:watchlist IS NULL OR watchlist_id = :watchlist)
  AND (:person IS NULL OR person_id = :person)
  AND (:watchlists IS NULL OR watchlist_id IN (SELECT value FROM json_each(:watchlists)))
  AND (:cameras IS NULL OR camera_id IN (SELECT value FROM json_each(:cameras)) OR EXISTS
    (SELECT 1 FROM alert_sightings AS s WHERE s.alert_id = alerts.id
     AND s.camera_id IN (SELECT value FROM json_each(:cameras))))
  AND captured_at < :to`;

/** A page by capture. */
export const newestPageSql = `SELECT body FROM alerts
  WHERE (sighted_at, id) < (:at, :id) AND (sighted_at, id) >= (:endAt, :endId) AND ${filterSql}
  ORDER BY sighted_at DESC, id DESC LIMIT :limit`;

/** How many pass between two places. */
export const countSql = `SELECT count(*) AS count FROM alerts
  WHERE (sighted_at, id) > (:at, :id) AND (sighted_at, id) <= (:endAt, :endId) AND ${filterSql}
    AND id NOT IN (SELECT value FROM json_each(:except))`;

/** A page of the queue: places from the index alone, then the alerts at these. */
export const queuePageSql = `SELECT place.*, body FROM (
    SELECT ${queueColumns} FROM alerts
    WHERE ${queueKey} < (:rank, :above, :id) AND ${queueKey} >= (:endRank, :endAbove, :endId)
      AND ${filterSql} AND sighted_at >= :from ${queueOrder} LIMIT :limit) AS place
  JOIN alerts USING (id) ORDER BY rank DESC, above DESC, id DESC`;

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
