// Over 300 lines: every way of an alert to the disk, and to memory where the disk takes nothing.
import {
  type Alert,
  type AlertEvidence,
  type EvidenceChange,
  isWhole,
  type SightingEvidence,
} from '../../domain/alert.ts';
import type { StoredAlertEvent } from '../../domain/alert-event.ts';
import { type AlertNote, alertNoteBounds } from '../../domain/alert-note.ts';
import { type OutcomeEntry, outcomeBounds } from '../../domain/alert-outcome.ts';
import type { AuditEntry } from '../../domain/audit-entry.ts';
import { laterClip } from '../../domain/clip.ts';
import { isNightglassError, NightglassError } from '../../domain/errors.ts';
import type { Log } from '../../domain/log.ts';
import type { Review } from '../../domain/review.ts';
import {
  joinSightings,
  laterMark,
  type NewSighting,
  seenAt,
  sightedRevision,
} from '../../domain/sightings.ts';
import { AlertEventTable } from '../../store/alert-event-table.ts';
import { AlertNoteTable } from '../../store/alert-note-table.ts';
import { AlertOutcomeTable } from '../../store/alert-outcome-table.ts';
import type { AlertPolicy, AlertTable } from '../../store/alert-table.ts';
import type { AuditLog } from '../../store/audit-log.ts';
import type { Store } from '../../store/store.ts';
import {
  lostAlert,
  notedAlert,
  outcomeOfAlert,
  raisedAlert,
  reviewedAlert,
  sightedAlert,
} from './alert-records.ts';
import { type UnstoredAlert, UnstoredAlerts } from './unstored-alerts.ts';

export interface AlertWriterOptions {
  readonly store: Store;
  readonly table: AlertTable;
  readonly audit: Pick<AuditLog, 'record' | 'append'>;
  readonly policy: (watchlistId: string) => AlertPolicy;
  /** Asked within the transaction that stores an alert on this person. */
  readonly isEnrolled: (personId: string) => boolean;
  /** Called after each event is stored, or kept in memory. */
  readonly onEvent: (event: StoredAlertEvent) => void;
  /** Alerts kept in memory while they cannot be written. */
  readonly unstoredCapacity: number;
  readonly log?: Log | undefined;
}

/**
 * Writes alerts and their audit records to the folder. Those that it refuses are kept in memory
 * and written, oldest first, when it takes them again.
 */
export class AlertWriter implements Disposable {
  /** Alerts that wait, with their pictures and reviews. */
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

  /** @returns the alert as it now stands, `stored: false` where it is kept in memory */
  insert(alert: Alert, evidence: AlertEvidence): Alert {
    return this.#orKeep(
      () => this.#insert({ ...alert, stored: true }, evidence),
      () => this.#keep(alert, { evidence, change: 'created' }),
    );
  }

  /** @returns the alert as it now stands @throws NightglassError `NOT_FOUND` */
  update(alert: Alert, evidence: EvidenceChange | null): Alert {
    return this.#orKeep(
      () => this.#change(alert, evidence),
      () => this.#keep(alert, { evidence, change: 'updated' }),
    );
  }

  /**
   * Adds a sighting to an alert, or changes that of the same track.
   * @throws NightglassError `NOT_FOUND`
   */
  sight(
    alertId: string,
    given: NewSighting,
    pictures: SightingEvidence | null,
    now: number,
  ): { readonly alert: Alert; readonly isNew: boolean } {
    let isNew = false;
    const draft = (present: Alert | undefined) => {
      const next = sightedRevision(present ?? missingAlert(alertId), given, pictures, now);
      isNew = next.change === 'sighted';
      return next;
    };
    const alert = this.#orKeep(
      () => {
        const { alert: next, evidence, change } = draft(this.#table.find(alertId)?.alert);
        this.#recordSightings(next, next.sightings.length - (isNew ? 1 : 0));
        return this.#table.update(next, evidence, change);
      },
      () => {
        const { alert: next, evidence, change } = draft(this.#present(alertId));
        return { ...this.#keep(next, { evidence, change: 'updated' }), change };
      },
    );
    return { alert, isNew };
  }

  /**
   * Stores the review that `decide` comes to. Where the folder refuses it is kept in memory, and
   * the alert says so. `decide` is called within the transaction, or outside where there is none.
   */
  review(
    decide: () => { readonly from: Alert; readonly to: Alert; readonly review: Review },
  ): Alert {
    return this.#orKeep(
      () => {
        const { from, to, review } = decide();
        this.#options.audit.record(reviewedAlert(from, review));
        return this.#table.addReview(to, review);
      },
      () => {
        const { to, review } = decide();
        return this.#keep(to, { evidence: null, change: 'reviewed', review });
      },
    );
  }

  /**
   * Stores a change that somebody asks for, with its record: both, or neither. `decide` is called
   * within the transaction, with the alert as it is stored.
   * @throws NightglassError `NOT_FOUND`, `STORE_UNWRITABLE`, and what `decide` throws
   */
  revise(
    id: string,
    decide: (present: Alert) => { readonly alert: Alert; readonly entry: AuditEntry },
  ): void {
    this.#assertWritable();
    this.flush();
    const event = this.#store.write(() => {
      const { alert: present } = this.#table.find(id) ?? missingAlert(id);
      const { alert, entry } = decide(present);
      this.#options.audit.record(entry);
      return this.#table.update({ ...alert, revision: present.revision + 1 }, null);
    });
    this.#options.onEvent(event);
  }

  /**
   * Stores a note with its record: both, or neither.
   * @throws NightglassError `NOT_FOUND`, `CONFLICT`, `STORE_UNWRITABLE`
   */
  note(id: string, note: AlertNote): void {
    this.#assertWritable();
    this.flush();
    const notes = new AlertNoteTable(this.#store);
    this.#store.write(() => {
      if (this.#table.find(id) === undefined) missingAlert(id);
      if (notes.ofAlert(id).length >= alertNoteBounds.perAlert) {
        throw new NightglassError(
          'CONFLICT',
          `Cannot note anything about the alert ${id}: it has ${alertNoteBounds.perAlert} notes`,
        );
      }
      notes.insert(id, note);
      this.#options.audit.record(notedAlert(id, note));
    });
  }

  /**
   * Stores what came of an alert with its record: both, or neither.
   * @throws NightglassError `NOT_FOUND`, `CONFLICT`, `STORE_UNWRITABLE`
   */
  outcome(id: string, entry: OutcomeEntry): void {
    this.#assertWritable();
    this.flush();
    const outcomes = new AlertOutcomeTable(this.#store);
    const refuse = (why: string): never => {
      throw new NightglassError('CONFLICT', `Cannot record what came of the alert ${id}: ${why}`);
    };
    this.#store.write(() => {
      const { alert } = this.#table.find(id) ?? missingAlert(id);
      if (alert.state !== 'confirmed') refuse(`it is ${alert.state}, not confirmed`);
      if (outcomes.ofAlert(id).length >= outcomeBounds.perAlert) {
        refuse(`it has ${outcomeBounds.perAlert} outcomes`);
      }
      outcomes.insert(alert, entry);
      this.#options.audit.record(outcomeOfAlert(alert, entry));
    });
  }

  /** Moves the last sighting at a camera. @throws NightglassError `STORE_UNWRITABLE` */
  seen(id: string, cameraId: string, at: number): void {
    const waiting = this.waiting.get(id);
    if (waiting === undefined) {
      this.#store.write(() => this.#table.seen(id, cameraId, at));
      return;
    }
    this.waiting.put({ ...waiting, alert: seenAt(waiting.alert, cameraId, at) });
  }

  /** Writes what waits, oldest first; throws when the folder refuses again. */
  flush(): void {
    if (this.waiting.size === 0 || this.#store.health().mode === 'read-only') return;
    for (const entry of this.waiting.values()) {
      const events = this.#store.write(() => this.#writeLate(entry));
      this.waiting.delete(entry.alert.id);
      // A change to an alert that fell out of memory, or was purged: there is nothing to change.
      if (events === undefined) this.#countLost(entry.alert.id);
      else for (const event of events) this.#options.onEvent(event);
    }
  }

  /** Stops following the store. Idempotent. */
  [Symbol.dispose](): void {
    this.#stopRecovery();
  }

  #assertWritable(): void {
    const { mode, reason } = this.#store.health();
    if (mode === 'read-only') throw unwritable(reason ?? 'Cannot write to the data folder');
  }

  #countLost(alertId: string): void {
    this.#lost += 1;
    this.#options.audit.append(lostAlert(alertId));
    this.#options.log?.error(
      { alertId, lost: this.#lost },
      'An alert that could not be stored is lost',
    );
  }

  /**
   * Within {@link Store.write}. Another process may have deleted the person since they were
   * recognised: what is stored then is what a deletion leaves of an alert.
   */
  #insert(given: Alert, pictures: AlertEvidence): StoredAlertEvent {
    const isEnrolled = this.#options.isEnrolled(given.personId);
    const alert = isEnrolled ? given : { ...given, personName: '' };
    const evidence = isEnrolled ? pictures : { ...pictures, enrolled: null };
    this.#options.audit.record(raisedAlert(alert));
    this.#recordSightings(alert, 0);
    // The policy is read within the transaction: a failure to read it is the store's, too.
    return this.#table.insert(alert, evidence, this.#options.policy(alert.watchlistId));
  }

  /** Within {@link Store.write}: those of its sightings that the table lacks. */
  #recordSightings({ id, sightings }: Alert, known: number): void {
    for (const sighting of sightings.slice(known)) {
      this.#options.audit.record(sightedAlert(id, sighting));
    }
  }

  /** Within {@link Store.write}: what reviewers and deletions have done meanwhile stands. */
  #change(given: Alert, evidence: EvidenceChange | null): StoredAlertEvent {
    const { alert: present } = this.#table.find(given.id) ?? missingAlert(given.id);
    const { state, createdAt, personName } = present;
    const revision = Math.max(given.revision, present.revision + 1);
    const lastSeenAt = Math.max(given.lastSeenAt, present.lastSeenAt);
    const still = laterMark(present.still, given.still);
    const sightings = joinSightings(present.sightings, given.sightings);
    const clip = laterClip(present.clip, given.clip);
    const kept = { state, createdAt, personName, lastSeenAt, still, clip, sightings };
    const next = { ...given, ...kept, revision, stored: true };
    this.#recordSightings(next, present.sightings.length);
    const pictures = personName === '' ? withoutPortrait(evidence) : evidence;
    const isSeenAgain = next.sightings.length > present.sightings.length;
    return this.#table.update(next, pictures, isSeenAgain ? 'sighted' : 'updated');
  }

  /** Within {@link Store.write}. Undefined where there is nothing to change. */
  #writeLate({ alert, evidence, change, reviews }: UnstoredAlert): StoredAlertEvent[] | undefined {
    const { audit } = this.#options;
    const events: StoredAlertEvent[] = [];
    const known = this.#table.find(alert.id) !== undefined;
    const late = { ...alert, revision: alert.revision + 1, stored: true };
    if (known && change !== 'reviewed') {
      // A sighting was published when it came; only who is sent things late hears of it now.
      events.push({ ...this.#change(late, evidence), change: 'updated' });
    }
    if (!known) {
      if (!isWhole(evidence)) return undefined;
      const state = reviews.length === 0 ? late.state : 'new';
      events.push({ ...this.#insert({ ...late, state }, evidence), change: 'updated' });
    }
    for (const review of reviews) {
      const { alert: present } = this.#table.find(alert.id) ?? missingAlert(alert.id);
      const revision = Math.max(alert.revision, present.revision) + 1;
      const next = { ...present, state: review.stateAfter, revision, updatedAt: review.at };
      audit.record(reviewedAlert(present, review, true));
      events.push(this.#table.addReview(next, review));
    }
    return events;
  }

  /** Does `write` in a transaction; when the folder refuses, keeps the alert in memory. */
  #orKeep(write: () => StoredAlertEvent, keep: () => StoredAlertEvent): Alert {
    let event: StoredAlertEvent;
    try {
      this.#assertWritable();
      // First what waits: the feed tells alerts in the order in which they came.
      this.flush();
      event = this.#store.write(write);
    } catch (error) {
      if (!isNightglassError(error, 'STORE_UNWRITABLE', 'STORE_CORRUPT')) throw error;
      event = keep();
      this.#store.degrade(error);
    }
    this.#options.onEvent(event);
    return event.alert;
  }

  /** The alert as it waits or is stored. */
  #present(id: string): Alert | undefined {
    const stored = () => this.#table.find(id)?.alert;
    return this.waiting.get(id)?.alert ?? this.#store.readOr(stored, undefined);
  }

  #keep(
    given: Alert,
    what: Pick<UnstoredAlert, 'evidence' | 'change'> & { readonly review?: Review },
  ): StoredAlertEvent {
    const waiting = this.waiting.get(given.id);
    const present = this.#present(given.id);
    const { change, review } = what;
    const alert: Alert =
      present === undefined || change === 'reviewed'
        ? { ...given, stored: false }
        : {
            ...given,
            state: present.state,
            personName: present.personName,
            clip: laterClip(present.clip, given.clip),
            sightings: joinSightings(present.sightings, given.sightings),
            revision: Math.max(given.revision, present.revision + 1),
            stored: false,
          };
    this.waiting.put({
      alert,
      evidence: alert.personName === '' ? withoutPortrait(what.evidence) : what.evidence,
      change: lacking(waiting?.change, change),
      reviews: [...(waiting?.reviews ?? []), ...(review === undefined ? [] : [review])],
      afterSequence:
        waiting?.afterSequence ??
        this.#store.readOr(() => new AlertEventTable(this.#store).last(), 0),
    });
    return { sequence: null, change, alert };
  }
}

/** What the table lacks, all in all. */
function lacking(
  before: UnstoredAlert['change'] | undefined,
  now: UnstoredAlert['change'],
): UnstoredAlert['change'] {
  return before === undefined || before === 'reviewed' ? now : before;
}

/** The person was deleted meanwhile. */
function withoutPortrait(evidence: EvidenceChange | null): EvidenceChange | null {
  return evidence?.enrolled == null ? evidence : { ...evidence, enrolled: null };
}

/** @throws NightglassError `NOT_FOUND`, always */
export function missingAlert(id: string): never {
  throw new NightglassError('NOT_FOUND', `Cannot find the alert ${id}: there is none`);
}

/** `STORE_UNWRITABLE`, with what to do about it. */
function unwritable(message: string, cause?: unknown): NightglassError {
  const hint = 'Give the data folder free space and write permission.';
  return new NightglassError('STORE_UNWRITABLE', message, { hint, cause });
}
