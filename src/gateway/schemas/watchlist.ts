import { z } from 'zod';
import { id, qualityScore, wallTime } from './values.ts';

const text = z.string().trim().min(1).max(500);

export const watchlistBody = z.strictObject({
  name: text.max(120),
  purpose: text,
  legalBasis: text,
  authorisation: text.describe('Who allowed it: a file number, a warrant'),
  owner: text.max(120),
  cameras: z.array(z.union([z.literal('*'), id])).min(1).max(1000).describe('`["*"]` is all'),
  fpir: z.number().gt(0).max(0.1).describe('False positive identification rate to hold'),
  expiresAt: wallTime,
  retentionDays: z.int().min(1).max(3650),
  twoReviewers: z.boolean().default(false),
});

/** Spelled out rather than `.partial()`: a default would overwrite what is not named. */
export const watchlistPatch = watchlistBody
  .extend({ twoReviewers: z.boolean() })
  .partial()
  .refine((body) => Object.keys(body).length > 0, { message: 'nothing to change' });

export const watchlistSchema = z.object({
  id: z.string(),
  name: z.string(),
  purpose: z.string(),
  legalBasis: z.string(),
  authorisation: z.string(),
  owner: z.string(),
  cameras: z.array(z.string()).readonly(),
  fpir: z.number(),
  expiresAt: wallTime,
  retentionDays: z.number(),
  twoReviewers: z.boolean(),
  people: z.int().min(0),
  createdAt: wallTime,
});

export const personBody = z.strictObject({
  watchlistId: id,
  name: text.max(120),
  note: z.string().trim().max(1000).default(''),
});

export const personSchema = z.object({
  id: z.string(),
  watchlistId: z.string(),
  name: z.string(),
  note: z.string(),
  createdAt: wallTime,
  images: z
    .array(
      z.object({
        templateId: z.string(),
        quality: qualityScore,
        createdAt: wallTime,
        outlier: z.boolean().describe("Unlike the person's other images"),
      }),
    )
    .readonly(),
});

export const enrolOutcome = z.object({
  fileName: z.string(),
  accepted: z.boolean(),
  templateId: z.string().nullable(),
  quality: qualityScore.nullable(),
  refusal: z.object({ code: z.string(), message: z.string() }).nullable(),
  warnings: z.array(z.string()).readonly(),
});
