import { z } from 'zod';
import {
  advisedComponent,
  box,
  id,
  matchScores,
  qualityScore,
  recordedFace,
  verdict,
} from './values.ts';

export const searchFields = z.strictObject({
  reason: z.string().trim().min(3).max(1000).describe('Why: kept in the audit log'),
  alertId: id.optional().describe('Search with a picture of this alert instead of an image'),
  kind: recordedFace
    .default('face')
    .describe('Which picture of the alert, or of one of its sightings'),
  watchlist: id.optional().describe('Search this list alone'),
  limit: z.coerce
    .number()
    .int()
    .min(1)
    .max(50)
    .default(10)
    .describe('Candidates a face and watchlist'),
});

export const searchSchema = z.object({
  faces: z
    .array(
      z.object({
        box,
        quality: qualityScore,
        verdict,
        components: z.array(advisedComponent).readonly(),
        candidates: z.array(
          z.object({
            watchlistId: z.string(),
            watchlistName: z.string(),
            personId: z.string(),
            personName: z.string(),
            templateId: z.string(),
            scores: matchScores,
            threshold: z.number(),
            fpir: z.number(),
            gallerySize: z.int(),
            matched: z.boolean(),
          }),
        ),
        withheld: z
          .int()
          .describe('Candidates kept back: alerts on them wait for a verdict of who asks'),
      }),
    )
    .describe('Largest first; empty when no face was found'),
});
