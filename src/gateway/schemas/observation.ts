import { z } from 'zod';
import { evidenceKinds } from '../../domain/alert.ts';
import { shownAlert } from './alert.ts';
import { box, point, qualityScore, share, verdict, wallTime } from './values.ts';

export const detectionData = z
  .object({
    cameraId: z.string(),
    sequence: z.int().min(0),
    capturedAt: wallTime,
    frameWidth: z.int(),
    frameHeight: z.int(),
    faces: z
      .array(
        z.object({
          box,
          landmarks: z.array(point).length(5).describe('Eyes, nose, mouth corners'),
          score: share,
          trackId: z.string().nullable(),
          quality: qualityScore.nullable(),
          verdict: verdict.nullable(),
        }),
      )
      .describe('In the pixels of the frame; empty when no face is seen'),
  })
  .describe('The faces of one analysed frame');

export const trackData = z
  .object({
    cameraId: z.string(),
    trackId: z.string(),
    phase: z.enum(['started', 'ended']),
    startedAt: wallTime,
    endedAt: wallTime,
    hits: z.int().min(0),
  })
  .describe('A face came into view, or left it');

const vector = z.base64().describe('Little-endian float32, L2-normalised');

export const embeddingData = z
  .object({
    cameraId: z.string(),
    trackId: z.string(),
    sequence: z.int().min(0),
    capturedAt: wallTime,
    model: z.string(),
    dimension: z.int().min(1),
    fused: vector,
    raw: vector,
    enhanced: vector.nullable(),
    keyframes: z.int().min(0),
    meanGate: share,
    quality: qualityScore,
  })
  .describe('The pooled template of a track; needs the scope `embeddings:read`');

export const alertData = shownAlert
  .extend({
    change: z
      .enum(['created', 'updated', 'sighted', 'reviewed'])
      .describe('`sighted`: the last of `sightings` is new'),
    evidence: z
      .record(z.enum(evidenceKinds), z.string())
      .describe('Paths of the pictures; one that the alert has not answers 404'),
  })
  .describe('An alert as it was when it was sent');
