import { request } from 'node:http';
import { afterEach } from 'node:test';
import { createGateway, type Gateway, type GatewayOptions } from '../../../src/gateway/gateway.ts';
import { FakeAccess } from './fake-access.ts';
import { FakeBackend } from './fake-backend.ts';

const landmarks = [1, 2, 3, 4, 5].map((n) => ({ x: n, y: n })) as never;
export const face = {
  box: { x: 10, y: 10, width: 40, height: 50 },
  landmarks,
  score: 0.9,
  trackId: 'track-1',
  quality: 55,
  verdict: 'accept' as const,
};
export function detection(cameraId = 'gate', sequence = 0) {
  return { cameraId, sequence, capturedAt: 1000, frameWidth: 640, frameHeight: 360, faces: [face] };
}
export function status(cameraId: string) {
  return { cameraId, state: 'live' as const, since: 1000, reconnects: 0 };
}
export function camera(id: string) {
  return { id, name: id, status: status(id), preview: true };
}

/** The gateway of the running test, closed after it. */
export let gateway: Gateway | undefined;
/** What stands behind it, fresh with every `open`. */
export let backend = new FakeBackend();

export async function open(options: Partial<GatewayOptions> = {}): Promise<string> {
  backend = new FakeBackend();
  backend.cameraViews = [camera('gate'), camera('yard')];
  gateway = await createGateway({
    host: '127.0.0.1',
    port: 0,
    openOnLoopback: true,
    backend,
    access: new FakeAccess(),
    version: '0.0.0',
    ...options,
  });
  return gateway.address;
}

/** An upgrade request by hand: the status line's code. */
export function upgradeStatus(
  address: string,
  path: string,
  headers: Record<string, string>,
): Promise<number> {
  return new Promise((resolve, reject) => {
    const asked = request(`${address}${path}`, {
      headers: {
        connection: 'Upgrade',
        upgrade: 'websocket',
        'sec-websocket-version': '13',
        'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==',
        ...headers,
      },
    });
    asked.once('response', (response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    });
    asked.once('upgrade', (_response, socket) => {
      socket.destroy();
      resolve(101);
    });
    asked.once('error', reject);
    asked.end();
  });
}

afterEach(async () => {
  await gateway?.close();
  gateway = undefined;
});
