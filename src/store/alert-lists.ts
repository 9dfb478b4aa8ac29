import type { Alert } from '../domain/alert.ts';
import { type AlertFilter, limitOf, passesFilter } from '../domain/alert-filter.ts';
import { sightedAt } from '../domain/sightings.ts';
import { AlertChanges } from './alert-changes.ts';
import { alertOf } from './alert-row.ts';
import {
  comparePlaces as compareQueuePlaces,
  type QueuePlace,
  queueColumns,
} from './review-queue.ts';
import type { Store } from './store.ts';

/** Where an alert stands by the capture of its newest appearance, wall milliseconds. */
export interface CapturePlace {
  readonly sightedAt: number;
  readonly id: string;
}

/** Entries of an index that are looked at in one step: about a millisecond. */
const window = 500;
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
    const values = filterValues(filter);
    const from = { at, id };
    const end = this.#store
      .prepare(
        `SELECT sighted_at, id FROM alerts WHERE (sighted_at, id) < (:at, :id)
           AND sighted_at >= :from ORDER BY sighted_at DESC, id DESC LIMIT 1 OFFSET ${window}`,
      )
      .get({ ...from, from: values.from });
    const rows = this.#store
      .prepare(
        `SELECT body FROM alerts WHERE ${filterSql} AND (sighted_at, id) < (:at, :id)
           AND (sighted_at, id) >= (:endAt, :endId)
         ORDER BY sighted_at DESC, id DESC LIMIT ${alertsAtOnce}`,
      )
      .all({
        ...values,
        ...from,
        endAt: Number(end?.['sighted_at'] ?? -1),
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
    const values = { ...filterValues(filter), except: JSON.stringify(except) };
    const isExcept = new Set(except);
    const changes = new AlertChanges(this.#store);
    for (let [at, id, count] = [values.from, '', 0]; ; ) {
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
        `SELECT id, ${queueColumns} FROM alerts WHERE ${behind} ${queueOrder}
         LIMIT 1 OFFSET ${window}`,
      )
      .get({ ...from });
    const until = end === undefined ? queueEnd : placeOfRow(end);
    const rows = this.#store
      .prepare(queuePageSql)
      .all({ ...filterValues(filter), limit: alertsAtOnce, ...from, ...endOf(until) });
    for (const row of rows) {
      const alert = alertOf(row);
      found.set(alert.id, [alert, placeOfRow(row)]);
    }
    const last = rows.length < alertsAtOnce ? undefined : rows.at(-1);
    if (last !== undefined) return placeOfRow(last);
    return end && until;
  }

  #queuePlaceOf(id: string): QueuePlace | undefined {
    const row = this.#store.prepare(`SELECT id, ${queueColumns} FROM alerts WHERE id = ?`).get(id);
    return row && placeOfRow(row);
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
