import { z } from 'zod';
import { driftBounds } from '../../domain/bounds.ts';
import { driftMeasures } from '../../domain/drift/drift-measure.ts';
import { driftTimes } from '../../domain/drift/judge-measure.ts';

const day = z.iso.date();
const { least, most, default: usual } = driftBounds.weeks;

export const driftQuery = z.strictObject({
  weeks: z.coerce
    .number()
    .int()
    .min(least)
    .max(most)
    .optional()
    .describe(`Weeks that are shown, the present one among them; default ${usual}`),
});

export const driftReferenceBody = z.strictObject({
  from: day.optional().describe('First day that the camera is compared with; default today'),
  note: z.string().max(driftBounds.note).optional().describe('Why: moved, another lens'),
});

const measure = z
  .enum(driftMeasures)
  .describe(
    'sharpness, underExposure, overExposure and recognisability as the components of quality, quality and compression 0 to 100, noise and brightness in grey levels, interEyeDistance in pixels, yaw and pitch in degrees without sign, frameRate a second, scores as cosines',
  );

const levelSchema = z.object({
  median: z.number(),
  count: z.int().describe('Faces, minutes, people or alerts'),
  days: z.int(),
});

export const driftReportSchema = z
  .object({
    cameraId: z.string(),
    judgedTo: day.describe('The last day that was judged'),
    reference: z
      .object({
        from: day,
        at: z.number().describe('Milliseconds'),
        by: z.string(),
        note: z.string(),
      })
      .nullable()
      .describe('From when on it is compared by the word of an operator'),
    changes: z
      .array(
        z.object({
          measure,
          direction: z.enum(['down', 'up']),
          isWorse: z.boolean().describe('For the worse, or another view'),
          time: z.enum(driftTimes).describe("By day (6 to 18 o'clock), by night, or both"),
          since: day.describe('The first day of it'),
          foundOn: day.describe('The day with which it was found'),
          before: levelSchema.describe('Over the days that it was compared with'),
          after: levelSchema.describe('Since'),
        }),
      )
      .readonly()
      .describe('What has changed and stands so, what matters most first'),
    measures: z
      .array(
        z.object({
          measure,
          compared: z.int().describe('Days that could be compared with usual ones; 0: not yet'),
          weeks: z
            .array(
              z.object({
                from: day.describe('A Monday'),
                count: z.int(),
                low: z.number().describe('A quarter lay below'),
                median: z.number(),
                high: z.number().describe('A quarter lay above'),
              }),
            )
            .readonly(),
        }),
      )
      .readonly(),
  })
  .describe('What the pictures of a camera were like over weeks, and what changed');
