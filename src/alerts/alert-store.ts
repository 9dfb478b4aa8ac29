import { isNightglassError, NightglassError } from '../errors.ts';
import type { AlertStore } from '../operators/raise-alerts.ts';
import type { Store, StoreLog } from '../store/create-store.ts';
import { sqliteFault } from '../store/sqlite-fault.ts';
import type { Alert, AlertEvidence, AlertState, EvidenceKind } from './alert.ts';
import { type AlertEvent, type AlertFeedPage, alertsSince, lastSequence } from './alert-feed.ts';
import { nextState, type Review, type ReviewRequest, reviewStatus } from './review.ts';
import type { ReviewStatus } from './review.ts';
import { UnstoredAlerts } from './unstored-alerts.ts';

/** What a watchlist says about its alerts. */
export interface AlertPolicy {
  readonly retentionDays: number;
  readonly twoPersonReview: boolean;
}

export interface AlertStoreOptions {
  readonly store: Store;
  readonly now: () => number;
  /** Policy of a list; undefined for one that is gone (30 days, one reviewer). */
  readonly policy: (watchlistId: string) => AlertPolicy | undefined;
  /** Alerts kept in memory with their pictures while they cannot be written. Default 100. */
  readonly unstoredCapacity?: number;
  readonly log?: StoreLog;
}

export interface AlertFilter {
  readonly states?: readonly AlertState[];
  readonly watchlistId?: string;
  readonly personId?: string;
  /** Only alerts of these cameras; `'*'` for all. Default `'*'`. */
  readonly cameras?: '*' | readonly string[];
  /** Created at or after, and before, wall milliseconds. */
  readonly from?: number;
  readonly to?: number;
  /** Only alerts older than this one: the last of the page before. */
  readonly before?: string;
  /** 1..500, default 100. */
  readonly limit?: number;
}

export interface AlertRecord {
  readonly alert: Alert;
  readonly reviews: readonly Review[];
  readonly review: ReviewStatus;
}

const dayMs = 86_400_000;
const evidenceKinds: readonly EvidenceKind[] = ['frame', 'face', 'enhanced', 'enrolled'];

/**
 * Alerts with their pictures, reviews and feed. An alert that cannot be written
 * is kept in memory and shows up in every answer with `stored: false`; it is
 * written when the folder allows it again.
 */
export class SqliteAlertStore implements AlertStore, Disposable {
  readonly #store: Store;
  readonly #options: AlertStoreOptions;
  readonly #unstored: UnstoredAlerts;
  readonly #listeners = new Set<(event: AlertEvent) => void>();
  readonly #stopRecovery: () => void;
  #lost = 0;

  constructor(options: AlertStoreOptions) {
    this.#store = options.store;
    this.#options = options;
    this.#unstored = new UnstoredAlerts(options.unstoredCapacity ?? 100, (alertId) => {
      this.#lost += 1;
      options.log?.error({ alertId, lost: this.#lost }, 'An alert that could not be stored is lost');
    });
    this.#stopRecovery = this.#store.onRecovery(() => this.#flush());
  }

  /**
   * Told after each event is stored: creations, updates, reviews, and alerts
   * that are written late. Alerts that cannot be stored are not told here:
   * `insert` and `update` throw, and the caller publishes them.
   */
  onEvent(listener: (event: AlertEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Alerts that wait in memory, and alerts that fell out of it unwritten. */
  unstored(): { readonly waiting: number; readonly lost: number } {
    return { waiting: this.#unstored.size, lost: this.#lost };
  }

  /**
   * Stores a new alert; when it returns, the alert survives the process.
   * @throws NightglassError `STORE_UNWRITABLE`; the alert is then kept in memory
   */
  insert(alert: Alert, evidence: AlertEvidence): void {
    this.#orKeep({ ...alert, stored: false }, evidence, 'created', () => {
      this.#tell(this.#store.write(() => this.#create({ ...alert, stored: true }, evidence)));
    });
  }

  /**
   * Stores the next revision. What reviewers have done meanwhile stands: the
   * stored state wins, and the revision is at least one above the stored one.
   * @returns the alert as it now stands, the one to publish
   * @throws NightglassError `STORE_UNWRITABLE`, with the change kept in memory; `NOT_FOUND`
   * when retention has purged it
   */
  update(alert: Alert, evidence: AlertEvidence | null): Alert {
    return this.#orKeep({ ...alert, stored: false }, evidence, 'updated', () => {
      const event = this.#store.write(() => this.#change(alert, evidence));
      this.#unstored.delete(alert.id);
      this.#tell(event);
      return event.alert;
    });
  }

  lastAlertAt(watchlistId: string, personId: string, cameraId: string): number | undefined {
    const stored = this.#lastStoredAt(watchlistId, personId, cameraId);
    const times = this.#unstored
      .values()
      .map(({ alert }) => alert)
      .filter(
        (alert) =>
          alert.watchlistId === watchlistId &&
          alert.personId === personId &&
          alert.cameraId === cameraId,
      )
      .map(({ updatedAt }) => updatedAt);
    if (stored !== undefined) times.push(stored);
    return times.length === 0 ? undefined : Math.max(...times);
  }

  /** The greatest id in the store, for `createAlertIds`; undefined when there is none. */
  latestId(): string | undefined {
    const id = this.#store.prepare('SELECT max(id) AS id FROM alerts').get()?.['id'];
    return typeof id === 'string' ? id : undefined;
  }

  find(id: string): AlertRecord | undefined {
    const row = this.#row(id);
    const alert = this.#unstored.get(id)?.alert ?? row?.alert;
    if (alert === undefined) return undefined;
    const twoPersonReview =
      row?.twoPersonReview ?? this.#policy(alert.watchlistId).twoPersonReview;
    const reviews = this.#reviews(id);
    return { alert, reviews, review: reviewStatus(alert.state, reviews, twoPersonReview) };
  }

  /** @throws NightglassError `NOT_FOUND` */
  get(id: string): AlertRecord {
    return this.find(id) ?? missing(id);
  }

  /** Alerts that pass the filter, newest first. */
  list(filter: AlertFilter = {}): Alert[] {
    const limit = Math.min(500, Math.max(1, filter.limit ?? 100));
    const cameras = filter.cameras ?? '*';
    const stored = this.#store
      .prepare(
        `SELECT body FROM alerts
         WHERE (:states IS NULL OR state IN (SELECT value FROM json_each(:states)))
           AND (:watchlist IS NULL OR watchlist_id = :watchlist)
           AND (:person IS NULL OR person_id = :person)
           AND (:cameras IS NULL OR camera_id IN (SELECT value FROM json_each(:cameras)))
           AND created_at >= :from AND created_at < :to AND id < :before
         ORDER BY id DESC LIMIT :limit`,
      )
      .all({
        states: filter.states === undefined ? null : JSON.stringify(filter.states),
        watchlist: filter.watchlistId ?? null,
        person: filter.personId ?? null,
        cameras: cameras === '*' ? null : JSON.stringify(cameras),
        from: filter.from ?? 0,
        to: filter.to ?? Number.MAX_SAFE_INTEGER,
        before: filter.before ?? '~',
        limit,
      })
      .map((row): Alert => JSON.parse(String(row['body'])));
    const waiting = this.#unstored.values().map(({ alert }) => alert);
    const fresh = new Set(waiting.map(({ id }) => id));
    return [
      ...waiting.filter((alert) => passes(alert, filter)),
      ...stored.filter(({ id }) => !fresh.has(id)),
    ]
      .sort((a, b) => (a.id < b.id ? 1 : -1))
      .slice(0, limit);
  }

  /** All that was told after an alert; see {@link alertsSince}. `limit` 1..1000, default 200. */
  since(since: string, limit = 200): AlertFeedPage {
    const bounded = Math.min(1000, Math.max(1, Math.floor(limit)));
    return alertsSince(this.#store, this.#unstored, since, bounded);
  }

  /** One picture of an alert, JPEG; null when it has none. @throws NightglassError `NOT_FOUND` */
  evidence(id: string, kind: EvidenceKind): Uint8Array | null {
    const waiting = this.#unstored.get(id);
    if (waiting?.evidence != null) return waiting.evidence[kind];
    const row = this.#store
      .prepare('SELECT jpeg FROM alert_evidence WHERE alert_id = ? AND kind = ?')
      .get(id, kind);
    if (row !== undefined) return row['jpeg'] as Uint8Array;
    if (waiting === undefined && this.#row(id) === undefined) missing(id);
    return null;
  }

  /**
   * Takes a reviewer's step.
   * @throws NightglassError `NOT_FOUND`, `CONFLICT`, `BAD_REQUEST`, `STORE_UNWRITABLE` (also for an
   * alert that is not stored: a review must not be lost)
   */
  review(id: string, request: ReviewRequest): AlertRecord {
    if (this.#unstored.get(id)?.change === 'created') {
      throw new NightglassError(
        'STORE_UNWRITABLE',
        `Cannot ${request.action} the alert ${id}: it is not stored yet`,
        { mend: 'Give the data folder free space and write permission.' },
      );
    }
    this.#flush();
    const event = this.#store.write((): AlertEvent => {
      const { alert: present, twoPersonReview } = this.#row(id) ?? missing(id);
      if (request.expectedRevision !== undefined && request.expectedRevision !== present.revision) {
        throw new NightglassError(
          'CONFLICT',
          `Cannot ${request.action} the alert ${id}: it has changed (revision ${present.revision})`,
          { mend: 'Load the alert again and decide on what it says now.' },
        );
      }
      const at = this.#options.now();
      const state = nextState(present.state, this.#reviews(id), request, twoPersonReview);
      const alert: Alert = { ...present, state, revision: present.revision + 1, updatedAt: at };
      this.#store
        .prepare('INSERT INTO alert_reviews VALUES (NULL, ?, ?, ?, ?, ?, ?)')
        .run(id, request.action, request.reviewer, request.reason ?? '', at, state);
      this.#store
        .prepare('UPDATE alerts SET state = ?, body = ? WHERE id = ?')
        .run(state, JSON.stringify(alert), id);
      return this.#event(alert, 'reviewed');
    });
    this.#tell(event);
    return this.get(id);
  }

  /** Applies a list's changed retention to the alerts that it has already raised. */
  setRetention(watchlistId: string, retentionDays: number): void {
    this.#store.write(() =>
      this.#store
        .prepare('UPDATE alerts SET delete_at = created_at + ? WHERE watchlist_id = ?')
        .run(Math.round(retentionDays * dayMs), watchlistId),
    );
  }

  /** Deletes up to `limit` alerts whose time is over, pictures, reviews, events and all. */
  purgeExpired(now: number, limit: number): number {
    for (const { alert } of this.#unstored.values()) {
      const { retentionDays } = this.#policy(alert.watchlistId);
      if (alert.createdAt + retentionDays * dayMs <= now) this.#unstored.delete(alert.id);
    }
    const due = 'SELECT id FROM alerts WHERE delete_at <= ? LIMIT ?';
    if (this.#store.prepare(due).all(now, 1).length === 0) return 0;
    return this.#store.write(() =>
      Number(this.#store.prepare(`DELETE FROM alerts WHERE id IN (${due})`).run(now, limit).changes),
    );
  }

  /** Stops following the store; the store itself stays open. Idempotent. */
  [Symbol.dispose](): void {
    this.#stopRecovery();
    this.#listeners.clear();
  }

  #lastStoredAt(watchlistId: string, personId: string, cameraId: string): number | undefined {
    try {
      const row = this.#store
        .prepare(
          `SELECT max(alerted_at) AS at FROM alerts
           WHERE watchlist_id = ? AND person_id = ? AND camera_id = ?`,
        )
        .get(watchlistId, personId, cameraId);
      return typeof row?.['at'] === 'number' ? row['at'] : undefined;
    } catch (error) {
      // A read error must not stop an alert: at worst it is told once too often.
      if (sqliteFault(error) === undefined) throw error;
      this.#store.degrade(error);
      return undefined;
    }
  }

  #policy(watchlistId: string): AlertPolicy {
    return this.#options.policy(watchlistId) ?? { retentionDays: 30, twoPersonReview: false };
  }

  #row(id: string): { alert: Alert; twoPersonReview: boolean } | undefined {
    const row = this.#store
      .prepare('SELECT body, two_person_review FROM alerts WHERE id = ?')
      .get(id);
    if (row === undefined) return undefined;
    return {
      alert: JSON.parse(String(row['body'])),
      twoPersonReview: row['two_person_review'] === 1,
    };
  }

  #reviews(id: string): Review[] {
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

  #create(alert: Alert, evidence: AlertEvidence): AlertEvent {
    const { retentionDays, twoPersonReview } = this.#policy(alert.watchlistId);
    this.#store
      .prepare('INSERT INTO alerts VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)')
      .run(
        alert.id,
        alert.state,
        alert.watchlistId,
        alert.personId,
        alert.cameraId,
        alert.createdAt,
        alert.createdAt,
        Math.round(alert.createdAt + retentionDays * dayMs),
        twoPersonReview ? 1 : 0,
        JSON.stringify(alert),
      );
    this.#putEvidence(alert.id, evidence);
    return this.#event(alert, 'created');
  }

  #change(given: Alert, evidence: AlertEvidence | null): AlertEvent {
    const present = this.#row(given.id)?.alert;
    if (present === undefined) {
      // Its creation waits in memory: both are written now.
      const waiting = this.#unstored.get(given.id);
      const pictures = evidence ?? waiting?.evidence;
      if (waiting === undefined || pictures == null) missing(given.id);
      return this.#create({ ...given, stored: true }, pictures);
    }
    const alert: Alert = {
      ...given,
      state: present.state,
      createdAt: present.createdAt,
      revision: Math.max(given.revision, present.revision + 1),
      stored: true,
    };
    this.#store
      .prepare('UPDATE alerts SET alerted_at = ?, body = ? WHERE id = ?')
      .run(alert.updatedAt, JSON.stringify(alert), alert.id);
    if (evidence !== null) this.#putEvidence(alert.id, evidence);
    return this.#event(alert, 'updated');
  }

  #putEvidence(id: string, evidence: AlertEvidence): void {
    this.#store.prepare('DELETE FROM alert_evidence WHERE alert_id = ?').run(id);
    const insert = this.#store.prepare('INSERT INTO alert_evidence VALUES (?, ?, ?)');
    for (const kind of evidenceKinds) {
      const jpeg = evidence[kind];
      if (jpeg !== null) insert.run(id, kind, jpeg);
    }
  }

  #event(alert: Alert, change: AlertEvent['change']): AlertEvent {
    const { lastInsertRowid } = this.#store
      .prepare('INSERT INTO alert_events VALUES (NULL, ?, ?, ?)')
      .run(alert.id, change, JSON.stringify(alert));
    return { sequence: Number(lastInsertRowid), change, alert };
  }

  #tell(event: AlertEvent): void {
    for (const listener of this.#listeners) listener(event);
  }

  /** Does `write`; when the folder refuses, or there is only memory to write to, keeps the alert. */
  #orKeep<T>(
    alert: Alert,
    evidence: AlertEvidence | null,
    change: 'created' | 'updated',
    write: () => T,
  ): T {
    try {
      const { mode, reason } = this.#store.health();
      if (mode !== 'disk') {
        throw new NightglassError(
          'STORE_UNWRITABLE',
          `Cannot write to the data folder: ${reason ?? 'it takes no writes'}`,
          { mend: 'Give the data folder free space and write permission.' },
        );
      }
      // First what waits: the feed tells alerts in the order in which they came.
      this.#flush();
      return write();
    } catch (error) {
      if (!isNightglassError(error, 'STORE_UNWRITABLE', 'STORE_CORRUPT')) throw error;
      this.#keep(alert, evidence, change);
      this.#store.degrade(error);
      if (error.code === 'STORE_UNWRITABLE') throw error;
      throw new NightglassError('STORE_UNWRITABLE', error.message, {
        ...(error.mend === undefined ? {} : { mend: error.mend }),
        cause: error,
      });
    }
  }

  #keep(alert: Alert, evidence: AlertEvidence | null, change: 'created' | 'updated'): void {
    const waiting = this.#unstored.get(alert.id);
    this.#unstored.put({
      alert,
      evidence,
      change: waiting?.change ?? change,
      afterSequence: waiting?.afterSequence ?? this.#lastSequence(),
    });
  }

  /** A database that turns out damaged cannot even be read; the alert goes on all the same. */
  #lastSequence(): number {
    try {
      return lastSequence(this.#store);
    } catch (error) {
      if (sqliteFault(error) === undefined) throw error;
      return 0;
    }
  }

  /** Writes what waits, oldest first; throws when the folder refuses again. */
  #flush(): void {
    if (this.#unstored.size === 0 || this.#store.health().mode !== 'disk') return;
    for (const { alert, evidence } of this.#unstored.values()) {
      const late = { ...alert, revision: alert.revision + 1, stored: true };
      const event = this.#store.write(() => {
        if (this.#row(alert.id) !== undefined) return this.#change(late, evidence);
        return evidence === null ? undefined : this.#create(late, evidence);
      });
      this.#unstored.delete(alert.id);
      if (event !== undefined) this.#tell({ ...event, change: 'updated' });
    }
  }
}

function passes(alert: Alert, filter: AlertFilter): boolean {
  const { states, watchlistId, personId, cameras = '*', from, to, before } = filter;
  return (
    (states === undefined || states.includes(alert.state)) &&
    (watchlistId === undefined || watchlistId === alert.watchlistId) &&
    (personId === undefined || personId === alert.personId) &&
    (cameras === '*' || cameras.includes(alert.cameraId)) &&
    (from === undefined || alert.createdAt >= from) &&
    (to === undefined || alert.createdAt < to) &&
    (before === undefined || alert.id < before)
  );
}

function missing(id: string): never {
  throw new NightglassError('NOT_FOUND', `Cannot find the alert ${id}: there is none`);
}
