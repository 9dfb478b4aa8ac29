import { z } from 'zod';
import { alertStates } from '../../domain/alert.ts';
import { evidenceBounds, subjectBounds } from '../../domain/bounds.ts';
import { staffNamings, subjectLaws, subjectWithheldReasons } from '../../domain/subject-access.ts';
import { id } from './values.ts';

const [least, most] = evidenceBounds.reason;
const [leastWhy, mostWhy] = subjectBounds.why;

/** Whose data is meant, and which part of it. */
const chosen = {
  people: z
    .array(id)
    .min(1)
    .max(subjectBounds.people)
    .readonly()
    .describe('Enrolments of the one person who asks'),
  confirmed: z
    .array(id)
    .max(subjectBounds.confirmed)
    .default([])
    .readonly()
    .describe('Alerts and sightings that show the person, as whoever asks says'),
  clips: z.boolean().default(true),
  after: z.string().max(100).optional().describe('`next` of the part before'),
};

export const subjectPreviewBody = z.strictObject(chosen);

export const subjectBody = z.strictObject({
  ...chosen,
  part: z.int().min(1).max(subjectBounds.parts).default(1).describe('Its number, written on it'),
  reason: z
    .string()
    .trim()
    .min(least)
    .max(most)
    .describe('Goes into the audit log; the person reads it'),
  law: z.enum(subjectLaws).default('gdpr').describe('GDPR article 15, LED article 14'),
  staff: z
    .enum(staffNamings)
    .default('numbered')
    .describe('`numbered`: who dealt with it is "reviewer 1" and so on'),
  templates: z
    .boolean()
    .default(true)
    .describe('Numbers of templates, where the caller may read embeddings; else their hashes'),
  withhold: z
    .array(
      z.strictObject({
        what: z.string().min(1).max(subjectBounds.what),
        why: z.string().trim().min(leastWhy).max(mostWhy).describe('The person reads it'),
      }),
    )
    .max(subjectBounds.withheld)
    .default([])
    .readonly(),
});

const shownBy = z.enum(['verdict', 'confirmed', 'nobody']);

export const subjectPreviewSchema = z.object({
  totals: z.object({
    ...{ people: z.int(), alerts: z.int(), sightings: z.int() },
    siteAlerts: z.int().describe('Of sites of this centre'),
  }),
  parts: z.int().describe('That are left, this one included'),
  next: z.string().nullable(),
  people: z
    .array(
      z.object({
        ...{ id: z.string(), name: z.string(), list: z.string() },
        ...{ templates: z.int(), lookAlikes: z.int() },
      }),
    )
    .readonly(),
  alerts: z
    .array(
      z.object({
        id: z.string(),
        at: z.string(),
        cameras: z.array(z.string()).readonly(),
        state: z.enum(alertStates).nullable().describe('Null while the caller is to judge it'),
        shownBy: shownBy.describe('Who says that it shows the person; without, no picture leaves'),
        isOfAnother: z.boolean().describe('Somebody said that it is somebody else'),
        pictures: z.int().describe('In this part'),
        clips: z.int().describe('In this part'),
      }),
    )
    .readonly(),
  sightings: z
    .array(
      z.object({
        ...{ id: z.string(), search: z.string(), secondsInFile: z.number() },
        ...{ shownBy: z.enum(['confirmed', 'nobody']), pictures: z.int() },
      }),
    )
    .readonly(),
  siteAlerts: z
    .array(z.object({ id: z.string(), at: z.string(), state: z.enum(alertStates) }))
    .readonly()
    .describe('Of sites, by `SITE.ID`: without pictures, which the site gives'),
  texts: z
    .array(z.object({ what: z.string(), text: z.string() }))
    .readonly()
    .describe('What people wrote, by the place that `withhold` names'),
  withheld: z
    .array(z.object({ what: z.string(), reason: z.enum(subjectWithheldReasons) }))
    .readonly()
    .describe('What is left out of this part, as far as that is known before it is made'),
});
