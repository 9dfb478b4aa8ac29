import { z } from 'zod';
import { footageBounds } from '../../domain/bounds.ts';
import { footagePictures, footageStates } from '../../domain/footage.ts';
import { box, id, matchScores, moment, qualityScore, share, wallTime } from './values.ts';

const seconds = z.number().min(0);
const count = z.int().min(0);
// Control characters are in no path that somebody means.
const path = z
  .string()
  .min(1)
  .max(4_000)
  .regex(/^[^\p{Cc}]+$/u)
  .describe('Absolute, below a folder of `footage.roots`');
const [least, most] = footageBounds.reason;

export const footageBody = z.strictObject({
  paths: z.array(path).min(1).max(footageBounds.paths).readonly().describe('Files and folders'),
  lists: z.array(id).min(1).max(50).readonly().describe('Watchlists whose uses name `footage`'),
  reason: z.string().trim().min(least).max(most).describe('Goes into the audit log'),
  beginsAt: moment
    .nullable()
    .default(null)
    .describe('When the first file begins; the others follow it. Null: nobody knows'),
  quick: z
    .boolean()
    .default(false)
    .describe(
      'Key pictures are looked at first: first results come early, then the whole is searched',
    ),
});

export const footageFolderQuery = z.object({
  path: path.optional().describe('Default: the folders of the configuration'),
});

export const footageFolderSchema = z.object({
  path: z.string().nullable(),
  parent: z.string().nullable(),
  entries: z.array(
    z.object({
      name: z.string(),
      path: z.string(),
      kind: z.enum(['folder', 'file']),
      bytes: z.number().nullable(),
    }),
  ),
  more: count.describe('Further entries, which are only counted'),
});

const progress = z.object({
  phase: z
    .enum(['reading', 'quick', 'searching'])
    .describe(
      '`reading`: files are opened and hashed; `quick`: key pictures are looked at, and `seconds` says how far that is',
    ),
  share: share.nullable().describe('Of the files that were read, while they are'),
  seconds,
  total: seconds.nullable(),
  speed: z.number().nullable().describe('Seconds of footage a second of work'),
  secondsLeft: seconds.nullable(),
});

const figures = z.object({
  seconds,
  frames: count.describe('Decoded'),
  looked: count.describe('In how many of them faces were looked for'),
  faces: count,
  keyframes: count.describe('Pictures that were compared'),
  tracks: count.describe('People who were followed and compared'),
  damaged: count.describe('Pictures that could not be decoded'),
  lost: count.describe('Faces that were too many at once'),
  mostFrames: count.describe('Frames in memory at once, at most'),
  beyond: count.optional().describe('Sightings that were one too many to be kept'),
});

export const footageJobSchema = z.object({
  id: z.string(),
  origin: z.enum(['command', 'program']).describe('Who does it'),
  state: z
    .enum(footageStates)
    .describe('`asked`: a second person must authorise it; `waiting`: for its turn'),
  reason: z.string(),
  quick: z.boolean().describe('Key pictures are looked at first'),
  lists: z.array(z.object({ id: z.string(), name: z.string() })).readonly(),
  askedBy: z.string(),
  decidedBy: z.string().nullable().describe('Who authorised or refused it'),
  beginsAt: wallTime.nullable(),
  startedAt: wallTime.describe('When it was asked for'),
  endedAt: wallTime.nullable(),
  files: count,
  bytes: z.number(),
  leftOut: count.describe('Files that could not be read, or not to their end'),
  total: seconds.nullable().describe('Of all files; null while one does not say'),
  seconds: seconds.describe('Of footage that were searched'),
  sightings: count,
  figures: figures.nullable(),
  failure: z.object({ code: z.string(), message: z.string() }).nullable(),
  progress: progress.nullable().describe('Null while it is not at work'),
});

export const footageJobDetailSchema = footageJobSchema.extend({
  fileList: z
    .array(
      z.object({
        path: z.string(),
        bytes: z.number(),
        sha256: z.string().nullable(),
        seconds: seconds.nullable().optional(),
        failure: z
          .string()
          .optional()
          .describe('Code of the error for which it was left out, from `position` on'),
        begins: wallTime.nullable(),
        position: z.object({ seconds, done: z.boolean() }),
      }),
    )
    .readonly(),
});

export const footageSightingSchema = z.object({
  id: z.string(),
  watchlistId: z.string(),
  watchlistName: z.string(),
  personId: z.string(),
  personName: z.string(),
  file: count.describe('Index in `fileList`'),
  at: z.number().describe('Seconds in the file: the pictured moment'),
  until: z.number().describe('Seconds in the file: when the person was last seen'),
  time: z.string().nullable().describe('ISO 8601; null where nobody said when the file begins'),
  scores: matchScores,
  threshold: z.number(),
  fpir: z.number(),
  quality: qualityScore,
  interEyeDistance: z.number(),
  place: box.nullable(),
  keyframes: count,
  enhancement: z.enum(['made', 'not_needed', 'no_model', 'failed']),
  trackId: z.string(),
  preliminary: z
    .literal(true)
    .optional()
    .describe('Found by the quick look, where the search itself has not been yet'),
});

export const footageSightingsQuery = z.object({
  after: z
    .string()
    .regex(/^\d{1,6}:-?\d{1,9}(\.\d{1,12})?:[0-9A-Za-z]{1,40}$/)
    .optional()
    .describe('`next` of the page before'),
  limit: z.coerce.number().int().min(1).max(footageBounds.page).default(footageBounds.page),
});

export const footageSightingsSchema = z.object({
  sightings: z.array(footageSightingSchema),
  next: z.string().nullable().describe('`after` of the next page; null on the last'),
});

export const footagePictureKind = z.enum(footagePictures);
