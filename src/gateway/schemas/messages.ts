import { z } from 'zod';
import { type Topic, topics } from '../../domain/topics.ts';
import { armingSchema } from './arming.ts';
import { cameraStatusSchema } from './camera.ts';
import { alertData, detectionData, embeddingData, trackData } from './observation.ts';
import { siteAlertData } from './site-alert.ts';
import { id } from './values.ts';

export const authMessage = z
  .strictObject({ type: z.literal('auth'), token: z.string().min(1).max(512) })
  .describe('First message of a client that gave no token in the subprotocol');

export const subscribeMessage = z
  .strictObject({
    type: z.literal('subscribe'),
    topics: z.array(z.enum(topics)).max(topics.length),
    cameras: z
      .array(z.union([z.literal('*'), id]))
      .min(1)
      .max(1000)
      .default(['*']),
    since: id.optional().describe('Id of the last alert seen: those after it are sent first'),
  })
  .describe('Replaces what was subscribed before');

export const clientMessage = z.discriminatedUnion('type', [authMessage, subscribeMessage]);

export const authenticatedMessage = z.object({
  type: z.literal('authenticated'),
  name: z.string(),
  role: z.string(),
});

export const subscribedMessage = z.object({
  type: z.literal('subscribed'),
  topics: z.array(z.enum(topics)),
  cameras: z.array(z.string()),
  since: z.string().nullable(),
});

export const replayedMessage = z
  .object({ type: z.literal('replayed'), count: z.int().min(0) })
  .describe('All stored alerts after `since` were sent; what follows is live');

export const droppedMessage = z
  .object({ type: z.literal('dropped'), topic: z.enum(topics), count: z.int().min(1) })
  .describe('Events that this client was too slow for');

export const codedVideoMessage = z
  .object({
    type: z.literal('video'),
    codec: z.string().describe('As WebCodecs names it; pictures are an Annex B byte stream'),
    width: z.int().describe('Of the picture as it is shown: turned, with square pixels'),
    height: z.int(),
    rotate: z.literal([0, 90, 180, 270]).describe('Clockwise, before it is mirrored'),
    mirror: z.boolean(),
  })
  .describe('How the pictures that follow are coded, and how they are to be shown');

export const missedMessage = z
  .object({ type: z.literal('missed'), count: z.int().min(1) })
  .describe('Pictures that this viewer was too slow for; the next one is a key picture');

export const errorMessage = z.object({
  type: z.literal('error'),
  code: z.string(),
  message: z.string(),
});

/** An event in the CloudEvents 1.0 JSON form. */
function cloudEvent<T extends string, D extends z.ZodType>(type: T, data: D) {
  return z.object({
    specversion: z.literal('1.0'),
    id: z.string(),
    source: z.string(),
    type: z.literal(type),
    subject: z.string(),
    time: z.iso.datetime(),
    datacontenttype: z.literal('application/json'),
    data,
  });
}

/** Events by topic, with their CloudEvents type. */
export const eventSchemas = {
  alerts: cloudEvent('nightglass.alert.v1', alertData),
  detections: cloudEvent('nightglass.detection.v1', detectionData),
  embeddings: cloudEvent('nightglass.embedding.v1', embeddingData),
  tracks: cloudEvent('nightglass.track.v1', trackData),
  status: cloudEvent('nightglass.camera.v1', cameraStatusSchema),
  arming: cloudEvent('nightglass.arming.v1', armingSchema),
  'site-alerts': cloudEvent('nightglass.site-alert.v1', siteAlertData),
} as const satisfies Record<Topic, z.ZodType>;

export type CloudEvent<T extends Topic = Topic> = z.infer<(typeof eventSchemas)[T]>;
