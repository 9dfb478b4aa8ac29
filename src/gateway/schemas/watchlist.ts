import { z } from 'zod';
import { mostDays } from '../../domain/bounds.ts';
import { confirmations, reviewedFields } from '../../domain/list-review.ts';
import { watchlistPriorities, watchlistSounds, watchlistUses } from '../../domain/watchlist.ts';
import { id, wallTime } from './values.ts';

const text = z.string().trim().min(1).max(500);

export const watchlistBody = z.strictObject({
  name: text.max(120),
  purpose: text,
  legalBasis: text,
  authorisation: text.describe('Who allowed it: a file number, a warrant'),
  owner: text.max(120),
  cameras: z
    .union([
      z.literal('*'),
      z
        .array(z.union([z.literal('*'), id]))
        .min(1)
        .max(1000),
    ])
    .transform((cameras) => (cameras.includes('*') ? '*' : cameras))
    .describe('Ids, or `"*"` for all, alone or in a list'),
  uses: z
    .array(z.enum(watchlistUses))
    .min(1)
    .max(10)
    .optional()
    .describe('What it may be used for: live cameras (default), searches of recorded footage'),
  fpir: z.number().gt(0).lt(1).optional().describe('False positive identification rate to hold'),
  fixedThreshold: z.number().min(-1).max(1).nullable().optional(),
  expiresAt: wallTime.nullable().optional().describe('Matching stops then; null is never'),
  retentionDays: z.int().min(1).max(mostDays).optional().describe('Days that its alerts are kept'),
  twoPersonReview: z.boolean().optional(),
  priority: z
    .enum(watchlistPriorities)
    .optional()
    .describe('Where its open alerts stand in a control room: `urgent` on top; default `normal`'),
  sound: z
    .enum(watchlistSounds)
    .optional()
    .describe('What is heard at a new alert where sound is on; default `tone`'),
});

/** No default may stand above: it would overwrite what a change does not name. */
export const watchlistPatch = watchlistBody
  .partial()
  .refine((body) => Object.keys(body).length > 0, { message: 'nothing to change' });

/** What a reviewer says who puts a list in force. */
export const listConfirmationBody = z.strictObject({
  revision: z.int().min(0).describe('`review.revision` of what was looked at'),
  note: z.string().trim().max(2000).optional(),
});

const grounds = z.object({
  purpose: z.string(),
  legalBasis: z.string(),
  authorisation: z.string(),
  cameras: z.union([z.literal('*'), z.array(z.string()).readonly()]),
  uses: z.array(z.string()).readonly(),
  fpir: z.number(),
  fixedThreshold: z.number().nullable(),
  expiresAt: wallTime.nullable(),
  retentionDays: z.number(),
  twoPersonReview: z.boolean(),
  sites: z.array(z.string()).readonly().optional(),
});

const reviewSchema = z.object({
  revision: z.int().min(0).describe('Counts material changes'),
  authors: z
    .array(z.string())
    .readonly()
    .describe('Who changed it since it was in force last; empty while it is'),
  since: wallTime.nullable().describe('Since when it waits; null while it does not'),
  before: grounds.nullable().describe('As it was in force last, while it waits'),
  confirmed: z
    .object({
      by: z.string(),
      at: wallTime,
      as: z
        .enum(confirmations)
        .describe(
          '`other`: no author of it; `alone`: the only person who could; `co-author`: an author where no other was left',
        ),
      note: z.string(),
    })
    .nullable()
    .describe('Who put it in force last'),
});

export const watchlistSchema = z.object({
  id: z.string(),
  name: z.string(),
  purpose: z.string(),
  legalBasis: z.string(),
  authorisation: z.string(),
  owner: z.string(),
  cameras: z.union([z.literal('*'), z.array(z.string()).readonly()]),
  uses: z.array(z.enum(watchlistUses)).readonly(),
  fpir: z.number(),
  fixedThreshold: z.number().nullable(),
  expiresAt: wallTime.nullable(),
  retentionDays: z.number(),
  twoPersonReview: z.boolean(),
  priority: z.enum(watchlistPriorities),
  sound: z.enum(watchlistSounds),
  people: z.int().min(0),
  sites: z.array(z.string()).readonly().describe('Sites of a control room that it is sent to'),
  inForce: z
    .boolean()
    .describe(
      'False once it has expired, after which it is deleted, and while it waits for review: it matches nobody',
    ),
  review: reviewSchema.describe('Whether somebody has to look at it before it matches'),
  changes: z
    .array(z.object({ field: z.enum(reviewedFields), before: z.unknown(), after: z.unknown() }))
    .readonly()
    .describe('What is to be reviewed: all of a new list, what differs of a changed one'),
  createdAt: wallTime,
  updatedAt: wallTime,
});
