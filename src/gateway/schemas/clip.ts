import { z } from 'zod';
import { clipCodecs, clipCuts, clipReasons } from '../../domain/clip.ts';
import { box, wallTime } from './values.ts';

/** Whether an appearance has a clip, and why not. */
export const clipSchema = z
  .discriminatedUnion('state', [
    z.object({ state: z.literal('pending') }).describe('Still recorded or written'),
    z.object({
      state: z.literal('ready'),
      startedAt: wallTime.describe('Of its first picture'),
      duration: z.number().describe('Milliseconds'),
      bytes: z.int().min(0),
      sha256: z.string(),
      codec: z.enum(clipCodecs),
      lead: z
        .number()
        .describe('Milliseconds that it begins too early: it begins with a key picture'),
      cut: z.enum(clipCuts).nullable().describe('Why it is shorter than it was to be'),
    }),
    z.object({ state: z.literal('none'), reason: z.enum(clipReasons) }),
  ])
  .describe('The seconds around it as the camera sent them: `/api/alerts/{id}/clips/{appearance}`');

/** What was seen in a clip. */
export const clipFacesSchema = z.object({
  version: z.literal(1),
  startedAt: wallTime,
  duration: z.number().describe('Milliseconds'),
  pictures: z.array(z.number()).readonly().describe('When each picture is shown, milliseconds'),
  frames: z
    .array(
      z.object({
        time: z.number().describe('Milliseconds from the start'),
        capturedAt: wallTime
          .optional()
          .describe('By which alerts name the picture; not in clips of older versions'),
        faces: z
          .array(
            z.object({
              box: box.describe("In shares of the picture's width and height"),
              track: z.string().nullable(),
              subject: z.boolean().describe('The face that the alert is about'),
            }),
          )
          .readonly(),
      }),
    )
    .readonly()
    .describe('Analysed pictures; nothing is known of those between'),
});
