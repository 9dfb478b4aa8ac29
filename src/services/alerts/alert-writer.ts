import {
  type Alert,
  type AlertEvidence,
  type EvidenceChange,
  isWhole,
  type StillFace,
} from '../../domain/alert.ts';
import type { StoredAlertEvent } from '../../domain/alert-event.ts';
import { isNightglassError } from '../../domain/errors.ts';
import type { AlertPolicy, AlertTable } from '../../store/alert-table.ts';
import type { Store, StoreLog } from '../../store/create-store.ts';
import { lastSequence } from './alert-feed.ts';
import { missingAlert } from './missing-alert.ts';
import { UnstoredAlerts } from './unstored-alerts.ts';
import { unwritable } from './unwritable.ts';

export interface AlertWriterOptions {
  readonly store: Store;
  readonly table: AlertTable;
  readonly policy: (watchlistId: string) => AlertPolicy;
  /** Told after each event is stored. */
  readonly onEvent: (event: StoredAlertEvent) => void;
  /** Alerts kept in memory while they cannot be written. */
  readonly unstoredCapacity: number;
  readonly log?: StoreLog | undefined;
}

/**
 * Writes alerts to the folder. Those that it refuses are kept in memory and
 * written, oldest first, when it takes them again.
 */
export class AlertWriter implements Disposable {
  /** Alerts that wait, with their pictures. */
  readonly waiting: UnstoredAlerts;
  readonly #options: AlertWriterOptions;
  readonly #store: Store;
  readonly #table: AlertTable;
  readonly #stopRecovery: () => void;
  #lost = 0;

  constructor(options: AlertWriterOptions) {
    this.#options = options;
    this.#store = options.store;
    this.#table = options.table;
    this.waiting = new UnstoredAlerts(options.unstoredCapacity, (id) => this.#countLost(id));
    this.#stopRecovery = this.#store.onRecovery(() => this.flush());
  }

  /** Alerts that fell out of memory unwritten. */
  get lost(): number {
    return this.#lost;
  }

  /** @throws NightglassError `STORE_UNWRITABLE`; the alert is then kept in memory */
  insert(alert: Alert, evidence: AlertEvidence): void {
    this.#orKeep({ ...alert, stored: false }, evidence, 'created', () => {
      const stored = { ...alert, stored: true };
      // The policy is read within the transaction: a failure to read it is the store's, too.
      const write = () =>
        this.#table.insert(stored, evidence, this.#options.policy(alert.watchlistId));
      this.#options.onEvent(this.#store.write(write));
    });
  }

  /**
   * @returns the alert as it now stands
   * @throws NightglassError `STORE_UNWRITABLE`, with the change kept in memory; `NOT_FOUND`
   */
  update(alert: Alert, evidence: EvidenceChange | null): Alert {
    return this.#orKeep({ ...alert, stored: false }, evidence, 'updated', () => {
      const event = this.#store.write(() => this.#change(alert, evidence));
      this.#options.onEvent(event);
      return event.alert;
    });
  }

  /** Moves the last sighting. @throws NightglassError `STORE_UNWRITABLE` */
  seen(id: string, at: number): void {
    const waiting = this.waiting.get(id);
    if (waiting === undefined) {
      this.#store.write(() => this.#table.seen(id, at));
      return;
    }
    const lastSeenAt = Math.max(waiting.alert.lastSeenAt, at);
    this.waiting.put({ ...waiting, alert: { ...waiting.alert, lastSeenAt } });
  }

  /** Writes what waits, oldest first; throws when the folder refuses again. */
  flush(): void {
    if (this.waiting.size === 0 || this.#store.health().mode !== 'disk') return;
    const { policy, onEvent } = this.#options;
    for (const { alert, evidence } of this.waiting.values()) {
      const late = { ...alert, revision: alert.revision + 1, stored: true };
      const event = this.#store.write(() => {
        if (this.#table.find(alert.id) !== undefined) return this.#change(late, evidence);
        if (!isWhole(evidence)) return undefined;
        return this.#table.insert(late, evidence, policy(alert.watchlistId));
      });
      this.waiting.delete(alert.id);
      // A change to an alert that fell out of memory, or was purged: there is nothing to change.
      if (event === undefined) this.#countLost(alert.id);
      else onEvent({ ...event, change: 'updated' });
    }
  }

  /** Stops following the store. Idempotent. */
  [Symbol.dispose](): void {
    this.#stopRecovery();
  }

  #countLost(alertId: string): void {
    this.#lost += 1;
    this.#options.log?.error(
      { alertId, lost: this.#lost },
      'An alert that could not be stored is lost',
    );
  }

  /** Within {@link Store.write}: what reviewers have done meanwhile stands. */
  #change(given: Alert, evidence: EvidenceChange | null): StoredAlertEvent {
    const { alert: present } = this.#table.find(given.id) ?? missingAlert(given.id);
    const { state, createdAt } = present;
    const revision = Math.max(given.revision, present.revision + 1);
    const lastSeenAt = Math.max(given.lastSeenAt, present.lastSeenAt);
    const still = laterMark(present.still, given.still);
    const next = { ...given, state, createdAt, lastSeenAt, still, revision, stored: true };
    return this.#table.update(next, evidence);
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
      this.flush();
      return write();
    } catch (error) {
      if (!isNightglassError(error, 'STORE_UNWRITABLE', 'STORE_CORRUPT')) throw error;
      this.#keep(alert, evidence, change);
      this.#store.degrade(error);
      throw error.code === 'STORE_UNWRITABLE' ? error : unwritable(error.message, error);
    }
  }

  #keep(alert: Alert, evidence: EvidenceChange | null, change: 'created' | 'updated'): void {
    const waiting = this.waiting.get(alert.id);
    this.waiting.put({
      alert,
      evidence,
      change: waiting?.change ?? change,
      afterSequence:
        waiting?.afterSequence ?? this.#store.readOr(() => lastSequence(this.#store), 0),
    });
  }
}

/** A mark is set once and lifted once: what was done last stands. */
function laterMark(present: StillFace | null, given: StillFace | null): StillFace | null {
  return present === null || given?.liftedAt != null ? (given ?? present) : present;
}
