import { z } from 'zod';
import { mostCameras } from '../domain/bounds.ts';

const line = z.string().trim().min(1).max(300);
const text = z.string().trim().min(1).max(5000);
const contact = z.strictObject({ name: line, contact: line });

/** What a person has to say about a deployment; for reports, never acted on. */
export const deploymentConfig = {
  name: line.optional(),
  /** The site, as somebody would look for it. */
  place: line.optional(),
  /** Why faces are looked for there. */
  purpose: text.optional(),
  since: z.iso.date().optional(),
  /** Who answers for it: the controller in the terms of data protection. */
  operator: contact.optional(),
  dataProtectionOfficer: contact.optional(),
  /** Others who handle its data. */
  processors: z
    .array(contact.extend({ what: line }))
    .max(50)
    .default([]),
  /** People and what they do there, beside the tokens that the program knows. */
  staff: z
    .array(z.strictObject({ name: line, role: line, training: line.optional() }))
    .max(200)
    .default([]),
  /** How those who pass are told. */
  notice: text.optional(),
  /** How often recordings of it are looked over, and by whom. */
  oversight: text.optional(),
  /** What each camera is there for, by its id. */
  cameras: z
    .record(z.string().max(63), line)
    .refine((of) => Object.keys(of).length <= mostCameras, {
      error: `must name at most ${mostCameras} cameras`,
    })
    .default({}),
};
