import { z } from 'zod';
import { alertStates, maxSightings } from '../../domain/alert.ts';
import { federationBounds, latestTime } from '../../domain/bounds.ts';
import { reviewActions } from '../../domain/review.ts';
import { isSitePicture, type SiteAlert, type SitePictureKind } from '../../domain/site-alert.ts';

const id = z.string().min(1).max(256);
const text = z.string().max(2_000);
const time = z.number().min(0).max(latestTime);
const score = z.number().min(-1.01).max(1.01);
const quality = z.number().min(0).max(100).nullable();
/** What the centre said since its start; what was told to an earlier one is not taken again. */
const session = z.string().min(1).max(64);
/** Of the site's own count: another one after each change. */
const version = z.int().min(1);
const sha256 = z.string().regex(/^[0-9a-f]{64}$/);
const bytes = z.int().min(1).max(federationBounds.pictureBytes);

const kind = z
  .string()
  .max(40)
  .refine((value) => isSitePicture(value as SitePictureKind))
  .transform((value) => value as SitePictureKind);

const alert: z.ZodType<SiteAlert> = z.object({
  id,
  revision: z.int().min(0),
  state: z.enum(alertStates),
  ownList: z.boolean(),
  watchlistId: id,
  watchlistName: text,
  personId: id,
  personName: text,
  templateId: id,
  cameraId: id,
  capturedAt: time,
  createdAt: time,
  updatedAt: time,
  scores: z
    .object({
      raw: score,
      enhanced: score.nullable(),
      fused: score,
      template: z.literal('poor-view').optional(),
    })
    .transform(({ template, ...rest }) => (template === undefined ? rest : { ...rest, template }))
    .nullable(),
  threshold: z.number().nullable(),
  quality,
  still: z.boolean(),
  sightings: z
    .array(
      z.object({
        number: z.int().min(1).max(999),
        cameraId: id,
        capturedAt: time,
        score: score.nullable(),
        quality,
      }),
    )
    .max(maxSightings),
  reviews: z
    .array(
      z.object({
        action: z.enum(reviewActions),
        reviewer: text,
        reason: text,
        at: time,
        stateAfter: z.enum(alertStates),
      }),
    )
    .max(federationBounds.reviews),
});

const picture = z.object({ kind, sha256, bytes });

/** What a site tells of its alerts, by kind. */
export const alertQuestions = {
  /** An alert as it is now. */
  alert: z.object({ session, version, alert }),
  /** Which pictures it has; the centre deletes others. */
  pictures: z.object({
    session,
    alert: id,
    version,
    pictures: z.array(picture).max(4 + 2 * maxSightings),
  }),
  /** A piece of one. */
  piece: z.object({
    session,
    alert: id,
    picture,
    offset: z.int().min(0),
    /** Base64. */
    data: z.base64().max(Math.ceil(federationBounds.pieceBytes / 3) * 4),
  }),
  /** Alerts that were deleted. */
  gone: z.object({ session, alerts: z.array(id).min(1).max(federationBounds.gone) }),
  /** Alerts that it was told wholly, by what the site knows. */
  have: z.object({
    session,
    alerts: z.array(z.object({ id, version })).min(1).max(federationBounds.have),
  }),
};

/** Told to an earlier start of the centre. */
const stale = z.boolean();

/** What a centre answers to it. */
export const alertAnswers = {
  alert: z.object({ stale }),
  pictures: z.object({
    stale,
    /** These are to be sent. */
    lacks: z.array(kind),
  }),
  piece: z.object({
    stale,
    /** From where it goes on; null where it is whole, or is not wanted any more. */
    next: z.int().min(0).nullable(),
    /** Whether too much is under way: later. */
    busy: z.boolean(),
    /** Whether it was not what was announced, or no picture. */
    refused: z.boolean(),
  }),
  gone: z.object({ stale }),
  have: z.object({
    stale,
    /** These it does not have wholly. */
    lacks: z.array(id).max(federationBounds.have),
  }),
};
