// Over 300 lines: all that is asked of alerts answers for stored ones and for those that wait in
// memory together; what is long lies beside it (pages, feed, writer).

import {
  type Alert,
  type AlertEvidence,
  type EvidenceChange,
  type EvidenceKind,
  isWhole,
  pictureOf,
  picturesOf,
  type SightingEvidence,
  type StillFace,
} from '../../domain/alert.ts';
import type { AlertFeedPage, StoredAlertEvent } from '../../domain/alert-event.ts';
import type { AlertFilter } from '../../domain/alert-filter.ts';
import { type AlertNote, noteText } from '../../domain/alert-note.ts';
import { type AlertOutcome, outcomeNote } from '../../domain/alert-outcome.ts';
import type { AlertPage, AlertRecord } from '../../domain/alert-record.ts';
import type { AlertClip, ClipPlace } from '../../domain/clip.ts';
import { NightglassError } from '../../domain/errors.ts';
import type { Log } from '../../domain/log.ts';
import { type AlertStore, type LastSighting, lastSightingOf } from '../../domain/raised-alert.ts';
import { nextState, type ReviewRequest, reviewStatus, reviewsBlind } from '../../domain/review.ts';
import {
  isJudgedAlike,
  lastSeenAnywhere,
  type NewSighting,
  takesSightings,
  withClip,
  withoutStill,
  withStill,
} from '../../domain/sightings.ts';
import { AlertEventTable, type FeedScope } from '../../store/alert-event-table.ts';
import { AlertLists } from '../../store/alert-lists.ts';
import { AlertNoteTable } from '../../store/alert-note-table.ts';
import { AlertOutcomeTable } from '../../store/alert-outcome-table.ts';
import { type AlertPolicy, AlertTable, dayMs } from '../../store/alert-table.ts';
import type { AuditLog } from '../../store/audit-log.ts';
import type { Store } from '../../store/store.ts';
import { samePerson } from '../access/people-behind.ts';
import { atOnce } from '../in-turns.ts';
import { alertsSince } from './alert-feed.ts';
import { alertPage } from './alert-page.ts';
import { liftedMark } from './alert-records.ts';
import { AlertWriter, missingAlert } from './alert-writer.ts';

export interface AlertStoreOptions {
  readonly store: Store;
  readonly audit: Pick<AuditLog, 'record' | 'append'>;
  readonly now: () => number;
  /** Policy of a list; undefined for one that is gone (30 days, one reviewer). */
  readonly policy: (watchlistId: string) => AlertPolicy | undefined;
  /**
   * Whether a person is enrolled still, asked in the transaction that stores an alert on them: it is
   * stored without name and portrait where not. Default: they are.
   */
  readonly isEnrolled?: (personId: string) => boolean;
  /** Called in the transaction that deletes these alerts. */
  readonly onDelete?: (ids: readonly string[]) => void;
  /** Alerts kept in memory with their pictures while they cannot be written. Default 100. */
  readonly unstoredCapacity?: number;
  /** Hears of each event within its transaction, as it is stored: both are kept, or neither. */
  readonly outbox?: { alertChanged(event: StoredAlertEvent): void };
  readonly log?: Log;
}

/**
 * Alerts with their pictures, reviews and feed. An alert that cannot be written
 * is kept in memory and shows up in every answer with `stored: false`; it is
 * written when the folder allows it again.
 */
export class SqliteAlertStore implements AlertStore, Disposable {
  readonly #store: Store;
  readonly #table: AlertTable;
  readonly #notes: AlertNoteTable;
  readonly #outcomes: AlertOutcomeTable;
  readonly #options: AlertStoreOptions;
  readonly #writer: AlertWriter;
  readonly #listeners = new Set<(event: StoredAlertEvent) => void>();

  constructor(options: AlertStoreOptions) {
    this.#store = options.store;
    this.#table = new AlertTable(options.store, (event) => options.outbox?.alertChanged(event));
    this.#notes = new AlertNoteTable(options.store);
    this.#outcomes = new AlertOutcomeTable(options.store);
    this.#options = options;
    this.#writer = new AlertWriter({
      store: options.store,
      table: this.#table,
      audit: options.audit,
      policy: (watchlistId) => this.#policy(watchlistId),
      isEnrolled: options.isEnrolled ?? (() => true),
      onEvent: (event) => this.#tell(event),
      unstoredCapacity: options.unstoredCapacity ?? 100,
      log: options.log,
    });
  }

  /**
   * Called after each event is stored or, `stored: false`, kept in memory: creations, updates,
   * reviews, and alerts that are written late.
   */
  onEvent(listener: (event: StoredAlertEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Alerts that wait in memory, and alerts that fell out of it unwritten. */
  unstored(): { readonly waiting: number; readonly lost: number } {
    return { waiting: this.#writer.waiting.size, lost: this.#writer.lost };
  }

  /** Stores and publishes a new alert. @returns it as it stands, `stored: false` in memory alone */
  insert(alert: Alert, evidence: AlertEvidence): Alert {
    return this.#writer.insert(alert, evidence);
  }

  /**
   * Stores and publishes the next revision. What reviewers have done meanwhile stands: the
   * stored state wins, and the revision is at least one above the stored one.
   * @returns the alert as it now stands
   * @throws NightglassError `NOT_FOUND` when retention has purged it
   */
  update(alert: Alert, evidence: EvidenceChange | null): Alert {
    return this.#writer.update(alert, evidence);
  }

  sight(alertId: string, sighting: NewSighting, evidence: SightingEvidence | null) {
    return this.#writer.sight(alertId, sighting, evidence, this.#options.now());
  }

  openAlert(watchlistId: string, personId: string): Alert | undefined {
    const waiting = this.#waitingOn(watchlistId, personId);
    const isWaiting = new Set(waiting.map(({ id }) => id));
    const stored = this.#store.readOr(
      () => this.#table.openAlert(watchlistId, personId),
      undefined,
    );
    return [...waiting, ...(stored === undefined || isWaiting.has(stored.id) ? [] : [stored])]
      .filter(takesSightings)
      .sort((a, b) => lastSeenAnywhere(b) - lastSeenAnywhere(a))[0];
  }

  lastSighting(watchlistId: string, personId: string, cameraId: string): LastSighting | undefined {
    const sightings = this.#waitingOn(watchlistId, personId).map((alert) =>
      lastSightingOf(alert, cameraId),
    );
    // A read error must not stop an alert: at worst there is one too many.
    const read = () => this.#table.lastSighting(watchlistId, personId, cameraId);
    return [...sightings, this.#store.readOr(read, undefined)]
      .filter((sighting) => sighting !== undefined)
      .sort((a, b) => b.at - a.at)[0];
  }

  seen(id: string, cameraId: string, at: number): void {
    this.#writer.seen(id, cameraId, at);
  }

  markStill(id: string, cameraId: string, still: StillFace): void {
    const present = this.find(id)?.alert;
    const marked = present && withStill(present, cameraId, still);
    if (marked) this.#revise({ ...marked, revision: marked.revision + 1 });
  }

  /**
   * Lifts the marks of faces that keep their place: they alert again like any other. Recorded, or
   * not done.
   * @throws NightglassError `NOT_FOUND`, `CONFLICT` where there is no such mark, `STORE_UNWRITABLE`
   */
  liftStill(id: string, by: string, cameras: '*' | readonly string[] = '*'): AlertRecord<Alert> {
    const at = this.#options.now();
    this.#writer.revise(id, (present) => {
      const next = withoutStill(present, { liftedAt: at, liftedBy: by }, cameras);
      if (next === null) {
        throw new NightglassError(
          'CONFLICT',
          `Cannot lift the mark of the alert ${id}: it has none`,
        );
      }
      return { alert: { ...next, updatedAt: at }, entry: liftedMark(present, by) };
    });
    return this.get(id);
  }

  /** Says what became of the recording of an appearance; false where none is awaited there. */
  setClip({ alertId, appearance }: ClipPlace, clip: AlertClip): boolean {
    const present = this.find(alertId)?.alert;
    const next = present && withClip(present, appearance, clip);
    if (!next) return false;
    this.#revise(next);
    return true;
  }

  /** The greatest id in the store, for `createAlertIds`; undefined when there is none. */
  latestId(): string | undefined {
    return this.#table.latestId();
  }

  find(id: string): AlertRecord<Alert> | undefined {
    const stored = this.#table.find(id);
    const waiting = this.#writer.waiting.get(id);
    const alert = waiting?.alert ?? stored?.alert;
    if (alert === undefined) return undefined;
    const reviews = [...this.#table.reviews(id), ...(waiting?.reviews ?? [])];
    const { twoPersonReview } = stored ?? this.#policy(alert.watchlistId);
    const review = reviewStatus(alert.state, reviews, twoPersonReview);
    const [notes, outcomes] = [this.#notes.ofAlert(id), this.#outcomes.ofAlert(id)];
    return { alert, reviews, review, notes, outcomes };
  }

  /** True while an alert that needs two equal verdicts has none that counts. */
  awaitsTwoPeople({ id, state, watchlistId }: Alert): boolean {
    if (state === 'confirmed' || state === 'dismissed') return false;
    // A store that cannot be read must neither end the feed nor give a score away.
    const read = () => this.#table.needsTwoPeople(id) ?? this.#policy(watchlistId).twoPersonReview;
    return this.#store.readOr(read, true);
  }

  /** Undecided alerts that two people judge and that hold this picture, stored or not. */
  judgedByTwo(picture: Uint8Array): readonly Alert[] {
    const waiting = this.#writer.waiting
      .values()
      .filter(({ evidence }) => holds(evidence ?? {}, picture))
      .map(({ alert }) => alert)
      .filter((alert) => this.awaitsTwoPeople(alert));
    return [...this.#table.judgedByTwo(picture), ...waiting];
  }

  /** Whether an undecided alert on this person, stored or not, waits for a verdict of `viewer`. */
  awaitsVerdictOf(viewer: string, personId: string): boolean {
    const waiting = this.#writer.waiting
      .values()
      .filter(({ alert }) => alert.personId === personId)
      .some(({ alert }) => reviewsBlind(this.get(alert.id).review, viewer));
    return waiting || this.#table.awaitsVerdictOf(viewer, personId);
  }

  /** @throws NightglassError `NOT_FOUND` */
  get(id: string): AlertRecord<Alert> {
    return this.find(id) ?? missingAlert(id);
  }

  /** Alerts that pass the filter, newest first unless it says otherwise. */
  list(filter: AlertFilter = {}): readonly Alert[] {
    return this.page(filter).alerts;
  }

  /** The same, with where the next page begins. @throws NightglassError `BAD_REQUEST` for no such page */
  page(filter: AlertFilter = {}): AlertPage<Alert> {
    return atOnce(this.pageInSteps(filter));
  }

  /** The same, a millisecond or two a step. @throws NightglassError `BAD_REQUEST` for no such page */
  pageInSteps(filter: AlertFilter): Generator<void, AlertPage<Alert>> {
    return alertPage(filter, {
      lists: new AlertLists(this.#store),
      table: this.#table,
      waiting: this.#writer.waiting.values().map(({ alert }) => alert),
      verdicts: ({ id }) => this.get(id).review,
    });
  }

  /** All events after an alert; see {@link alertsSince}. `limit` 1..1000, default 200. */
  since(since: string, limit?: number, scope?: FeedScope): AlertFeedPage<StoredAlertEvent> {
    return atOnce(this.sinceInSteps(since, limit, scope));
  }

  /** The same, a millisecond or two a step. */
  sinceInSteps(
    since: string,
    limit = 200,
    scope: FeedScope = {},
  ): Generator<void, AlertFeedPage<StoredAlertEvent>> {
    const bounded = Math.min(1000, Math.max(1, Math.floor(limit)));
    const events = new AlertEventTable(this.#store);
    return alertsSince(events, this.#writer.waiting, since, bounded, scope);
  }

  /** One picture of an alert, JPEG; null when it has none. @throws NightglassError `NOT_FOUND` */
  evidence(id: string, kind: EvidenceKind): Uint8Array | null {
    const waiting = this.#writer.waiting.get(id);
    const change = waiting?.evidence ?? null;
    if (isWhole(change)) return pictureOf(change, kind);
    const jpeg = pictureOf(change ?? {}, kind) ?? this.#table.evidence(id, kind);
    if (jpeg !== undefined) return jpeg;
    if (waiting === undefined && this.#table.find(id) === undefined) missingAlert(id);
    return null;
  }

  /**
   * Takes a reviewer's step. It goes on while the folder takes no writes: the alert then says
   * `stored: false`, and step and record are written when that is possible again.
   * @throws NightglassError `NOT_FOUND`, `CONFLICT`, `BAD_REQUEST`
   */
  review(id: string, request: ReviewRequest): AlertRecord<Alert> {
    this.#writer.review(() => {
      const { alert: from, reviews, review: status } = this.get(id);
      const { expectedRevision: seen } = request;
      if (seen !== undefined && !isJudgedAlike(from, seen)) {
        throw new NightglassError(
          'CONFLICT',
          `Cannot ${request.action} the alert ${id}: it has changed (revision ${from.revision})`,
          { hint: 'Load the alert again and decide on what it says now.' },
        );
      }
      const at = this.#options.now();
      const state = nextState(
        ...([from.state, reviews, request, status.needed === 2] as const),
        samePerson(this.#store),
      );
      const { action, reviewer, reason = '' } = request;
      return {
        from,
        to: { ...from, state, revision: from.revision + 1, updatedAt: at },
        review: { action, reviewer, reason, at, stateAfter: state },
      };
    });
    return this.get(id);
  }

  /**
   * Notes what somebody writes about an alert. Recorded, or not done.
   * @throws NightglassError `NOT_FOUND`, `BAD_REQUEST`, `CONFLICT` where it has as many as it may
   * have, `STORE_UNWRITABLE`
   */
  note(id: string, text: string, author: string): AlertRecord<Alert> {
    const note: AlertNote = { author, text: noteText(text), at: this.#options.now() };
    this.#writer.note(id, note);
    return this.get(id);
  }

  /**
   * Records what came of a confirmed alert, beside what was recorded before. Recorded, or not done.
   * @throws NightglassError `NOT_FOUND`, `BAD_REQUEST`, `CONFLICT` where it is not confirmed or has
   * as many as it may have, `STORE_UNWRITABLE`
   */
  recordOutcome(
    id: string,
    { note = '', outcome }: { readonly outcome: AlertOutcome; readonly note?: string },
    author: string,
  ): AlertRecord<Alert> {
    const at = this.#options.now();
    this.#writer.outcome(id, { outcome, author, note: outcomeNote(note), at });
    return this.get(id);
  }

  /** Takes a deleted person's name and portrait out of alerts in memory; the stored ones are clean. */
  forgetPerson(personId: string): void {
    this.#writer.waiting.forgetPerson(personId);
  }

  /** Deletes up to `limit` alerts whose time is over, pictures, reviews, events and all. */
  purgeExpired(now: number, limit: number): number {
    for (const { alert } of this.#writer.waiting.values()) {
      const { retentionDays } = this.#policy(alert.watchlistId);
      if (alert.createdAt + retentionDays * dayMs <= now) this.#writer.waiting.delete(alert.id);
    }
    const due = this.#table.due(now, limit);
    if (due.length === 0) return 0;
    this.#store.write(() => {
      this.#options.onDelete?.(due);
      for (const id of due) this.#table.delete(id);
    });
    for (const id of due) this.#writer.waiting.delete(id);
    return due.length;
  }

  /** Stops following the store; the store itself stays open. Idempotent. */
  [Symbol.dispose](): void {
    this.#writer[Symbol.dispose]();
    this.#listeners.clear();
  }

  /** Stores and publishes a next revision that calls for no picture. */
  #revise(alert: Alert): void {
    this.update({ ...alert, updatedAt: this.#options.now() }, null);
  }

  #waitingOn(watchlistId: string, personId: string): Alert[] {
    return this.#writer.waiting
      .values()
      .map(({ alert }) => alert)
      .filter((alert) => alert.watchlistId === watchlistId && alert.personId === personId);
  }

  #policy(watchlistId: string): AlertPolicy {
    return this.#options.policy(watchlistId) ?? { retentionDays: 30, twoPersonReview: false };
  }

  #tell(event: StoredAlertEvent): void {
    for (const listener of this.#listeners) listener(event);
  }
}

function holds(evidence: EvidenceChange, picture: Uint8Array): boolean {
  return picturesOf(evidence).some((own) => Buffer.compare(own, picture) === 0);
}
