import { z } from 'zod';
import { cameraMotions, cameraStates } from '../../domain/camera-status.ts';
import { lookReasons } from '../../domain/motion.ts';
import { deviceEventStates } from '../../domain/onvif.ts';
import { streamNoteKinds } from '../../domain/stream-notes.ts';
import { cameraSceneSchema } from './camera-scene.ts';
import { wallTime } from './values.ts';

const heard = z
  .object({ active: z.boolean(), since: wallTime.describe('Of the last change') })
  .nullable()
  .describe('Null: it has said nothing of it');

const noteCounts = z.partialRecord(z.enum(streamNoteKinds), z.number().min(0));

export const cameraStatusSchema = z
  .object({
    cameraId: z.string(),
    state: z.enum(cameraStates),
    since: wallTime,
    video: z
      .object({
        codec: z.string(),
        width: z.number(),
        height: z.number(),
        decoder: z.string().optional().describe('`software`, or the kind of device that decodes'),
      })
      .optional(),
    stream: z
      .object({
        client: z
          .enum(['own', 'compatible'])
          .describe("`compatible`: FFmpeg's client, tried where ours gets no picture"),
        transport: z.enum(['tcp', 'udp', 'http', 'multicast']),
        bytesPerSecond: z.number().min(0),
        packetsPerSecond: z.number().min(0),
        notes: noteCounts.describe('What is odd, a second of each kind over the last few seconds'),
        noted: noteCounts.describe('The same since this stream began'),
      })
      .optional()
      .describe('How the stream comes, once that is agreed'),
    framesPerSecond: z.number().optional(),
    reason: z.object({ code: z.string(), message: z.string() }).optional(),
    retryAt: wallTime.optional(),
    reconnects: z.int().min(0),
    events: z
      .object({
        state: z.enum(deviceEventStates).describe('Whether its events are heard'),
        reason: z.object({ code: z.string(), message: z.string() }).nullable(),
        motion: heard,
        tamper: heard,
      })
      .optional()
      .describe('What the camera says by ONVIF, where `onvif.events` chooses that'),
  })
  .describe('Where a camera stands in its life');

export const cameraSchema = z.object({
  id: z.string(),
  name: z.string(),
  status: cameraStatusSchema,
  motion: z
    .enum(cameraMotions)
    .describe('Whether something moved a moment ago; `unwatched`: it has not been asked'),
  preview: z.boolean().describe('Whether live video can be had'),
});

const counts = z.record(z.string(), z.int().min(0));

export const cameraDetailSchema = cameraSchema.extend({
  tracksActive: z.int().min(0).describe('Faces in view now'),
  recent: z
    .object({
      seconds: z.number().describe('Length of the window'),
      frames: z.int().min(0).describe('Frames that were analysed'),
      faces: z.int().min(0),
      looks: z
        .partialRecord(z.enum(lookReasons), z.int().min(0))
        .describe('Pictures by why faces were looked for in them; `still`: they were not'),
      keyframes: z.int().min(0).describe('Face images chosen for matching'),
      rejected: counts.describe(
        'Faces not used, by quality component, `zone`, `too_small`, `too_large`, or `busy`',
      ),
      quality: z
        .array(z.int().min(0))
        .length(10)
        .readonly()
        .describe('Faces by unified quality, in bins of ten points'),
    })
    .describe('The last minutes'),
  scene: cameraSceneSchema.describe('Where, when and for what it looks'),
  framesMade: z.int().min(0).describe('Since the start'),
  framesDropped: counts.describe('Since the start, by reason; `rate` is thinning out by choice'),
});
