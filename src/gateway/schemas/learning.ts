import { z } from 'zod';
import { bestKinds } from '../../domain/alert.ts';
import { evidenceBounds, learningBounds } from '../../domain/bounds.ts';
import { id } from './values.ts';

const [least, most] = evidenceBounds.reason;

const counts = {
  alerts: z.int().min(0).describe('Confirmed ones'),
  pictures: z.int().min(0).describe('Recorded faces with them; an export leaves clear ones out'),
};
const moment = z.number().describe('Wall milliseconds');

export const learningSchema = z.object({
  policy: z.object({
    legalBasis: z.string(),
    retention: z.number().describe('Milliseconds; faces of older alerts are not taken'),
    perPerson: z.int().describe('Pictures of each person that an export holds, at most'),
    pictures: z.int().describe('Pictures that an export holds, at most'),
  }),
  poorFace: z.number().describe('Pixels between the eyes from which on a face is left out'),
  people: z.int().min(0),
  ...counts,
  excluded: z.int().min(0).describe('People'),
  lists: z
    .array(
      z.object({
        id: z.string(),
        name: z.string(),
        retentionDays: z.number().describe('How long its alerts are kept, with their pictures'),
        expiresAt: z.number().nullable(),
        people: z.int().min(0),
        ...counts,
      }),
    )
    .readonly()
    .describe('Those of the configuration that the caller may see'),
  cameras: z
    .array(z.object({ id: z.string(), ...counts }))
    .readonly()
    .describe('Those of the caller'),
  unknown: z
    .array(z.string())
    .readonly()
    .describe('Ids of the configuration that no list has; empty for who may not see all lists'),
  complete: z.boolean().describe('False: there are more alerts; these are the newest'),
});

const learningPerson = z.object({
  personId: z.string(),
  name: z.string(),
  watchlistId: z.string(),
  templateId: z.string().nullable().describe('An enrolled picture'),
  excluded: z.object({ at: moment, by: z.string() }).nullable(),
  ...counts,
  newest: moment.nullable(),
  until: moment.nullable().describe('When the last of these faces is taken no more'),
});

export const learningPeopleSchema = z.object({
  people: z.array(learningPerson).readonly(),
  next: z.string().nullable().describe('`after` of the next page'),
});

export const learningPeopleQuery = z.strictObject({
  after: id.optional().describe('Person id: the page starts after it'),
  limit: z.coerce.number().int().min(1).max(learningBounds.people).default(learningBounds.people),
});

export const learningPersonSchema = learningPerson.extend({
  samples: z
    .array(
      z.object({
        alertId: z.string(),
        cameraId: z.string(),
        createdAt: moment,
        takenUntil: moment.describe('Then they are taken no more'),
        keptUntil: moment.describe('Then the alert is deleted, its pictures with it'),
        kinds: z
          .array(z.enum(bestKinds))
          .readonly()
          .describe('Pictures: `GET /api/alerts/{id}/evidence/{kind}`'),
      }),
    )
    .readonly()
    .describe(`The newest ${learningBounds.shownAlerts}; \`alerts\` counts all`),
});

export const learningExportBody = z.strictObject({
  reason: z.string().trim().min(least).max(most).describe('Goes into the audit log'),
});
