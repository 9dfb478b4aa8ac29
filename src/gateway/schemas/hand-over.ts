import { z } from 'zod';
import { handOverBounds, openAlertStates } from '../../domain/hand-over.ts';
import { shownAlert } from './alert.ts';
import { wallTime } from './values.ts';

const counts = z.object({
  alerts: z.object(
    Object.fromEntries(openAlertStates.map((state) => [state, z.int().min(0)])) as Record<
      (typeof openAlertStates)[number],
      z.ZodInt
    >,
  ),
  notes: z.int().min(0),
  outages: z.int().min(0),
});

export const handOverSchema = z
  .object({
    id: z.int().min(1),
    since: wallTime.nullable().describe('When the shift before was handed over'),
    at: wallTime,
    outgoing: z.string().describe('Who left, and signed'),
    note: z.string(),
    counts: counts.describe(
      'Of what the one who left could see; without notes that one of two reviewers is not to see yet',
    ),
    incoming: z.string().nullable().describe('Who came, and signed; null until then'),
    takenAt: wallTime.nullable(),
  })
  .describe('The hand-over of a shift');

export const handOverBody = z.strictObject({
  note: z.string().trim().max(handOverBounds.note).default(''),
});

export const shiftSummary = z.object({
  since: wallTime.describe('When the shift before was handed over; a day ago for the first'),
  alerts: z.array(shownAlert).readonly().describe('Undecided ones, at most 100'),
  notes: z
    .array(z.object({ alertId: z.string(), author: z.string(), text: z.string(), at: wallTime }))
    .readonly(),
  outages: z
    .array(
      z.object({
        cameraId: z.string(),
        code: z.string(),
        message: z.string(),
        since: wallTime,
        endedAt: wallTime.nullable(),
      }),
    )
    .readonly()
    .describe('Cameras that were not as they should be'),
  counts,
  waiting: handOverSchema
    .nullable()
    .describe(
      'Signed by who leaves, and not taken over yet; null for a token limited to cameras or watchlists',
    ),
});

export const handOverList = z.object({
  handOvers: z.array(handOverSchema).readonly(),
  next: z.int().nullable().describe('`before` of the next page'),
});
