import { z } from 'zod';
import { armingCauses, armingKinds } from '../../domain/arming.ts';
import { armingBounds } from '../../domain/arming-bounds.ts';
import { id } from './values.ts';

const kind = z.enum(armingKinds);

export const armingParams = z.object({ kind, id });

export const armingSchema = z
  .object({
    kind,
    id,
    armed: z
      .boolean()
      .describe('False: no face is compared with the watchlist, or none of the camera with any'),
    cause: z
      .enum(armingCauses)
      .describe('Somebody said so, its schedule, or nothing: then it is armed'),
    by: z.string().nullable().describe('Who ordered it; null where nobody did'),
    since: z.number().nullable().describe('Milliseconds since 1970; null where it never changed'),
    until: z
      .number()
      .nullable()
      .describe('When an order ends, or its schedule changes next; null for neither'),
    scheduled: z.boolean().describe('Whether it has a schedule'),
  })
  .describe('Whether a camera or a watchlist is armed');

export const armingBody = z
  .strictObject({
    armed: z.boolean(),
    minutes: z
      .int()
      .min(1)
      .max(armingBounds.longestMs / 60_000)
      .optional()
      .describe('For so long'),
    until: z.number().optional().describe('Until then, milliseconds since 1970'),
  })
  .refine(({ minutes, until }) => minutes === undefined || until === undefined, {
    error: 'must have "minutes" or "until", not both',
  });
