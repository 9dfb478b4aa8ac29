import { z } from 'zod';
import { id, qualityScore, wallTime } from './values.ts';

const text = z.string().trim().min(1).max(500);

export const watchlistBody = z.strictObject({
  name: text.max(120),
  purpose: text,
  legalBasis: text,
  authorisation: text.describe('Who allowed it: a file number, a warrant'),
  owner: text.max(120),
  cameras: z.union([z.literal('*'), z.array(id).min(1).max(1000)]).describe('`"*"` is all'),
  fpir: z.number().gt(0).lt(1).optional().describe('False positive identification rate to hold'),
  fixedThreshold: z.number().min(-1).max(1).nullable().optional(),
  expiresAt: wallTime.nullable().optional().describe('Matching stops then; null is never'),
  retentionDays: z.int().min(1).max(3650).optional().describe('Days that its alerts are kept'),
  twoPersonReview: z.boolean().optional(),
});

/** No default may stand above: it would overwrite what a change does not name. */
export const watchlistPatch = watchlistBody
  .partial()
  .refine((body) => Object.keys(body).length > 0, { message: 'nothing to change' });

export const watchlistSchema = z.object({
  id: z.string(),
  name: z.string(),
  purpose: z.string(),
  legalBasis: z.string(),
  authorisation: z.string(),
  owner: z.string(),
  cameras: z.union([z.literal('*'), z.array(z.string()).readonly()]),
  fpir: z.number(),
  fixedThreshold: z.number().nullable(),
  expiresAt: wallTime.nullable(),
  retentionDays: z.number(),
  twoPersonReview: z.boolean(),
  people: z.int().min(0),
  createdAt: wallTime,
  updatedAt: wallTime,
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
  updatedAt: wallTime,
  images: z
    .array(
      z.object({
        templateId: z.string(),
        quality: qualityScore,
        createdAt: wallTime,
        flags: z.array(z.string()).readonly().describe('What a person should look at again'),
      }),
    )
    .readonly(),
});

const warning = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('several-faces'), faces: z.int() }),
  z.object({
    kind: z.literal('possible-duplicate'),
    personId: z.string(),
    personName: z.string(),
    similarity: z.number().nullable().describe('Null when it is the same file'),
  }),
  z.object({ kind: z.literal('outlier'), similarity: z.number() }),
]);

export const enrolOutcome = z
  .discriminatedUnion('status', [
    z.object({
      name: z.string(),
      status: z.literal('enrolled'),
      templateId: z.string(),
      quality: qualityScore,
      warnings: z.array(warning).readonly(),
    }),
    z.object({ name: z.string(), status: z.literal('known'), templateId: z.string() }),
    z.object({
      name: z.string(),
      status: z.literal('refused'),
      code: z.string(),
      message: z.string(),
      quality: qualityScore.nullable(),
      reasons: z.array(z.string()).readonly(),
    }),
  ])
  .describe('What became of one image');
