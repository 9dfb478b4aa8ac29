import { z } from 'zod';
import { noiseProfile } from '../../domain/bounds.ts';

export const profileSwitch = z.strictObject({
  running: z.boolean().describe('true: measure; false: end the measurement without a profile'),
  seconds: z
    .int()
    .min(noiseProfile.seconds.least)
    .max(noiseProfile.seconds.most)
    .optional()
    .describe(`How much of it is measured; default ${noiseProfile.seconds.default}`),
  file: z
    .string()
    .min(1)
    .max(4_096)
    .optional()
    .describe('A recording of the camera below the footage roots; default: its live pictures'),
});

/** The profile as `nightglass cameras profile --json` writes it and `training.adapt` takes it. */
export const noiseProfileSchema = z.object({
  version: z.literal(1),
  source: z.string(),
  measuredAt: z.string(),
  seconds: z.number(),
  video: z.object({ width: z.int(), height: z.int() }),
  noise: z
    .object({
      shot: z.number(),
      read: z.number(),
      column: z.number(),
      row: z.number(),
      rowNoise: z.number(),
      pixel: z.number(),
      hot: z.number().describe('Share of pixels'),
      grain: z.number().describe('Pixels; 0: white'),
    })
    .describe('For pictures of 0..1: variance = shot^2 * level + read^2; deviations of the rest'),
  blur: z.number().nullable().describe('Deviation of a Gaussian, pixels'),
  infrared: z.boolean(),
  colour: z.number().describe('Mean difference of the channels, grey values'),
  grid: z.object({ side: z.literal([4, 8, 16]), strength: z.number() }).nullable(),
  quantiser: z.number().nullable().describe('Of H.264, 0 to 51; of files alone'),
  bitsPerPixel: z.number().nullable(),
  frameRate: z.object({ mean: z.number(), jitterMs: z.number(), missing: z.number() }),
  measured: z
    .object({
      width: z.int(),
      height: z.int(),
      pictures: z.int(),
      moved: z.number(),
      transfer: z.object({
        gain: z.number(),
        read: z.number(),
        points: z
          .array(z.object({ level: z.number(), variance: z.number(), tiles: z.int() }))
          .readonly(),
      }),
      rowNoise: z.number(),
      alike: z.object({ right: z.number(), below: z.number() }),
      fixed: z.object({
        column: z.number(),
        row: z.number(),
        pixel: z.number(),
        hot: z.array(z.object({ x: z.int(), y: z.int(), above: z.number() })).readonly(),
        hotShare: z.number(),
      }),
      blur: z.number().nullable(),
    })
    .describe('In grey values of 0 to 255'),
});

export const profileReportSchema = z
  .object({
    cameraId: z.string(),
    running: z
      .object({
        startedAt: z.number().describe('Milliseconds'),
        seconds: z.number(),
        fromFile: z.boolean(),
        share: z.number().describe('Of the pictures, 0 to 1'),
      })
      .nullable(),
    failure: z
      .object({ code: z.string(), message: z.string(), at: z.number() })
      .nullable()
      .describe('Why the last measurement gave no profile'),
    kept: z
      .array(z.object({ at: z.number(), profile: noiseProfileSchema }))
      .readonly()
      .describe('The last profiles, newest first'),
  })
  .describe("A camera's own noise, pattern and blur, measured from parts where nothing moves");
