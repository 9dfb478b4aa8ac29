import { once } from 'node:events';
import { WebSocket } from 'ws';
import type { FuzzTarget } from './fuzz-target.ts';
import { FuzzedGateway } from './fuzzed-gateway.ts';

const messages = [
  { type: 'auth', token: 'x' },
  { type: 'subscribe', topics: ['alerts', 'detections'], cameras: ['gate'], watchlists: ['a'] },
  { type: 'subscribe', topics: ['alerts'], since: '2026-01-01T00:00:00Z' },
  { type: 'subscribe', topics: ['status', 'tracks', 'embeddings'], since: 1_700_000_000_000 },
];
const waitMs = 10_000;

/** Messages of a client to the event socket; the first byte chooses text or binary. */
export const socket: FuzzTarget = {
  name: 'socket',
  about: 'messages to the event socket',
  seeds: async () => messages.map((message) => Buffer.from(`t${JSON.stringify(message)}`)),
  async open() {
    const gateway = new FuzzedGateway();
    let client: WebSocket | undefined;
    return {
      async feed(input) {
        const address = await gateway.address();
        const url = `${address.replace('http', 'ws')}/ws`;
        if (client?.readyState !== WebSocket.OPEN || client.url !== url) {
          client?.terminate();
          client = new WebSocket(url, ['nightglass.v1']);
          client.on('error', () => undefined);
          await once(client, 'open', { signal: AbortSignal.timeout(waitMs) });
        }
        client.send(input.subarray(1), { binary: input[0] !== 0x74 });
        // The pong shows that the message before it was taken in; refusals close the socket.
        client.ping();
        const done = new AbortController();
        const patience = setTimeout(() => done.abort(new Error('no pong in time')), waitMs);
        const heard = ['pong', 'close'].map((event) =>
          once(client as WebSocket, event, { signal: done.signal }),
        );
        try {
          await Promise.race(heard);
        } finally {
          clearTimeout(patience);
          done.abort();
          await Promise.allSettled(heard);
        }
      },
      async [Symbol.asyncDispose]() {
        client?.terminate();
        await gateway[Symbol.asyncDispose]();
      },
    };
  },
};
