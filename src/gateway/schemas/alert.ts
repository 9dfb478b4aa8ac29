import { z } from 'zod';
import {
  alertStates,
  bestKinds,
  evidenceKinds,
  type SightingKind,
  sightingPictures,
} from '../../domain/alert.ts';
import { alertNoteBounds } from '../../domain/alert-note.ts';
import { alertOutcomes, outcomeBounds } from '../../domain/alert-outcome.ts';
import type { ShownAlertRecord } from '../../domain/alert-record.ts';
import { reviewActions, scoreBlind } from '../../domain/review.ts';
import { clipSchema } from './clip.ts';
import {
  box,
  componentReport,
  id,
  matchScores,
  moment,
  qualityScore,
  share,
  wallTime,
} from './values.ts';

const sightingKind = z
  .templateLiteral(['sighting-', z.int().min(1).max(999), '-', z.enum(sightingPictures)])
  .describe('A picture of a sighting by its number') satisfies z.ZodType<SightingKind>;
export const evidenceKind = z.union([z.enum(evidenceKinds), sightingKind]);

const stillFace = z
  .object({
    since: wallTime,
    place: box.describe("In shares of the frame's width and height"),
    liftedAt: wallTime.nullable(),
    liftedBy: z.string().nullable(),
  })
  .nullable()
  .describe('Set where the face never changed its place: a poster, a screen, a photograph');

/** From a second reviewer who is to judge by the pictures, what hints at the machine's view is kept. */
const sightingSchema = z
  .object({
    number: z.int().min(1).describe('Names its pictures: `sighting-1-face`'),
    cameraId: z.string(),
    trackId: z.string(),
    capturedAt: wallTime,
    lastSeenAt: wallTime,
    still: stillFace,
    scores: matchScores,
    threshold: z.number(),
    meanGate: share,
    quality: qualityScore,
    interEyeDistance: z.number().describe('Pixels'),
    place: box.nullable(),
    keyframes: z.int().min(0),
    isEnhanced: z.boolean().describe('True where there is an AI-enhanced picture'),
    clip: clipSchema,
  })
  .partial({ scores: true, threshold: true, meanGate: true, quality: true })
  .describe('A later appearance of the person; without scores for a second reviewer');

export const alertSchema = z
  .object({
    id: z.string().describe('ULID: sorts by creation; the `since` of the WebSocket'),
    state: z.enum(alertStates),
    revision: z.int().min(0),
    watchlistId: z.string(),
    watchlistName: z.string(),
    personId: z.string(),
    personName: z.string(),
    templateId: z.string(),
    cameraId: z.string(),
    trackId: z.string(),
    capturedAt: wallTime,
    createdAt: wallTime,
    updatedAt: wallTime,
    lastSeenAt: wallTime.describe(
      'When the camera last saw the person; changes without a new revision',
    ),
    still: stillFace,
    sightings: z
      .array(sightingSchema)
      .readonly()
      .describe('Where the person was seen again before somebody decided, oldest first'),
    scores: matchScores,
    threshold: z.number(),
    fpir: share.describe('False positive identification rate of the watchlist'),
    gallerySize: z.int().min(0).describe('People on the list when it was searched'),
    meanGate: share.describe('Mean weight of the raw embedding; 1 when nothing was enhanced'),
    quality: qualityScore,
    interEyeDistance: z.number().describe('Pixels'),
    components: z
      .array(componentReport)
      .readonly()
      .describe('Quality of the pictured face; empty for an alert of version 0.1'),
    place: box
      .nullable()
      .describe('The pictured face in the frame, in shares of its width and height'),
    keyframes: z.int().min(0),
    best: z
      .array(z.enum(bestKinds))
      .readonly()
      .describe("Pictures of the track's best faces, best first"),
    clip: clipSchema,
    clipRevisions: z
      .object({ from: z.int().min(0), through: z.int().min(1) })
      .optional()
      .describe(
        'Revisions that differ in clips alone: where `through` is the present one, a review of any of them holds',
      ),
    enhancement: z
      .enum(['made', 'not_needed', 'no_model', 'failed'])
      .optional()
      .describe('Whether there is a picture `enhanced`, or why not; absent in version 0.1'),
    models: z
      .array(z.object({ name: z.string(), task: z.string(), sha256: z.string() }))
      .readonly(),
    configHash: z.string(),
    stored: z.boolean().describe('False while the data folder cannot be written'),
  })
  .describe('A claim for a person to review');

export const reviewBody = z
  .strictObject({
    action: z.enum(reviewActions),
    reason: z.string().trim().min(3).max(1000).optional().describe('Needed to dismiss'),
    revision: z.int().min(0).optional().describe('The revision that the reviewer saw'),
  })
  .refine((body) => body.action !== 'dismiss' || body.reason !== undefined, {
    message: 'a dismissal needs a reason',
    path: ['reason'],
  });

export const bulkReviewBody = z
  .strictObject({
    alerts: z
      .array(
        z.strictObject({
          id,
          revision: z.int().min(0).optional().describe('The revision that the reviewer saw'),
        }),
      )
      .min(1)
      .max(200),
    action: z.enum(reviewActions),
    reason: z.string().trim().min(3).max(1000).optional().describe('Needed to dismiss'),
  })
  .refine((body) => body.action !== 'dismiss' || body.reason !== undefined, {
    message: 'a dismissal needs a reason',
    path: ['reason'],
  });

export const reviewRecord = z.object({
  action: z.enum(reviewActions),
  reviewer: z.string(),
  reason: z.string(),
  at: wallTime,
  stateAfter: z.enum(alertStates),
});

export const noteBody = z.strictObject({
  text: z.string().trim().min(alertNoteBounds.text[0]).max(alertNoteBounds.text[1]),
});

export const outcomeBody = z.strictObject({
  outcome: z
    .enum(alertOutcomes)
    .describe(
      '`stopped` or spoken to, `identified` by a document, `same_person`, `other_person` (the confirmation was wrong), `not_found`, `no_action`',
    ),
  note: z.string().trim().max(outcomeBounds.note).optional(),
});

const outcomeEntry = z.object({
  outcome: z.enum(alertOutcomes),
  author: z.string(),
  note: z.string(),
  at: wallTime,
});

const alertNote = z.object({ author: z.string(), text: z.string(), at: wallTime });

/** From a second reviewer who is to judge by the pictures, what hints at the machine's view is kept. */
const hints = {
  scores: true,
  threshold: true,
  fpir: true,
  gallerySize: true,
  meanGate: true,
  quality: true,
  components: true,
} as const;

/** An alert as a viewer gets it. */
export const shownAlert = alertSchema
  .partial(hints)
  .describe('A claim for a person to review; without scores where a second reviewer is to judge');

export const alertRecord = z.object({
  alert: shownAlert,
  blind: z.boolean().describe('True for the second reviewer: the alert then comes without scores'),
  lookAlikeId: z
    .string()
    .nullable()
    .describe('The look-alike of the person that its face became; null where it is none'),
  reviews: z.array(reviewRecord),
  notes: z
    .array(alertNote)
    .readonly()
    .describe("Oldest first; while a second verdict is awaited, the caller's own alone"),
  outcomes: z
    .array(outcomeEntry)
    .readonly()
    .describe('What came of it once it was confirmed, oldest first; the last one counts'),
  review: z.object({
    needed: z.union([z.literal(1), z.literal(2)]).describe('Equal verdicts needed'),
    voters: z.array(z.string()).describe('Who gave a verdict'),
    decided: z.boolean(),
  }),
});

export const bulkReviewed = z.object({
  reviewed: z.array(alertRecord),
  refused: z
    .array(z.object({ id: z.string(), code: z.string(), message: z.string() }))
    .describe('Alerts that took no step, and why'),
});

/** The record as JSON may show it: blind where the viewer is to be. */
export function showRecord(record: ShownAlertRecord): ShownAlertRecord {
  return record.blind ? { ...record, alert: scoreBlind(record.alert) } : record;
}

export const alertQuery = z.strictObject({
  state: z
    .string()
    .transform((states) => states.split(','))
    .pipe(z.array(z.enum(alertStates)))
    .optional()
    .describe('One or more, comma-separated'),
  order: z
    .enum(['newest', 'queue'])
    .default('newest')
    .describe('`queue`: undecided first, by quality and score'),
  watchlist: id.optional(),
  person: id.optional(),
  camera: id.optional(),
  from: moment
    .optional()
    .describe('With an appearance captured at or after: milliseconds or ISO 8601'),
  to: moment.optional().describe('With one captured before: milliseconds or ISO 8601'),
  before: id.optional().describe('`next` of the page before'),
  limit: z.coerce.number().int().min(1).max(200).default(50),
});
