import { z } from 'zod';
import { wallTime } from './values.ts';

export const cameraStatusSchema = z
  .object({
    cameraId: z.string(),
    state: z.enum([
      'connecting',
      'live',
      'stalled',
      'backoff',
      'unauthorized',
      'failed',
      'stopped',
    ]),
    since: wallTime,
    video: z
      .object({
        codec: z.string(),
        width: z.number(),
        height: z.number(),
        decoder: z.string().optional().describe('`software`, or the kind of device that decodes'),
      })
      .optional(),
    framesPerSecond: z.number().optional(),
    reason: z.object({ code: z.string(), message: z.string() }).optional(),
    retryAt: wallTime.optional(),
    reconnects: z.int().min(0),
  })
  .describe('Where a camera stands in its life');

export const cameraSchema = z.object({
  id: z.string(),
  name: z.string(),
  status: cameraStatusSchema,
  preview: z.boolean().describe('Whether live video can be had'),
});
