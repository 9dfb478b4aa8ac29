import type { Alert, ModelStamp, Sighting } from '../../../domain/alert.ts';
import { visibleNotes } from '../../../domain/alert-note.ts';
import type { AlertRecord } from '../../../domain/alert-record.ts';
import { pushReceiverPrefix } from '../../../domain/push/push-device.ts';
import { reviewsBlind, visibleReviews } from '../../../domain/review.ts';
import { clipPath } from '../case-clips.ts';
import { kindsOf, picturePath } from '../case-pictures.ts';
import { shownBy } from './plan-subject.ts';
import {
  isoTime,
  keptUntil,
  listEntry,
  recordEntry,
  type SubjectContext,
  type SubjectTraces,
} from './subject-context.ts';
import type { SubjectAlertEntry } from './subject-document.ts';

/** An alert as whoever exports may see it: verdicts that are still awaited are nobody's yet. */
export function visibleRecord(record: AlertRecord<Alert>, viewer: string): AlertRecord<Alert> {
  return {
    ...record,
    reviews: visibleReviews(record.reviews, record.review, viewer),
    notes: visibleNotes(record.notes, record.review, viewer),
  };
}

/** What a case says of an alert; nothing of whom it is on, where that is somebody else. */
export function alertEntry(
  record: AlertRecord<Alert>,
  traces: SubjectTraces,
  context: SubjectContext,
): SubjectAlertEntry {
  const { confirmed, files, names, own, request, sources, text, withheld } = context;
  const { alert, notes, outcomes, review, reviews } = record;
  const { id, watchlistId } = alert;
  const isOwn = own.has(alert.personId);
  const isBlind = reviewsBlind(review, request.by.name);
  if (isBlind) withheld.add(`alerts/${id}/scores`, 'under_review');
  if (!isOwn) withheld.add(`alerts/${id}/person`, 'another_person');
  const enrolled = picturePath(id, 'enrolled');
  const hidden = new Set(isOwn ? [] : ['template', 'imageSha256', 'lookAlike']);
  return {
    id,
    ownEnrolment: isOwn,
    list: listEntry(watchlistId, sources, alert.watchlistName),
    state: isBlind ? null : alert.state,
    createdAt: isoTime(alert.createdAt),
    keptUntil: isoTime(keptUntil(alert.createdAt, watchlistId, sources)),
    shownBy: shownBy(record, confirmed),
    fpir: isBlind ? null : alert.fpir,
    peopleOnList: isBlind ? null : alert.gallerySize,
    models: modelEntries(alert.models),
    configuration: alert.configHash,
    appearances: [{ ...alert, number: 0 }, ...alert.sightings].map((seen) =>
      appearanceEntry(alert, seen, { isBlind, files }),
    ),
    enrolledPicture: files.has(enrolled) ? enrolled : null,
    reviews: reviews.map(({ action, at, reviewer }, place) => ({
      ...{ at: isoTime(at), by: names.of(reviewer), action },
      reason: text(`alerts/${id}/reviews/${place + 1}`),
    })),
    notes: notes.map(({ at, author }, place) => ({
      ...{ at: isoTime(at), by: names.of(author), text: text(`alerts/${id}/notes/${place + 1}`) },
    })),
    outcomes: outcomes.map(({ at, author, outcome }, place) => ({
      ...{ at: isoTime(at), by: names.of(author), outcome },
      note: text(`alerts/${id}/outcomes/${place + 1}`),
    })),
    deliveries: (traces.deliveries.get(id) ?? []).map(({ createdAt, isDead, receiverId }) => ({
      to: kindOfReceiver(receiverId, context),
      state: isDead ? ('given up' as const) : ('waiting' as const),
      at: isoTime(createdAt),
    })),
    exportedAt: (traces.exports.get(id) ?? []).map(isoTime),
    learntAt: (traces.learning.get(id) ?? []).map(isoTime),
    trials: isBlind ? [] : sources.kept.trialsOf(id),
    records: (traces.records.get(id) ?? []).map((each) =>
      recordEntry(each, names, isBlind ? new Set([...hidden, 'action', 'state']) : hidden),
    ),
  };
}

export function modelEntries(models: readonly ModelStamp[]) {
  return models.map(({ name, sha256, task }) => ({ task, name, sha256 }));
}

type Seen = Pick<
  Sighting,
  'cameraId' | 'capturedAt' | 'interEyeDistance' | 'lastSeenAt' | 'meanGate' | 'number'
> &
  Pick<Sighting, 'quality' | 'scores' | 'threshold'>;

function appearanceEntry(
  alert: Alert,
  seen: Seen,
  { files, isBlind }: { readonly files: ReadonlySet<string>; readonly isBlind: boolean },
): SubjectAlertEntry['appearances'][number] {
  const { number, scores } = seen;
  const clip = clipPath({ alertId: alert.id, appearance: number });
  const pictures = kindsOf(alert)
    .filter((kind) => kind !== 'enrolled')
    .filter((kind) =>
      number === 0 ? !kind.startsWith('sighting-') : kind.startsWith(`sighting-${number}-`),
    )
    .map((kind) => picturePath(alert.id, kind))
    .filter((path) => files.has(path));
  return {
    number,
    camera: seen.cameraId,
    seenAt: isoTime(seen.capturedAt),
    lastSeenAt: isoTime(seen.lastSeenAt),
    scores: isBlind ? null : { raw: scores.raw, enhanced: scores.enhanced, fused: scores.fused },
    threshold: isBlind ? null : seen.threshold,
    quality: isBlind ? null : seen.quality,
    pixelsBetweenEyes: seen.interEyeDistance,
    enhancedShare: isBlind ? null : 1 - seen.meanGate,
    pictures,
    clip: files.has(clip) ? clip : null,
  };
}

/** What kind of receiver it is: how it is called may name somebody. */
function kindOfReceiver(id: string, { sources }: SubjectContext): string {
  if (id.startsWith(pushReceiverPrefix)) return 'device of somebody on duty';
  return sources.deployment?.receivers.find((each) => each.id === id)?.by ?? 'receiver';
}
