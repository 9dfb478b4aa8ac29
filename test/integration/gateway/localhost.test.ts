import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { networkInterfaces } from 'node:os';
import { describe, it, type TestContext } from 'node:test';
import { createGateway } from '../../../src/gateway/gateway.ts';
import { listenToo } from '../../../src/gateway/http/listen.ts';
import { EventSocket } from '../../support/gateway/event-socket.ts';
import { FakeAccess } from '../../support/gateway/fake-access.ts';
import { MemoryServices } from '../../support/gateway/memory-services.ts';

const second = Object.values(networkInterfaces())
  .flat()
  .some((face) => face?.address === '::1')
  ? '[::1]'
  : undefined;

async function open(t: TestContext) {
  const gateway = await createGateway({
    host: 'localhost',
    port: 0,
    services: new MemoryServices(),
    access: new FakeAccess({ desk: { role: 'operator' } }),
    version: '0.0.0',
    limits: { maxStrangers: 8, maxStrangersPerAddress: 8 },
  });
  t.after(() => gateway.close());
  return { gateway, port: Number(new URL(gateway.address).port) };
}

async function silent(host: string, port: number): Promise<Socket> {
  const socket = connect({ host, port });
  socket.on('error', () => undefined);
  await once(socket, 'connect');
  return socket;
}

describe('host: localhost', { timeout: 60_000 }, () => {
  it('has one pool: strangers at one address make room for those at the other', async (t) => {
    const { port } = await open(t);
    if (second === undefined) return t.skip('this machine has no ::1');
    const held: Socket[] = [];
    t.after(() => {
      for (const socket of held) socket.destroy();
    });
    for (let n = 0; n < 30; n += 1)
      held.push(await silent(n % 2 === 0 ? '127.0.0.1' : '::1', port));
    for (let waited = 0; waited < 500; waited += 1) {
      if (held.filter(({ closed }) => !closed).length <= 8) break;
      for (const socket of held) socket.resume();
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    assert.equal(held.filter(({ closed }) => !closed).length, 8);
    for (const host of ['127.0.0.1', second]) {
      const operator = await EventSocket.open(`http://${host}:${port}/ws`, { token: 'desk' });
      assert.equal((await operator.next()).type, 'authenticated');
      await operator.close();
    }
  });

  it('answers at all its addresses, and stops at all of them', async (t) => {
    const { gateway, port } = await open(t);
    const hosts = ['127.0.0.1', ...(second === undefined ? [] : [second])];
    for (const host of hosts) {
      const answer = await fetch(`http://${host}:${port}/healthz`);
      assert.notEqual(answer.status, 404);
      await answer.text();
    }
    await gateway.close();
    for (const host of hosts) await assert.rejects(fetch(`http://${host}:${port}/healthz`));
  });

  it('does without an address that cannot be had, and says so', async (t) => {
    const { port } = await open(t);
    const lines: object[] = [];
    const server = { address: () => ({ port, address: '', family: 'IPv4' }), emit: () => true };
    const log = { warn: (details: object) => void lines.push(details) };
    const stop = await listenToo(server, ['127.0.0.1'], log);
    assert.equal(lines.length, 1);
    stop();
  });
});
