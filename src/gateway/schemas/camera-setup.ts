import { z } from 'zod';
import { cameraStatusSchema } from './camera.ts';
import { share } from './values.ts';

/** As the configuration has them: an id of a camera is a part of addresses and metrics. */
const cameraId = z
  .string()
  .regex(/^[a-z0-9][a-z0-9_-]{0,62}$/)
  .describe('Lower-case letters, digits, "-" or "_", at most 63');

const address = z.string().min(1).max(2000);

/** Loose: the configuration's own schema, which is strict, judges the settings after this one. */
export const cameraSetup = z
  .looseObject({
    name: z.string().min(1).max(100).optional(),
    url: address.describe('`rtsp://` or `rtsps://`, without credentials'),
    previewUrl: address.optional().describe('A smaller stream of the same camera'),
    transport: z.enum(['tcp', 'udp', 'http', 'multicast']).optional(),
    rotate: z.union([z.literal(0), z.literal(90), z.literal(180), z.literal(270)]).optional(),
    mirror: z.boolean().optional(),
  })
  .describe(
    'Settings as `cameras[]` of the configuration file has them, without `id`, `username`, `password` and `enabled`',
  );

export const cameraLogin = z
  .strictObject({ username: z.string().min(1).max(256), password: z.string().max(256) })
  .describe('Kept encrypted, and never answered');

export const newCameraBody = z.strictObject({
  id: cameraId,
  setup: cameraSetup,
  login: cameraLogin.optional(),
});

export const cameraChangeBody = z
  .strictObject({
    setup: cameraSetup.optional().describe('All settings, in place of those before'),
    login: cameraLogin.nullable().optional().describe('Null: the camera asks for none'),
  })
  .refine((body) => Object.keys(body).length > 0, { message: 'nothing to change' });

export const cameraTestBody = z.strictObject({
  id: cameraId,
  setup: cameraSetup,
  login: cameraLogin.nullable().optional().describe('Left out: the one that is kept'),
});

export const cameraSetupSchema = z.object({
  id: z.string(),
  source: z.enum(['file', 'stored']).describe('`file`: to look at, and to be changed there'),
  file: z.string().nullable().describe('Name of the file that holds its settings'),
  setup: z.looseObject({}).describe('Settings, without credentials'),
  hasLogin: z.boolean(),
  paused: z.boolean().describe('Paused, or switched off in the file'),
  status: cameraStatusSchema.nullable().describe('Null while it does not run'),
  problem: z.string().nullable().describe('Why it does not run though it is not paused'),
});

export const cameraTestSchema = z.object({
  ok: z.boolean().describe('True when there was a picture'),
  reason: z.object({ code: z.string(), message: z.string() }).nullable(),
  video: z
    .object({
      codec: z.string(),
      width: z.number(),
      height: z.number(),
      decoder: z.string().optional(),
    })
    .nullable(),
  stream: z
    .object({
      client: z.enum(['own', 'compatible']),
      transport: z.enum(['tcp', 'udp', 'http', 'multicast']),
      bytesPerSecond: z.number().min(0),
    })
    .nullable(),
  firstPictureMs: z.number().nullable().describe('From the first step to the first picture'),
  framesPerSecond: z.number().nullable(),
  picture: z
    .object({
      jpeg: z.string().describe('Base64'),
      width: z.number().describe('Of the picture as it is analysed'),
      height: z.number(),
    })
    .nullable(),
  faces: z
    .array(z.object({ x: share, y: share, width: share, height: share, score: share }))
    .nullable()
    .describe('In shares of the sides of the picture'),
});
