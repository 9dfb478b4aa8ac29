import { z } from 'zod';

export const calibrationQuery = z.strictObject({
  hours: z.coerce
    .number()
    .gt(0)
    .max(2160)
    .optional()
    .describe('How far to look back, at most 90 days; default 168'),
  fpir: z.coerce
    .number()
    .gt(0)
    .lt(1)
    .optional()
    .describe("Rate that thresholds are asked for; default: each list's own"),
});

const point = z.object({
  threshold: z.number(),
  falsePositives: z.int().describe('Strangers whose best score reached it'),
  fpir: z.number(),
  interval: z.tuple([z.number(), z.number()]).readonly().describe('Of that share, 95 %, binomial'),
});

export const calibrationSwitch = z.strictObject({
  counting: z
    .boolean()
    .describe('true: from nothing, what was counted is deleted; false: stop, and keep it'),
});

export const calibrationSchema = z
  .object({
    cameraId: z.string(),
    hours: z.number(),
    model: z.string().nullable().describe('Embedding space; null before anything was counted'),
    counting: z.boolean().describe('False after somebody stopped it'),
    startedAt: z
      .number()
      .nullable()
      .describe('Milliseconds; null where it counts since the camera is there'),
    stoppedAt: z.number().nullable(),
    lists: z.array(
      z.object({
        watchlistId: z.string(),
        watchlistName: z.string(),
        fpir: z.number().describe('The rate asked for'),
        present: z.number().nullable().describe('Threshold in force; null where it matches nobody'),
        strangers: z.int().describe('Tracks that raised no alert, and alerts that were dismissed'),
        needed: z.int().describe('Strangers that `careful` needs at least'),
        point: point.nullable().describe('The lowest threshold with that rate'),
        careful: point.nullable().describe('The lowest one whose interval lies below that rate'),
        bins: z
          .array(z.object({ from: z.number(), count: z.int() }))
          .readonly()
          .describe('Best score of each stranger, in bins of 0.005; empty ones are left out'),
      }),
    ),
  })
  .describe(
    'How like enrolled people the strangers of a camera look: counts of scores, nothing else',
  );
