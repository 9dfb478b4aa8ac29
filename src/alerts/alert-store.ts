import { isNightglassError, NightglassError } from '../errors.ts';
import type { AlertStore } from '../operators/raise-alerts.ts';
import type { Store, StoreLog } from '../store/create-store.ts';
import {
  type Alert,
  type AlertEvidence,
  type EvidenceChange,
  type EvidenceKind,
  isWhole,
  pictureOf,
} from './alert.ts';
import { type AlertEvent, type AlertFeedPage, alertsSince, lastSequence } from './alert-feed.ts';
import type { AlertFilter } from './alert-filter.ts';
import { type AlertPage, alertPage } from './alert-page.ts';
import { type AlertPolicy, AlertTable, dayMs } from './alert-table.ts';
import {
  nextState,
  type Review,
  type ReviewRequest,
  type ReviewStatus,
  reviewStatus,
} from './review.ts';
import { UnstoredAlerts } from './unstored-alerts.ts';

export interface AlertStoreOptions {
  readonly store: Store;
  readonly now: () => number;
  /** Policy of a list; undefined for one that is gone (30 days, one reviewer). */
  readonly policy: (watchlistId: string) => AlertPolicy | undefined;
  /** Alerts kept in memory with their pictures while they cannot be written. Default 100. */
  readonly unstoredCapacity?: number;
  readonly log?: StoreLog;
}

export interface AlertRecord {
  readonly alert: Alert;
  /** All of them; what a viewer may see is `visibleReviews`. */
  readonly reviews: readonly Review[];
  readonly review: ReviewStatus;
}

/**
 * Alerts with their pictures, reviews and feed. An alert that cannot be written
 * is kept in memory and shows up in every answer with `stored: false`; it is
 * written when the folder allows it again.
 */
export class SqliteAlertStore implements AlertStore, Disposable {
  readonly #store: Store;
  readonly #table: AlertTable;
  readonly #options: AlertStoreOptions;
  readonly #unstored: UnstoredAlerts;
  readonly #listeners = new Set<(event: AlertEvent) => void>();
  readonly #stopRecovery: () => void;
  #lost = 0;

  constructor(options: AlertStoreOptions) {
    this.#store = options.store;
    this.#table = new AlertTable(options.store);
    this.#options = options;
    this.#unstored = new UnstoredAlerts(options.unstoredCapacity ?? 100, (alertId) =>
      this.#countLost(alertId),
    );
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
      const stored = { ...alert, stored: true };
      // The policy is read within the transaction: a failure to read it is the store's, too.
      const write = () => this.#table.insert(stored, evidence, this.#policy(alert.watchlistId));
      this.#tell(this.#store.write(write));
    });
  }

  /**
   * Stores the next revision. What reviewers have done meanwhile stands: the
   * stored state wins, and the revision is at least one above the stored one.
   * @returns the alert as it now stands, the one to publish
   * @throws NightglassError `STORE_UNWRITABLE`, with the change kept in memory; `NOT_FOUND` when
   * retention has purged it
   */
  update(alert: Alert, evidence: EvidenceChange | null): Alert {
    return this.#orKeep({ ...alert, stored: false }, evidence, 'updated', () => {
      const event = this.#store.write(() => this.#change(alert, evidence));
      this.#tell(event);
      return event.alert;
    });
  }

  lastAlertAt(watchlistId: string, personId: string, cameraId: string): number | undefined {
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
    // A read error must not stop an alert: at worst it is told once too often.
    const read = () => this.#table.lastAlertAt(watchlistId, personId, cameraId);
    const stored = this.#store.readOr(read, undefined);
    if (stored !== undefined) times.push(stored);
    return times.length === 0 ? undefined : Math.max(...times);
  }

  /** The greatest id in the store, for `createAlertIds`; undefined when there is none. */
  latestId(): string | undefined {
    return this.#table.latestId();
  }

  find(id: string): AlertRecord | undefined {
    const stored = this.#table.find(id);
    const alert = this.#unstored.get(id)?.alert ?? stored?.alert;
    if (alert === undefined) return undefined;
    const reviews = this.#table.reviews(id);
    const { twoPersonReview } = stored ?? this.#policy(alert.watchlistId);
    return { alert, reviews, review: reviewStatus(alert.state, reviews, twoPersonReview) };
  }

  /** True while an alert that needs two equal verdicts has none that counts. */
  awaitsTwoPeople({ id, state, watchlistId }: Alert): boolean {
    if (state === 'confirmed' || state === 'dismissed') return false;
    // A store that cannot be read must neither end the feed nor give a score away.
    const read = () => (this.#table.find(id) ?? this.#policy(watchlistId)).twoPersonReview;
    return this.#store.readOr(read, true);
  }

  /** @throws NightglassError `NOT_FOUND` */
  get(id: string): AlertRecord {
    return this.find(id) ?? missing(id);
  }

  /** Alerts that pass the filter, newest first unless it says otherwise. */
  list(filter: AlertFilter = {}): readonly Alert[] {
    return this.page(filter).alerts;
  }

  /** The same, with where the next page begins. @throws NightglassError `BAD_REQUEST` for no such page */
  page(filter: AlertFilter = {}): AlertPage {
    return alertPage(filter, {
      table: this.#table,
      waiting: this.#unstored.values().map(({ alert }) => alert),
      awaitsSecond: ({ id }) => {
        const { needed, voters } = this.get(id).review;
        return needed === 2 && voters.length > 0;
      },
    });
  }

  /** All that was told after an alert; see {@link alertsSince}. `limit` 1..1000, default 200. */
  since(since: string, limit = 200): AlertFeedPage {
    const bounded = Math.min(1000, Math.max(1, Math.floor(limit)));
    return alertsSince(this.#store, this.#unstored, since, bounded);
  }

  /** One picture of an alert, JPEG; null when it has none. @throws NightglassError `NOT_FOUND` */
  evidence(id: string, kind: EvidenceKind): Uint8Array | null {
    const waiting = this.#unstored.get(id);
    const change = waiting?.evidence ?? null;
    if (isWhole(change)) return pictureOf(change, kind);
    const jpeg = pictureOf(change ?? {}, kind) ?? this.#table.evidence(id, kind);
    if (jpeg !== undefined) return jpeg;
    if (waiting === undefined && this.#table.find(id) === undefined) missing(id);
    return null;
  }

  /**
   * Takes a reviewer's step.
   * @throws NightglassError `NOT_FOUND`, `CONFLICT`, `BAD_REQUEST`, `STORE_UNWRITABLE` (also for an
   * alert that is not stored: a review must not be lost)
   */
  review(id: string, request: ReviewRequest): AlertRecord {
    const cannot = `Cannot ${request.action} the alert ${id}`;
    if (this.#unstored.get(id)?.change === 'created') throw unwritable(`${cannot}: not stored yet`);
    if (this.#store.health().mode === 'read-only') throw unwritable(cannot);
    this.#flush();
    const event = this.#store.write((): AlertEvent => {
      const { alert: present, twoPersonReview } = this.#table.find(id) ?? missing(id);
      if (request.expectedRevision !== undefined && request.expectedRevision !== present.revision) {
        throw new NightglassError(
          'CONFLICT',
          `${cannot}: it has changed (revision ${present.revision})`,
          { mend: 'Load the alert again and decide on what it says now.' },
        );
      }
      const at = this.#options.now();
      const past = this.#table.reviews(id);
      const state = nextState(present.state, past, request, twoPersonReview);
      const { action, reviewer, reason = '' } = request;
      return this.#table.addReview(
        { ...present, state, revision: present.revision + 1, updatedAt: at },
        { action, reviewer, reason, at, stateAfter: state },
      );
    });
    this.#tell(event);
    return this.get(id);
  }

  /** Applies a list's changed retention to the alerts that it has already raised. */
  setRetention(watchlistId: string, retentionDays: number): void {
    this.#store.write(() => this.#table.setRetention(watchlistId, retentionDays));
  }

  /** Deletes up to `limit` alerts whose time is over, pictures, reviews, events and all. */
  purgeExpired(now: number, limit: number): number {
    for (const { alert } of this.#unstored.values()) {
      const { retentionDays } = this.#policy(alert.watchlistId);
      if (alert.createdAt + retentionDays * dayMs <= now) this.#unstored.delete(alert.id);
    }
    const due = this.#table.due(now, limit);
    if (due.length === 0) return 0;
    this.#store.write(() => {
      for (const id of due) this.#table.delete(id);
    });
    for (const id of due) this.#unstored.delete(id);
    return due.length;
  }

  /** Stops following the store; the store itself stays open. Idempotent. */
  [Symbol.dispose](): void {
    this.#stopRecovery();
    this.#listeners.clear();
  }

  #countLost(alertId: string): void {
    this.#lost += 1;
    this.#options.log?.error(
      { alertId, lost: this.#lost },
      'An alert that could not be stored is lost',
    );
  }

  #policy(watchlistId: string): AlertPolicy {
    return this.#options.policy(watchlistId) ?? { retentionDays: 30, twoPersonReview: false };
  }

  #change(given: Alert, evidence: EvidenceChange | null): AlertEvent {
    const { alert: present } = this.#table.find(given.id) ?? missing(given.id);
    const { state, createdAt } = present;
    const revision = Math.max(given.revision, present.revision + 1);
    return this.#table.update({ ...given, state, createdAt, revision, stored: true }, evidence);
  }

  #tell(event: AlertEvent): void {
    for (const listener of this.#listeners) listener(event);
  }

  /** Does `write`; when the folder refuses, or there is only memory to write to, keeps the alert. */
  #orKeep<T>(
    alert: Alert,
    evidence: EvidenceChange | null,
    change: 'created' | 'updated',
    write: () => T,
  ): T {
    try {
      const { mode, reason } = this.#store.health();
      if (mode !== 'disk') throw unwritable(reason ?? 'Cannot write to the data folder');
      // First what waits: the feed tells alerts in the order in which they came.
      this.#flush();
      return write();
    } catch (error) {
      if (!isNightglassError(error, 'STORE_UNWRITABLE', 'STORE_CORRUPT')) throw error;
      this.#keep(alert, evidence, change);
      this.#store.degrade(error);
      throw error.code === 'STORE_UNWRITABLE' ? error : unwritable(error.message, error);
    }
  }

  #keep(alert: Alert, evidence: EvidenceChange | null, change: 'created' | 'updated'): void {
    const waiting = this.#unstored.get(alert.id);
    this.#unstored.put({
      alert,
      evidence,
      change: waiting?.change ?? change,
      afterSequence:
        waiting?.afterSequence ?? this.#store.readOr(() => lastSequence(this.#store), 0),
    });
  }

  /** Writes what waits, oldest first; throws when the folder refuses again. */
  #flush(): void {
    if (this.#unstored.size === 0 || this.#store.health().mode !== 'disk') return;
    for (const { alert, evidence } of this.#unstored.values()) {
      const late = { ...alert, revision: alert.revision + 1, stored: true };
      const event = this.#store.write(() => {
        if (this.#table.find(alert.id) !== undefined) return this.#change(late, evidence);
        if (!isWhole(evidence)) return undefined;
        return this.#table.insert(late, evidence, this.#policy(alert.watchlistId));
      });
      this.#unstored.delete(alert.id);
      // A change to an alert that fell out of memory, or was purged: there is nothing to change.
      if (event === undefined) this.#countLost(alert.id);
      else this.#tell({ ...event, change: 'updated' });
    }
  }
}

function unwritable(message: string, cause?: unknown): NightglassError {
  const mend = 'Give the data folder free space and write permission.';
  return new NightglassError('STORE_UNWRITABLE', message, { mend, cause });
}

function missing(id: string): never {
  throw new NightglassError('NOT_FOUND', `Cannot find the alert ${id}: there is none`);
}
