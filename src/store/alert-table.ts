import {
  type Alert,
  type AlertState,
  bestKinds,
  type EvidenceChange,
  type EvidenceKind,
  maxSightings,
} from '../domain/alert.ts';
import type { StoredAlertEvent } from '../domain/alert-event.ts';
import { type LastSighting, lastSightingOf } from '../domain/raised-alert.ts';
import type { Review } from '../domain/review.ts';
import { seenAt } from '../domain/sightings.ts';
import { alertOf } from './alert-row.ts';
import { evidencePlace } from './encryption/evidence-place.ts';
import { envelopeBytes } from './encryption/value-cipher.ts';
import type { Store } from './store.ts';

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
  readonly #onEvent: ((event: StoredAlertEvent) => void) | undefined;

  /** @param onEvent called with each event that is added, within its transaction */
  constructor(store: Store, onEvent?: (event: StoredAlertEvent) => void) {
    this.#store = store;
    this.#onEvent = onEvent;
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

  /** Whether two people judge it; undefined where there is no such alert. */
  needsTwoPeople(id: string): boolean | undefined {
    const row = this.#store.prepare('SELECT two_person_review FROM alerts WHERE id = ?').get(id);
    return row === undefined ? undefined : row['two_person_review'] === 1;
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

  /**
   * The undecided alert of this person by this list that takes another sighting, the last seen
   * one first; any camera. A full one may be seen still and must not hide the one begun since.
   */
  openAlert(watchlistId: string, personId: string): Alert | undefined {
    const row = this.#store
      .prepare(
        `SELECT body, max(alerted_at, coalesce(
           (SELECT max(last_seen_at) FROM alert_sightings WHERE alert_id = alerts.id), 0)) AS at
         FROM alerts
         WHERE watchlist_id = ? AND person_id = ? AND state NOT IN ('confirmed', 'dismissed')
           AND (SELECT count(*) FROM alert_sightings WHERE alert_id = alerts.id) < ?
         ORDER BY at DESC LIMIT 1`,
      )
      .get(watchlistId, personId, maxSightings);
    return row === undefined ? undefined : alertOf(row);
  }

  /** Moves the last sighting at a camera, forward only; no new revision and no event. */
  seen(id: string, cameraId: string, at: number): void {
    const alert = this.find(id)?.alert;
    if (alert !== undefined) this.#putBody(seenAt(alert, cameraId, at));
  }

  /** Undecided alerts that two people judge and that hold this very picture. */
  judgedByTwo(picture: Uint8Array): Alert[] {
    const same = this.#store
      .prepare(
        // By an index of lengths: pictures of another one are not looked at.
        'SELECT alert_id, kind, jpeg, key_id FROM alert_evidence WHERE length(jpeg) IN (?, ?)',
      )
      .all(picture.byteLength, picture.byteLength + envelopeBytes)
      .filter((row) => Buffer.compare(this.#picture(row), picture) === 0)
      .map((row) => row['alert_id']);
    if (same.length === 0) return [];
    return this.#store
      .prepare(
        `SELECT body FROM alerts WHERE two_person_review = 1
           AND state NOT IN ('confirmed', 'dismissed')
           AND id IN (SELECT value FROM json_each(?))`,
      )
      .all(JSON.stringify(same))
      .map(alertOf);
  }

  /** Whether an undecided alert on this person, which two people judge, lacks a verdict of `viewer`. */
  awaitsVerdictOf(viewer: string, personId: string): boolean {
    const found = this.#store
      .prepare(
        `SELECT 1 FROM alerts WHERE two_person_review = 1
           AND state NOT IN ('confirmed', 'dismissed') AND person_id = ?
           AND NOT EXISTS (SELECT 1 FROM alert_reviews AS r WHERE r.alert_id = alerts.id
             AND r.reviewer = ? AND r.action IN ('confirm', 'dismiss')) LIMIT 1`,
      )
      .get(personId, viewer);
    return found !== undefined;
  }

  evidence(id: string, kind: EvidenceKind): Uint8Array | undefined {
    const row = this.#store
      .prepare('SELECT * FROM alert_evidence WHERE alert_id = ? AND kind = ?')
      .get(id, kind);
    return row === undefined ? undefined : this.#picture(row);
  }

  insert(alert: Alert, evidence: EvidenceChange, policy: AlertPolicy): StoredAlertEvent {
    this.#store
      .prepare(
        `INSERT INTO alerts (id, state, watchlist_id, person_id, camera_id, created_at, alerted_at,
           two_person_review, body) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      )
      .run(
        alert.id,
        alert.state,
        alert.watchlistId,
        alert.personId,
        alert.cameraId,
        alert.createdAt,
        alert.lastSeenAt,
        policy.twoPersonReview ? 1 : 0,
        JSON.stringify(alert),
      );
    // What the list said last stands; this one may be gone, or not have said anything yet.
    this.#store
      .prepare('INSERT INTO alert_retention VALUES (?, ?) ON CONFLICT DO NOTHING')
      .run(alert.watchlistId, policy.retentionDays);
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
    const isVerdict = review.action === 'confirm' || review.action === 'dismiss';
    this.#store
      .prepare(`INSERT INTO alert_reviews (alert_id, action, reviewer, reason, at, state_after)
         VALUES (?, ?, ?, ?, ?, ?)`)
      .run(alert.id, review.action, review.reviewer, review.reason, review.at, review.stateAfter);
    this.#store
      .prepare('UPDATE alerts SET state = ?, judged = max(judged, ?), body = ? WHERE id = ?')
      .run(alert.state, isVerdict ? 1 : 0, JSON.stringify(alert), alert.id);
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

  /** How long the alerts of a list are kept, those that are there among them. */
  setRetention(watchlistId: string, retentionDays: number): void {
    this.#store
      .prepare(`INSERT INTO alert_retention VALUES (?, ?)
         ON CONFLICT (watchlist_id) DO UPDATE SET days = excluded.days`)
      .run(watchlistId, retentionDays);
  }

  /** Ids of up to `limit` alerts whose time is over. */
  due(now: number, limit: number): string[] {
    const found: string[] = [];
    for (const row of this.#store.prepare('SELECT * FROM alert_retention').all()) {
      const kept = Math.round(Number(row['days']) * dayMs);
      const due = this.#store
        .prepare('SELECT id FROM alerts WHERE watchlist_id = ? AND created_at <= ? LIMIT ?')
        .all(String(row['watchlist_id']), now - kept, limit - found.length);
      found.push(...due.map(({ id }) => String(id)));
    }
    return found;
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
      `INSERT INTO alert_sightings VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (alert_id, number) DO UPDATE
       SET watchlist_id = excluded.watchlist_id, person_id = excluded.person_id,
         camera_id = excluded.camera_id, last_seen_at = excluded.last_seen_at`,
    );
    for (const { number, cameraId, lastSeenAt } of sightings) {
      put.run(id, number, watchlistId, personId, cameraId, lastSeenAt);
    }
  }

  #putEvidence(id: string, { best, ...named }: EvidenceChange): void {
    const remove = this.#store.prepare(
      'DELETE FROM alert_evidence WHERE alert_id = ? AND kind = ?',
    );
    const { cipher } = this.#store;
    const insert = this.#store.prepare(
      'INSERT INTO alert_evidence (alert_id, kind, jpeg, key_id) VALUES (?, ?, ?, ?)',
    );
    const change = (kind: string, jpeg: Uint8Array | null | undefined): void => {
      remove.run(id, kind);
      if (jpeg == null) return;
      insert.run(id, kind, cipher.seal(jpeg, evidencePlace(id, kind)), cipher.keyId);
    };
    for (const [kind, jpeg] of Object.entries(named)) change(kind, jpeg);
    if (best !== undefined) bestKinds.forEach((kind, at) => void change(kind, best[at]));
  }

  /** @throws NightglassError `STORE_KEY_MISSING`, `STORE_CORRUPT` */
  #picture({ alert_id: id, kind, jpeg, key_id: keyId }: Record<string, unknown>): Uint8Array {
    return this.#store.cipher.open(
      jpeg as Uint8Array,
      keyId === null ? null : String(keyId),
      evidencePlace(String(id), String(kind)),
    );
  }

  #addEvent(alert: Alert, change: StoredAlertEvent['change']): StoredAlertEvent {
    const row = this.#store
      .prepare(
        'INSERT INTO alert_events (alert_id, change, body) VALUES (?, ?, ?) RETURNING sequence',
      )
      .get(alert.id, change, JSON.stringify(alert));
    const event = { sequence: Number(row?.['sequence']), change, alert };
    this.#onEvent?.(event);
    return event;
  }
}
