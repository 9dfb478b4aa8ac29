import { z } from 'zod';
import { evidenceBounds } from '../../domain/bounds.ts';
import { caseSteps, withheldReasons } from '../../domain/case-progress.ts';
import { id } from './values.ts';

const [least, most] = evidenceBounds.reason;

const searchChoice = z.union([
  z.strictObject({
    search: id,
    sightings: z.array(id).min(1).max(evidenceBounds.sightings).readonly(),
  }),
  z.strictObject({ search: id, person: id.describe('All sightings of this person') }),
]);

export const evidenceBody = z
  .object({
    alerts: z.array(id).max(evidenceBounds.alerts).default([]).readonly(),
    footage: z
      .array(searchChoice)
      .max(evidenceBounds.searches)
      .default([])
      .readonly()
      .describe('What searches of recorded footage found; 100 sightings in all'),
    reason: z.string().trim().min(least).max(most).describe('Goes into the audit log'),
    clips: z.boolean().default(false).describe('With the clip of each appearance and sighting'),
    faces: z
      .enum(['blurred', 'shown'])
      .default('blurred')
      .describe('Faces of people whom the case is not about; `shown` is for admins'),
  })
  .refine(({ alerts, footage }) => alerts.length + footage.length > 0, {
    message: 'nothing to export: name alerts or footage',
  });

/** An export that is made while somebody looks on. */
export const exportJobSchema = z.object({
  id: z.string(),
  progress: z.discriminatedUnion('state', [
    z.object({
      state: z.literal('running'),
      step: z.enum(caseSteps).describe('`clips`: faces are hidden in them'),
      done: z.int().min(0).describe('Alerts or clips of the step that are done'),
      total: z.int().min(0),
      share: z.number().min(0).max(1).describe('Of the step, what is under way included'),
      secondsLeft: z.number().nullable().describe('For the rest of the step; null: not known yet'),
    }),
    z.object({
      state: z.literal('ready'),
      caseId: z.string(),
      withheld: z
        .array(z.object({ path: z.string(), reason: z.enum(withheldReasons) }))
        .readonly()
        .describe('What is not in the case, and why'),
      next: z
        .string()
        .nullable()
        .optional()
        .describe("Of a person's data: `after` of the next part; null: this was the last one"),
    }),
    z.object({
      state: z.literal('failed'),
      error: z.object({ code: z.string(), message: z.string(), hint: z.string().optional() }),
    }),
  ]),
});
