import { z } from 'zod';
import { motionSensitivities } from '../../domain/motion.ts';
import { weekdays } from '../../domain/schedule.ts';

const share = z.number().min(0).max(1);
const points = z
  .array(z.object({ x: share, y: share }))
  .readonly()
  .describe('Corners, in shares of the upright picture');
const minute = z.int().min(0).max(1440).describe('Minutes after midnight, local');

/** What a camera is set to: what of its picture counts, and when. */
export const cameraSceneSchema = z.object({
  motion: z
    .object({
      enabled: z.boolean(),
      sensitivity: z.enum(motionSensitivities),
      lookEvery: z.number().min(0).describe('A still picture is looked at so often, milliseconds'),
      rest: z
        .boolean()
        .describe('Whether pictures of a quiet scene stay undecoded but for one each lookEvery'),
      closer: z
        .int()
        .min(0)
        .describe('Parts of a picture that are looked at closer where something moves, at most'),
    })
    .describe('Whether faces are looked for only where something moves'),
  masks: z
    .array(
      z.union([
        z.object({ x: share, y: share, width: share, height: share }),
        z.object({ points }),
      ]),
    )
    .readonly()
    .describe('Blackened before anything sees the picture'),
  zones: z
    .array(
      z.object({
        name: z.string().nullable(),
        points,
        by: z.enum(['face', 'foot']).describe('What of a person must be in it'),
      }),
    )
    .readonly()
    .describe('Where faces count; none: everywhere'),
  faceSize: z
    .object({
      by: z.enum(['box', 'eyes']),
      smallest: z.number().min(0),
      largest: z.number().nullable(),
    })
    .nullable()
    .describe("Faces of other sizes are left out; pixels of the camera's picture"),
  schedule: z
    .object({
      timeZone: z.string(),
      times: z
        .array(z.object({ days: z.array(z.enum(weekdays)).readonly(), from: minute, to: minute }))
        .readonly(),
      connected: z.boolean().describe('Whether its stream is pulled at other times'),
    })
    .nullable()
    .describe('When it is analysed; null: always'),
});
