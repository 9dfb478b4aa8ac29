import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { NightglassClient } from '../../../src/client/nightglass-client.ts';

describe('logout of the client', () => {
  it('gives up what has no answer yet before the session ends, and can ask again', async () => {
    const order: string[] = [];
    const ask = (address: string, { signal }: { signal: AbortSignal }) => {
      const { pathname } = new URL(address);
      if (pathname !== '/api/alerts') {
        order.push(pathname);
        return Promise.resolve(Response.json({ csrf: 'secret' }));
      }
      return new Promise((_, reject) => {
        signal.addEventListener('abort', () => {
          order.push('given up');
          reject(signal.reason);
        });
      });
    };
    const client = new NightglassClient({
      address: 'http://gateway',
      fetch: ask as unknown as typeof globalThis.fetch,
    });
    const asked = assert.rejects(client.alerts({}), { code: 'UNREACHABLE' });
    await client.logout();
    await asked;
    await client.session();
    assert.deepEqual(order, ['given up', '/api/logout', '/api/session']);
  });
});
