import { z } from 'zod';
import { evidenceBounds } from '../../domain/bounds.ts';
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
