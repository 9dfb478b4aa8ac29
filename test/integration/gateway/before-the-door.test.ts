import assert from 'node:assert/strict';
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { WebSocket } from 'ws';
import { EventSocket } from '../../support/gateway/event-socket.ts';
import { FakeAccess } from '../../support/gateway/fake-access.ts';
import type { LoadOrder, LoadReport } from '../../support/gateway/load-server.ts';
import { openGateway } from '../../support/gateway/open-gateway.ts';
import { SilentSocket } from '../../support/gateway/silent-socket.ts';
import { upgradeStatus } from '../../support/gateway/upgrade-status.ts';

const operators = Array.from({ length: 10 }, (_, n) => `desk-${n}`);
const server = join(import.meta.dirname, '..', '..', 'support', 'gateway', 'load-server.ts');

describe('sockets that do not say who they are', () => {
  it('do not keep an operator out, however many there are, at events or previews', async (t) => {
    const access = new FakeAccess({ desk: { role: 'operator' } });
    const limits = { maxClients: 4, maxPreviews: 4, maxStrangers: 8, maxStrangersPerAddress: 8 };
    const { address } = await openGateway(t, { openOnLoopback: false, access, limits });
    const silent = ['/ws', '/preview/gate'].flatMap((path) =>
      Array.from({ length: 20 }, () => new SilentSocket(address, path)),
    );
    t.after(() => {
      for (const socket of silent) socket.stop();
    });
    while (silent.reduce((sum, { opened }) => sum + opened, 0) < 40) {
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    for (let n = 0; n < 10; n += 1) {
      const operator = await EventSocket.open(`${address}/ws`, { token: 'desk' });
      assert.equal((await operator.next()).type, 'authenticated');
      await operator.close();
    }
  });

  it('are counted by token once they have said it: one token leaves room for others', async (t) => {
    const access = new FakeAccess({ greedy: {}, desk: {} });
    const limits = { maxClients: 3, maxClientsPerToken: 2 };
    const { address } = await openGateway(t, { openOnLoopback: false, access, limits });
    const open = async () => await EventSocket.open(`${address}/ws`, { token: 'greedy' });
    const own = [await open(), await open()];
    const greedy = { 'sec-websocket-protocol': 'nightglass.v1, nightglass.token.greedy' };
    assert.equal(await upgradeStatus(address, '/ws', greedy), 429);
    const late = await EventSocket.open(`${address}/ws`);
    late.send({ type: 'auth', token: 'greedy' });
    assert.equal(await late.closed, 1013);
    const desk = await EventSocket.open(`${address}/ws`, { token: 'desk' });
    assert.equal((await desk.next()).type, 'authenticated');
    await Promise.all([...own, desk].map((socket) => socket.close()));
  });
});

describe('1,000 sockets: 250 do not read, 300 never say who they are', { timeout: 240_000 }, () => {
  let child: ChildProcess;
  let address = '';
  const fast: { readonly socket: WebSocket; readonly ids: string[]; readonly delays: number[] }[] =
    [];
  const slow: WebSocket[] = [];
  const silent: SilentSocket[] = [];

  async function order(message: LoadOrder): Promise<void> {
    child.send(message);
    for (;;) {
      const [report] = (await once(child, 'message')) as [LoadReport];
      if (report.report === 'done' && report.order === message.order) return;
    }
  }

  async function dial(n: number): Promise<WebSocket> {
    const token = `nightglass.token.${operators[n % operators.length]}`;
    const socket = new WebSocket(`${address.replace('http', 'ws')}/ws`, ['nightglass.v1', token]);
    socket.on('error', () => undefined);
    await once(socket, 'open');
    const subscribed = new Promise<void>((resolve) => {
      socket.on('message', (data: Buffer) => {
        if (data.includes('"subscribed"')) resolve();
      });
    });
    socket.send(JSON.stringify({ type: 'subscribe', topics: ['alerts'], cameras: ['gate'] }));
    await subscribed;
    return socket;
  }

  before(async () => {
    child = fork(server, operators, { stdio: 'inherit' });
    const [listening] = (await once(child, 'message')) as [LoadReport];
    assert.ok(listening.report === 'listening');
    address = listening.address;
    for (let n = 0; n < 300; n += 1) silent.push(new SilentSocket(address, '/ws', 3000));
    for (let n = 0; n < 250; n += 1) {
      const socket = await dial(n);
      socket.pause();
      slow.push(socket);
    }
    for (let n = 0; n < 450; n += 1) {
      const socket = await dial(n);
      const client = { socket, ids: [] as string[], delays: [] as number[] };
      socket.on('message', (data: Buffer) => {
        const { data: alert } = JSON.parse(data.toString());
        client.ids.push(alert.id);
        client.delays.push(performance.timeOrigin + performance.now() - alert.capturedAt);
      });
      fast.push(client);
    }
  });

  after(async () => {
    for (const socket of silent) socket.stop();
    for (const socket of [...slow, ...fast.map((client) => client.socket)]) socket.terminate();
    if (child.exitCode === null) {
      child.disconnect();
      await once(child, 'exit');
    }
  });

  it('lets every operator in and tells each of every alert, in order', async (t) => {
    const count = 20;
    await order({ order: 'alerts', camera: 'gate', count, everyMs: 100 });
    while (fast.some(({ ids }) => ids.length < count)) {
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    const expected = fast[0]?.ids ?? [];
    assert.equal(new Set(expected).size, count);
    assert.deepEqual(expected, expected.toSorted());
    for (const { ids } of fast) assert.deepEqual(ids, expected);
    assert.ok(fast.every(({ socket }) => socket.readyState === WebSocket.OPEN));
    const delays = fast.flatMap((client) => client.delays).sort((a, b) => a - b);
    const at = (share: number) => delays[Math.floor((delays.length - 1) * share)]?.toFixed(1);
    const tries = silent.reduce((sum, { opened }) => sum + opened, 0);
    t.diagnostic(
      `${fast.length} readers of ${fast.length + slow.length + silent.length} sockets: ` +
        `publication to client median ${at(0.5)} ms, 99th percentile ${at(0.99)} ms, ` +
        `worst ${at(1)} ms; the silent ones came ${tries} times`,
    );
    const late = await dial(0);
    late.terminate();
  });
});
