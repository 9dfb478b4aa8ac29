import type { z } from 'zod';
import {
  authenticatedMessage,
  authMessage,
  codedVideoMessage,
  droppedMessage,
  errorMessage,
  eventSchemas,
  missedMessage,
  replayedMessage,
  subscribedMessage,
  subscribeMessage,
} from '../schemas/messages.ts';
import { schemaOf } from './openapi.ts';

const fromClient = { auth: authMessage, subscribe: subscribeMessage };
const fromServer = {
  authenticated: authenticatedMessage,
  subscribed: subscribedMessage,
  replayed: replayedMessage,
  dropped: droppedMessage,
  error: errorMessage,
  alert: eventSchemas.alerts,
  detection: eventSchemas.detections,
  embedding: eventSchemas.embeddings,
  track: eventSchemas.tracks,
  camera: eventSchemas.status,
  arming: eventSchemas.arming,
  siteAlert: eventSchemas['site-alerts'],
};

/** The AsyncAPI 3.0 document of the sockets, made from the message schemas. */
export function asyncapiDocument(version: string): object {
  const messages: Record<string, object> = {};
  for (const [name, schema] of Object.entries(fromClient))
    messages[name] = message(schema, 'input');
  for (const [name, schema] of Object.entries(fromServer))
    messages[name] = message(schema, 'output');
  return {
    asyncapi: '3.0.0',
    info: {
      title: 'Nightglass events',
      version,
      description: 'Token in the subprotocol `nightglass.token.TOKEN` or in the first message.',
    },
    defaultContentType: 'application/json',
    channels: {
      events: { address: '/ws', messages },
      preview: {
        address: '/preview/{camera}',
        description: 'Binary messages: an MPEG-TS stream with MPEG-1 video',
        parameters: { camera: { description: 'Camera id' } },
        messages: {
          chunk: {
            contentType: 'video/mp2t',
            payload: { type: 'string', contentEncoding: 'binary' },
          },
          auth: message(authMessage, 'input'),
          error: message(errorMessage, 'output'),
        },
      },
      coded: {
        address: '/preview/{camera}/coded',
        description:
          'The video as the camera sends it, where it may be shown as it is: H.264 or H.265. A `video` message comes first; then each binary message is a picture in order of decoding, from a key picture on: one byte of flags (1: key picture), seven that mean nothing yet, its `capturedAt` as a little-endian 64-bit float, then its bytes',
        parameters: { camera: { description: 'Camera id' } },
        messages: {
          picture: {
            contentType: 'application/octet-stream',
            payload: { type: 'string', contentEncoding: 'binary' },
          },
          video: message(codedVideoMessage, 'output'),
          missed: message(missedMessage, 'output'),
          auth: message(authMessage, 'input'),
          error: message(errorMessage, 'output'),
        },
      },
    },
    operations: {
      ask: operation('receive', 'events', Object.keys(fromClient)),
      tell: operation('send', 'events', Object.keys(fromServer)),
      knock: operation('receive', 'preview', ['auth']),
      show: operation('send', 'preview', ['chunk', 'error']),
      knockForCoded: operation('receive', 'coded', ['auth']),
      passOn: operation('send', 'coded', ['video', 'picture', 'missed', 'error']),
    },
  };
}

function message(schema: z.ZodType, io: 'input' | 'output'): object {
  return { payload: schemaOf(schema, io) };
}

function operation(action: 'send' | 'receive', channel: string, names: readonly string[]): object {
  return {
    action,
    channel: { $ref: `#/channels/${channel}` },
    messages: names.map((name) => ({ $ref: `#/channels/${channel}/messages/${name}` })),
  };
}
