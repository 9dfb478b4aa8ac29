import { z } from 'zod';
import { alertOutcomes } from '../../domain/alert-outcome.ts';
import { id, moment, wallTime } from './values.ts';

const verdicts = {
  confirmed: z.int().min(0),
  dismissed: z.int().min(0),
  open: z.int().min(0),
};

const outcomes = z.record(z.enum(alertOutcomes), z.int().min(0));

export const statisticsQuery = z.strictObject({
  from: moment
    .optional()
    .describe('Alerts created at or after: milliseconds or ISO 8601; default 30 days before `to`'),
  to: moment.optional().describe('And before: milliseconds or ISO 8601; default: now'),
  camera: id.optional(),
  watchlist: id.optional(),
});

export const statisticsSchema = z
  .object({
    from: wallTime,
    to: wallTime,
    total: z.object(verdicts),
    byCamera: z.array(z.object({ cameraId: z.string(), ...verdicts })),
    byWatchlist: z.array(
      z.object({
        watchlistId: z.string(),
        watchlistName: z.string().describe('Its id when the list is gone'),
        deleted: z.boolean().describe('True when the list is gone; its alerts stay'),
        ...verdicts,
      }),
    ),
    byQuality: z.array(
      z.object({
        band: z.enum(['good', 'fair', 'poor']),
        from: z.number().describe('Unified quality, included'),
        to: z.number(),
        ...verdicts,
      }),
    ),
    scores: z
      .array(z.object({ from: z.number(), to: z.number(), ...verdicts }))
      .describe('Fused score in bins of 0.05, without gaps'),
    outcomes: z
      .object({
        total: outcomes,
        byCamera: z.array(z.object({ cameraId: z.string(), counts: outcomes })).readonly(),
        byWatchlist: z.array(z.object({ watchlistId: z.string(), counts: outcomes })).readonly(),
      })
      .describe('What came of confirmed alerts, by the last that was said of each'),
    suggestions: z
      .array(
        z.object({
          watchlistId: z.string(),
          watchlistName: z.string(),
          threshold: z.number().describe('The present one'),
          suggested: z.number(),
          direction: z.enum(['raise', 'lower']),
          why: z.string(),
          samples: z.int().describe('Decided alerts that it rests on'),
          confirmed: z.int(),
          dismissed: z.int(),
          spares: z.int().describe('Dismissed alerts that the suggested one would not have raised'),
          loses: z.int().describe('Confirmed alerts that it would not have raised either'),
        }),
      )
      .describe('Only where 30 alerts and more were decided; nobody but a person changes a list'),
  })
  .describe('What people made of the alerts; open ones that two people judge count only in sums');
