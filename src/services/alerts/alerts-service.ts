import type { Alert, EvidenceKind } from '../../domain/alert.ts';
import type { AlertFeedPage } from '../../domain/alert-event.ts';
import type { AlertFilter } from '../../domain/alert-filter.ts';
import { visibleNotes } from '../../domain/alert-note.ts';
import type { AlertOutcome } from '../../domain/alert-outcome.ts';
import type { AlertPage, AlertRecord, ShownAlertRecord } from '../../domain/alert-record.ts';
import type { ReviewRequest } from '../../domain/review.ts';
import { reviewsBlind, scoreBlind, visibleReviews } from '../../domain/review.ts';
import type { FeedScope } from '../../store/alert-event-table.ts';
import { eachInSteps, inTurns } from '../in-turns.ts';
import type { LookAlikes } from '../watchlists/look-alikes.ts';
import type { SqliteAlertStore } from './alert-store.ts';
import type { ClipStore, StoredClip } from './clip-store.ts';
import { markedEvidence } from './marked-evidence.ts';

/** The store's filter, where what a viewer may see, and how much at once, must be said. */
export type ViewerFilter = AlertFilter &
  Required<Pick<AlertFilter, 'cameras' | 'watchlists' | 'limit'>>;

/** Stored alerts, and those that live in memory alone while the data folder is not writable. */
export function alertsService(
  alerts: SqliteAlertStore,
  clips: Pick<ClipStore, 'open' | 'faces'>,
  lookAlikes: Pick<LookAlikes, 'ofAlert'>,
) {
  const view = (record: AlertRecord<Alert>, viewer: string): ShownAlertRecord => ({
    ...record,
    reviews: visibleReviews(record.reviews, record.review, viewer),
    notes: visibleNotes(record.notes, record.review, viewer),
    blind: reviewsBlind(record.review, viewer),
    lookAlikeId: lookAlikes.ofAlert(record.alert.id)?.id ?? null,
  });
  return {
    /**
     * A page, as `viewer` (name of the token that asks) may see it.
     * @throws NightglassError `BAD_REQUEST` for a `before` that is no `next`
     */
    async list(filter: ViewerFilter, viewer: string): Promise<AlertPage> {
      const page = await inTurns(alerts.pageInSteps(filter));
      const seen = (alert: Alert) => {
        if (!alerts.awaitsTwoPeople(alert)) return alert;
        const record = alerts.find(alert.id);
        return record !== undefined && reviewsBlind(record.review, viewer)
          ? scoreBlind(alert)
          : alert;
      };
      return { ...page, alerts: await inTurns(eachInSteps(page.alerts, 10, seen)) };
    },
    /** @param viewer name of the token that asks: reviews of others may be hidden from it */
    find(id: string, viewer: string): ShownAlertRecord | undefined {
      const record = alerts.find(id);
      return record === undefined ? undefined : view(record, viewer);
    },
    /**
     * What was sent after a point, oldest first: the id of the last alert that a client saw, or
     * `next` of the page before. May repeat what the client saw, never leaves out what it did not.
     * @param scope whose alerts are wanted: others may be left out
     * @throws NightglassError `BAD_REQUEST` for a `since` that can be neither
     */
    async since(since: string, limit: number, scope: FeedScope = {}): Promise<AlertFeedPage> {
      const page = await inTurns(alerts.sinceInSteps(since, limit, scope));
      return { ...page, events: page.events.map((event) => redactForBroadcast(alerts, event)) };
    },
    /**
     * JPEG, or null when the alert has no such picture. An enhanced one carries the mark that a
     * machine made it; one that an older version stored gets it here.
     * @throws NightglassError `STORE_CORRUPT` for an enhanced picture that cannot be marked
     */
    evidence: (id: string, kind: EvidenceKind) => markedEvidence(alerts, id, kind),
    /** The clip of an appearance as a file; null where it has none. @throws NightglassError `NOT_FOUND` */
    clip(id: string, appearance: number): StoredClip | null {
      const { alert } = alerts.get(id);
      const seen =
        appearance === 0 ? alert : alert.sightings.find(({ number }) => number === appearance);
      return seen === undefined ? null : clips.open({ alertId: id, appearance }, seen.clip);
    },
    /** What was seen in a clip. */
    clipFaces: (id: string, appearance: number) => clips.faces({ alertId: id, appearance }),
    /** @throws NightglassError `NOT_FOUND`, `CONFLICT`, `BAD_REQUEST`, `STORE_UNWRITABLE` */
    review: (id: string, request: ReviewRequest) =>
      view(alerts.review(id, request), request.reviewer),
    /**
     * Notes what `by` (name of the token that asks) writes.
     * @throws NightglassError `NOT_FOUND`, `CONFLICT`, `BAD_REQUEST`, `STORE_UNWRITABLE`
     */
    note: (id: string, text: string, by: string) => view(alerts.note(id, text, by), by),
    /** Records what `by` says came of it. @throws NightglassError as `note` does */
    recordOutcome: (id: string, given: { outcome: AlertOutcome; note?: string }, by: string) =>
      view(alerts.recordOutcome(id, given, by), by),
    /**
     * Lifts the marks of faces that keep their place.
     * @param by name of the token that asks
     * @param cameras before which they are lifted
     * @throws NightglassError `NOT_FOUND`, `CONFLICT`, `STORE_UNWRITABLE`
     */
    liftStill: (id: string, by: string, cameras: '*' | readonly string[] = '*') =>
      view(alerts.liftStill(id, by, cameras), by),
  };
}

export type AlertsService = ReturnType<typeof alertsService>;

/** The event as everybody may have it: one of them may become the second reviewer. */
export function redactForBroadcast<T extends { readonly alert: Alert }>(
  alerts: Pick<SqliteAlertStore, 'awaitsTwoPeople'>,
  event: T,
) {
  const { alert } = event;
  return { ...event, alert: alerts.awaitsTwoPeople(alert) ? scoreBlind(alert) : alert };
}
