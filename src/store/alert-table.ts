import {
  type Alert,
  type AlertState,
  bestKinds,
  type EvidenceChange,
  type EvidenceKind,
} from '../domain/alert.ts';
import type { StoredAlertEvent } from '../domain/alert-event.ts';
import { type AlertFilter, limitOf } from '../domain/alert-filter.ts';
import { type LastSighting, lastSightingOf } from '../domain/raised-alert.ts';
import type { Review } from '../domain/review.ts';
import { seenAt } from '../domain/sightings.ts';
import { alertOf } from './alert-row.ts';
import { type QueuePlace, queueColumns } from './review-queue.ts';
import type { Store } from './store.ts';

/** Where an alert stands by the capture of its newest appearance, wall milliseconds. */
export interface CapturePlace {
  readonly sightedAt: number;
  readonly id: string;
}

/** What a watchlist says about its alerts. */
export interface AlertPolicy {
  readonly retentionDays: number;
  readonly twoPersonReview: boolean;
}

export const dayMs = 86_400_000;

/**
 * The tables of alerts, as they are on disk. Methods that change something
 * belong into {@link Store.write}.
 */
export class AlertTable {
  readonly #store: Store;

  constructor(store: Store) {
    this.#store = store;
  }

  find(id: string): { readonly alert: Alert; readonly twoPersonReview: boolean } | undefined {
    const row = this.#store
      .prepare('SELECT body, two_person_review FROM alerts WHERE id = ?')
      .get(id);
    if (row === undefined) return undefined;
    return {
      alert: alertOf(row),
      twoPersonReview: row['two_person_review'] === 1,
    };
  }

  latestId(): string | undefined {
    const id = this.#store.prepare('SELECT max(id) AS id FROM alerts').get()?.['id'];
    return typeof id === 'string' ? id : undefined;
  }

  /** Where this camera last saw this person for this list. */
  lastSighting(watchlistId: string, personId: string, cameraId: string): LastSighting | undefined {
    const row = this.#store
      .prepare(
        `SELECT id, alerted_at AS at FROM alerts
         WHERE watchlist_id = :watchlistId AND person_id = :personId AND camera_id = :cameraId
         UNION ALL
         SELECT alert_id, last_seen_at FROM alert_sightings
         WHERE watchlist_id = :watchlistId AND person_id = :personId AND camera_id = :cameraId
         ORDER BY at DESC LIMIT 1`,
      )
      .get({ watchlistId, personId, cameraId });
    const alert = row && this.find(String(row['id']))?.alert;
    return alert && lastSightingOf(alert, cameraId);
  }

  /** The undecided alert of this person by this list, the last seen one first; any camera. */
  openAlert(watchlistId: string, personId: string): Alert | undefined {
    const row = this.#store
      .prepare(
        `SELECT body, max(alerted_at, coalesce(
           (SELECT max(last_seen_at) FROM alert_sightings WHERE alert_id = alerts.id), 0)) AS at
         FROM alerts
         WHERE watchlist_id = ? AND person_id = ? AND state NOT IN ('confirmed', 'dismissed')
         ORDER BY at DESC LIMIT 1`,
      )
      .get(watchlistId, personId);
    return row === undefined ? undefined : alertOf(row);
  }

  /** Moves the last sighting at a camera, forward only; no new revision and no event. */
  seen(id: string, cameraId: string, at: number): void {
    const alert = this.find(id)?.alert;
    if (alert !== undefined) this.#putBody(seenAt(alert, cameraId, at));
  }

  /** By the newest appearance, newest first, from behind `after` on. */
  list(filter: AlertFilter, after: CapturePlace | undefined): Alert[] {
    const { sightedAt, id } = after ?? { sightedAt: Number.MAX_VALUE, id: '~' };
    return this.#store
      .prepare(
        `SELECT body FROM alerts
         WHERE ${filterSql} AND (sighted_at, id) < (:sightedAt, :id)
         ORDER BY sighted_at DESC, id DESC LIMIT :limit`,
      )
      .all({ ...filterValues(filter), limit: limitOf(filter), sightedAt, id })
      .map(alertOf);
  }

  /** How many pass the filter, whatever its page. @param except ids that do not count */
  count(filter: AlertFilter, except: readonly string[]): number {
    const row = this.#store
      .prepare(
        `SELECT count(*) AS count FROM alerts
         WHERE ${filterSql} AND id NOT IN (SELECT value FROM json_each(:except))`,
      )
      .get({ ...filterValues(filter), except: JSON.stringify(except) });
    return Number(row?.['count']);
  }

  /** As people should review them, from behind `after` on; see {@link QueuePlace}. */
  queue(filter: AlertFilter, after: QueuePlace | undefined): [Alert, QueuePlace][] {
    const from = after ?? { decided: -1, turn: 0, band: 0, margin: 0, id: '' };
    return this.#store
      .prepare(
        `SELECT place.*, body FROM (
           SELECT * FROM (SELECT id, ${queueColumns} FROM alerts WHERE ${filterSql})
           WHERE (decided, turn, band, -margin) > (:decided, :turn, :band, -:margin)
             OR ((decided, turn, band, -margin) = (:decided, :turn, :band, -:margin) AND id < :id)
           ORDER BY decided, turn, band, margin DESC, id DESC LIMIT :limit) AS place
         JOIN alerts USING (id) ORDER BY decided, turn, band, margin DESC, id DESC`,
      )
      .all({ ...filterValues(filter), limit: limitOf(filter), ...from })
      .map((row) => [alertOf(row), placeOfRow(row)]);
  }

  /** Undecided alerts that two people judge: all, or those that hold this very picture. */
  judgedByTwo(picture?: Uint8Array): Alert[] {
    const of = `two_person_review = 1 AND state NOT IN ('confirmed', 'dismissed')`;
    if (picture === undefined) {
      return this.#store.prepare(`SELECT body FROM alerts WHERE ${of}`).all().map(alertOf);
    }
    return this.#store
      .prepare(
        // The length stands in the row's head: pictures of another one are not read.
        `SELECT body FROM alerts WHERE ${of} AND id IN
           (SELECT alert_id FROM alert_evidence AS e WHERE e.alert_id = alerts.id
            AND length(jpeg) = ? AND jpeg = ?)`,
      )
      .all(picture.byteLength, picture)
      .map(alertOf);
  }

  evidence(id: string, kind: EvidenceKind): Uint8Array | undefined {
    const row = this.#store
      .prepare('SELECT jpeg FROM alert_evidence WHERE alert_id = ? AND kind = ?')
      .get(id, kind);
    return row === undefined ? undefined : (row['jpeg'] as Uint8Array);
  }

  insert(alert: Alert, evidence: EvidenceChange, policy: AlertPolicy): StoredAlertEvent {
    this.#store
      .prepare('INSERT INTO alerts VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)')
      .run(
        alert.id,
        alert.state,
        alert.watchlistId,
        alert.personId,
        alert.cameraId,
        alert.createdAt,
        alert.lastSeenAt,
        Math.round(alert.createdAt + policy.retentionDays * dayMs),
        policy.twoPersonReview ? 1 : 0,
        JSON.stringify(alert),
      );
    this.#putSightings(alert);
    this.#putEvidence(alert.id, evidence);
    return this.#addEvent(alert, 'created');
  }

  /** The next revision, its sightings and when they were last seen among it. */
  update(
    alert: Alert,
    evidence: EvidenceChange | null,
    change: 'updated' | 'sighted' = 'updated',
  ): StoredAlertEvent {
    this.#putBody(alert);
    if (evidence !== null) this.#putEvidence(alert.id, evidence);
    return this.#addEvent(alert, change);
  }

  /** `alert` already in the state that the review leads to. */
  addReview(alert: Alert, review: Review): StoredAlertEvent {
    this.#store
      .prepare('INSERT INTO alert_reviews VALUES (NULL, ?, ?, ?, ?, ?, ?)')
      .run(alert.id, review.action, review.reviewer, review.reason, review.at, review.stateAfter);
    this.#store
      .prepare('UPDATE alerts SET state = ?, body = ? WHERE id = ?')
      .run(alert.state, JSON.stringify(alert), alert.id);
    return this.#addEvent(alert, 'reviewed');
  }

  /** Oldest first. */
  reviews(id: string): Review[] {
    return this.#store
      .prepare('SELECT * FROM alert_reviews WHERE alert_id = ? ORDER BY number')
      .all(id)
      .map((row) => ({
        action: row['action'] as Review['action'],
        reviewer: String(row['reviewer']),
        reason: String(row['reason']),
        at: Number(row['at']),
        stateAfter: row['state_after'] as AlertState,
      }));
  }

  setRetention(watchlistId: string, retentionDays: number): void {
    this.#store
      .prepare('UPDATE alerts SET delete_at = created_at + ? WHERE watchlist_id = ?')
      .run(Math.round(retentionDays * dayMs), watchlistId);
  }

  /** Ids of up to `limit` alerts whose time is over. */
  due(now: number, limit: number): string[] {
    return this.#store
      .prepare('SELECT id FROM alerts WHERE delete_at <= ? LIMIT ?')
      .all(now, limit)
      .map((row) => String(row['id']));
  }

  /** Deletes an alert with its pictures, reviews and events. */
  delete(id: string): void {
    this.#store.prepare('DELETE FROM alerts WHERE id = ?').run(id);
  }

  #putBody(alert: Alert): void {
    this.#store
      .prepare('UPDATE alerts SET alerted_at = ?, body = ? WHERE id = ?')
      .run(alert.lastSeenAt, JSON.stringify(alert), alert.id);
    this.#putSightings(alert);
  }

  #putSightings({ id, watchlistId, personId, sightings }: Alert): void {
    const put = this.#store.prepare(
      'INSERT OR REPLACE INTO alert_sightings VALUES (?, ?, ?, ?, ?, ?)',
    );
    for (const { number, cameraId, lastSeenAt } of sightings) {
      put.run(id, number, watchlistId, personId, cameraId, lastSeenAt);
    }
  }

  #putEvidence(id: string, { best, ...named }: EvidenceChange): void {
    const remove = this.#store.prepare(
      'DELETE FROM alert_evidence WHERE alert_id = ? AND kind = ?',
    );
    const insert = this.#store.prepare('INSERT INTO alert_evidence VALUES (?, ?, ?)');
    const change = (kind: string, jpeg: Uint8Array | null | undefined): void => {
      remove.run(id, kind);
      if (jpeg != null) insert.run(id, kind, jpeg);
    };
    for (const [kind, jpeg] of Object.entries(named)) change(kind, jpeg);
    if (best !== undefined) bestKinds.forEach((kind, at) => void change(kind, best[at]));
  }

  #addEvent(alert: Alert, change: StoredAlertEvent['change']): StoredAlertEvent {
    const { lastInsertRowid } = this.#store
      .prepare('INSERT INTO alert_events VALUES (NULL, ?, ?, ?)')
      .run(alert.id, change, JSON.stringify(alert));
    return { sequence: Number(lastInsertRowid), change, alert };
  }
}

const filterSql = `(:states IS NULL OR state IN (SELECT value FROM json_each(:states)))
  AND (:watchlist IS NULL OR watchlist_id = :watchlist)
  AND (:person IS NULL OR person_id = :person)
  AND (:watchlists IS NULL OR watchlist_id IN (SELECT value FROM json_each(:watchlists)))
  AND (:cameras IS NULL OR camera_id IN (SELECT value FROM json_each(:cameras)) OR EXISTS
    (SELECT 1 FROM alert_sightings AS s WHERE s.alert_id = alerts.id
     AND s.camera_id IN (SELECT value FROM json_each(:cameras))))
  AND sighted_at >= :from AND captured_at < :to`;

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

function placeOfRow(row: Record<string, unknown>): QueuePlace {
  const { decided, turn, band, margin, id } = row;
  return { decided, turn, band, margin, id } as QueuePlace;
}
