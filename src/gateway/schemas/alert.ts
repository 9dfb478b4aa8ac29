import { z } from 'zod';
import { id, matchScores, qualityScore, share, wallTime } from './values.ts';

export const alertStates = ['new', 'acknowledged', 'confirmed', 'dismissed', 'escalated'] as const;
export const evidenceKinds = ['frame', 'face', 'enhanced', 'enrolled'] as const;

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
    scores: matchScores,
    threshold: z.number(),
    fpir: share.describe('False positive identification rate of the watchlist'),
    gallerySize: z.int().min(0).describe('People on the list when it was searched'),
    meanGate: share.describe('Mean weight of the raw embedding; 1 when nothing was enhanced'),
    quality: qualityScore,
    interEyeDistance: z.number().describe('Pixels'),
    keyframes: z.int().min(0),
    models: z.array(z.object({ name: z.string(), task: z.string(), sha256: z.string() })).readonly(),
    configHash: z.string(),
    stored: z.boolean().describe('False while the data folder cannot be written'),
  })
  .describe('A claim for a person to review');

export const reviewDecisions = ['acknowledge', 'confirm', 'dismiss', 'escalate'] as const;

export const reviewBody = z
  .strictObject({
    decision: z.enum(reviewDecisions),
    reason: z.string().trim().min(3).max(1000).optional().describe('Needed to dismiss'),
    revision: z.int().min(0).optional().describe('The revision that the reviewer saw'),
  })
  .refine((body) => body.decision !== 'dismiss' || body.reason !== undefined, {
    message: 'a dismissal needs a reason',
    path: ['reason'],
  });

export const reviewRecord = z.object({
  decision: z.enum(reviewDecisions),
  by: z.string(),
  at: wallTime,
  reason: z.string().optional(),
});

export const alertQuery = z.strictObject({
  state: z.enum(alertStates).optional(),
  watchlist: id.optional(),
  person: id.optional(),
  camera: id.optional(),
  from: z.coerce.number().nonnegative().optional().describe('Created at or after, milliseconds'),
  to: z.coerce.number().nonnegative().optional().describe('Created before, milliseconds'),
  before: id.optional().describe('Alert id: the next page starts below it'),
  limit: z.coerce.number().int().min(1).max(200).default(50),
});
