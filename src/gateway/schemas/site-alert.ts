import { z } from 'zod';
import { alertStates } from '../../domain/alert.ts';
import { siteIdPattern } from '../../domain/federation.ts';
import { sitePictureKinds } from '../../domain/site-alert.ts';
import { reviewRecord } from './alert.ts';
import { id, matchScores, qualityScore, wallTime } from './values.ts';

export const siteId = z.string().regex(siteIdPattern).describe('Id of a site');

export const sitePictureKind = z
  .union([
    z.enum(sitePictureKinds),
    z.templateLiteral(['sighting-', z.int().min(1).max(999), z.enum(['-face', '-enhanced'])]),
  ])
  .describe('`enhanced` ones are made by a machine');

const blind = 'null while somebody at the site is to judge without it';

export const siteAlertSchema = z
  .object({
    site: siteId,
    id,
    revision: z.int().min(0),
    state: z.enum(alertStates).describe('As the site judged it'),
    ownList: z.boolean().describe("Whether its list is the site's own"),
    watchlistId: z.string(),
    watchlistName: z.string(),
    personId: z.string(),
    personName: z.string().describe('Empty once the person was deleted'),
    templateId: z.string(),
    cameraId: z.string().describe('Of the site'),
    capturedAt: wallTime.describe("By the site's clock"),
    createdAt: wallTime.describe("By the site's clock"),
    updatedAt: wallTime.describe("By the site's clock"),
    receivedAt: wallTime.describe("When it came first, by this centre's clock"),
    late: z.boolean().describe('Whether it came more than a minute after it was raised'),
    scores: matchScores.nullable().describe(blind),
    threshold: z.number().nullable().describe(blind),
    quality: qualityScore.nullable().describe(blind),
    still: z.boolean().describe('Whether it is marked as a face that keeps its place'),
    sightings: z
      .array(
        z.object({
          number: z.int().min(1),
          cameraId: z.string(),
          capturedAt: wallTime,
          score: z.number().nullable().describe(blind),
          quality: qualityScore.nullable().describe(blind),
        }),
      )
      .readonly(),
    reviews: z
      .array(reviewRecord)
      .readonly()
      .describe('At the site, oldest first; none while a second verdict is awaited there'),
    pictures: z.array(sitePictureKind).readonly().describe('Those that are here'),
  })
  .describe('An alert of a site, which owns it: it is judged and deleted there');

export const siteAlertData = siteAlertSchema
  .extend({
    change: z
      .enum(['received', 'changed', 'pictured', 'gone'])
      .describe('`pictured`: a picture of it came; `gone`: deleted at the site, and here'),
    picture: sitePictureKind.nullable().describe('The one that came; null for all else'),
  })
  .describe('An alert of a site as it is now; left out for a client that is slow');

export const siteAlertsSchema = z.object({
  alerts: z.array(siteAlertSchema).readonly(),
  next: z.string().nullable().describe('`before` of the next page; null on the last'),
});

export const siteAlertQuery = z.strictObject({
  site: siteId.optional(),
  watchlist: id.optional(),
  state: z
    .string()
    .transform((states) => states.split(','))
    .pipe(z.array(z.enum(alertStates)))
    .optional()
    .describe('One or more, comma-separated'),
  before: z.string().max(64).optional().describe('`next` of the page before'),
  limit: z.coerce.number().int().min(1).max(200).default(50),
});
