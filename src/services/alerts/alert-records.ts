import type { Alert, Sighting } from '../../domain/alert.ts';
import type { AlertNote } from '../../domain/alert-note.ts';
import type { OutcomeEntry } from '../../domain/alert-outcome.ts';
import type { AuditEntry } from '../../domain/audit-entry.ts';
import type { Review } from '../../domain/review.ts';

/** What matched and what it was matched with; no scores: a reader may become a reviewer. */
export function raisedAlert(alert: Alert): AuditEntry {
  const { watchlistId, personId, templateId, cameraId, trackId, capturedAt } = alert;
  const detail = { watchlistId, personId, templateId, cameraId, trackId, capturedAt };
  return { who: 'system', what: 'alert.raised', target: alert.id, detail };
}

/** Where somebody was seen again; no scores either. */
export function sightedAlert(
  alertId: string,
  { number, cameraId, trackId, capturedAt }: Sighting,
): AuditEntry {
  const detail = { number, cameraId, trackId, capturedAt };
  return { who: 'system', what: 'alert.sighted', target: alertId, detail };
}

/** An alert that was shown and never stored. */
export function lostAlert(alertId: string): AuditEntry {
  return { who: 'system', what: 'alert.lost', target: alertId };
}

/**
 * The reason stays with the alert, and goes with it: people write names into it.
 * @param late true where the review was taken while it could not be written
 */
export function reviewedAlert(before: Alert, review: Review, late = false): AuditEntry {
  const { action, reason, stateAfter, reviewer } = review;
  const detail = {
    action,
    from: before.state,
    to: stateAfter,
    hasReason: reason !== '',
    ...(late ? { late, at: review.at } : {}),
  };
  return { who: reviewer, what: 'alert.reviewed', target: before.id, detail };
}

/** The text stays with the alert, and goes with it: people write names into it. */
export function notedAlert(alertId: string, { author, text }: AlertNote): AuditEntry {
  const detail = { characters: text.length };
  return { who: author, what: 'alert.noted', target: alertId, detail };
}

/** What came of it; the note stays with the alert. */
export function outcomeOfAlert(
  { id, cameraId, watchlistId }: Alert,
  { author, note, outcome }: OutcomeEntry,
): AuditEntry {
  const detail = { outcome, hasNote: note !== '', cameraId, watchlistId };
  return { who: author, what: 'alert.outcome_recorded', target: id, detail };
}

/** Somebody says that a face which keeps its place is no picture of one. */
export function liftedMark({ id, personId, cameraId }: Alert, by: string): AuditEntry {
  return { who: by, what: 'alert.still_lifted', target: id, detail: { personId, cameraId } };
}
