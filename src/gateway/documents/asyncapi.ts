import type { z } from 'zod';
import {
  authenticatedMessage,
  authMessage,
  droppedMessage,
  errorMessage,
  eventSchemas,
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
    },
    operations: {
      ask: operation('receive', 'events', Object.keys(fromClient)),
      tell: operation('send', 'events', Object.keys(fromServer)),
      knock: operation('receive', 'preview', ['auth']),
      show: operation('send', 'preview', ['chunk', 'error']),
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
