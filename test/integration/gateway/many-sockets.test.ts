import assert from 'node:assert/strict';
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { WebSocket } from 'ws';
import { defaultLimits } from '../../../src/domain/gateway-limits.ts';
import { EventSocket } from '../../support/gateway/event-socket.ts';
import type { LoadOrder, LoadReport } from '../../support/gateway/load-server.ts';

const fastClients = 150;
const slowClients = 50;
const alertCount = 100;
/** Of a whole way from capture to client, milliseconds: the gateway is a part of it. */
const aimMs = { median: 150, p99: 500 };
/** All clients together may make the gateway grow by no more. */
const memoryBound = 256 * 1024 * 1024;
const server = join(import.meta.dirname, '..', '..', 'support', 'gateway', 'load-server.ts');

interface Alerted {
  readonly id: string;
  readonly latencyMs: number;
}

/** A client that reads at once and notes when each alert came. */
class FastClient {
  readonly alerts: Alerted[] = [];
  detections = 0;
  told = '';
  readonly socket: WebSocket;
  #wake: () => void = () => undefined;

  private constructor(socket: WebSocket) {
    this.socket = socket;
    socket.on('message', (data: Buffer) => {
      const at = performance.timeOrigin + performance.now();
      // Only alerts are parsed: this one process plays 150 clients.
      if (data.includes('nightglass.detection.v1')) {
        this.detections += 1;
        return;
      }
      const message = JSON.parse(data.toString());
      this.told = message.type;
      if (message.type === 'nightglass.alert.v1') {
        this.alerts.push({ id: message.data.id, latencyMs: at - message.data.createdAt });
      }
      this.#wake();
    });
    socket.on('error', () => undefined);
  }

  static async open(address: string, cameras: readonly string[]): Promise<FastClient> {
    const client = new FastClient(
      new WebSocket(`${address.replace('http', 'ws')}/ws`, 'nightglass.v1'),
    );
    await once(client.socket, 'open');
    const topics = ['alerts', 'detections'];
    client.socket.send(JSON.stringify({ type: 'subscribe', topics, cameras }));
    await client.until(() => client.told === 'subscribed');
    return client;
  }

  async until(satisfied: () => boolean): Promise<void> {
    while (!satisfied()) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }
}

function percentile(sorted: readonly number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

const mib = (bytes: number) => `${(bytes / 1024 / 1024).toFixed(0)} MiB`;

describe('200 sockets at once, 50 of them slow', { timeout: 120_000 }, () => {
  const four = ['hall', 'gate', 'yard', 'dock'];
  let child: ChildProcess;
  let address = '';
  const fast: FastClient[] = [];
  const slow: FastClient[] = [];
  let memoryBefore = 0;

  async function order<R extends LoadReport['report']>(
    message: LoadOrder,
    answer: R,
  ): Promise<Extract<LoadReport, { report: R }>> {
    child.send(message);
    for (;;) {
      const [report] = (await once(child, 'message')) as [LoadReport];
      if (report.report === answer) return report as Extract<LoadReport, { report: R }>;
    }
  }

  before(async () => {
    child = fork(server, { execArgv: ['--expose-gc'], stdio: 'inherit' });
    const [listening] = (await once(child, 'message')) as [LoadReport];
    assert.ok(listening.report === 'listening');
    address = listening.address;
    memoryBefore = (await order({ order: 'memory' }, 'memory')).rss;
    for (let n = 0; n < fastClients; n += 1) fast.push(await FastClient.open(address, four));
    for (let n = 0; n < slowClients; n += 1) slow.push(await FastClient.open(address, ['*']));
  });
  after(async () => {
    for (const { socket } of [...fast, ...slow]) socket.terminate();
    if (child.exitCode === null) {
      child.disconnect();
      await once(child, 'exit');
    }
  });

  it('tells the others of every alert, in order, within the latency aim', async (t) => {
    await order({ order: 'detections', cameras: four }, 'done');
    for (const { socket } of slow) socket.pause();
    // Only the slow ones hear this camera: afterwards each of them misses every detection.
    await order({ order: 'flood', camera: 'crowd', slowClients }, 'done');

    await order({ order: 'alerts', camera: 'gate', count: alertCount, everyMs: 50 }, 'done');
    await Promise.all(fast.map((client) => client.until(() => client.alerts.length >= alertCount)));

    const expected = fast[0]?.alerts.map(({ id }) => id) ?? [];
    assert.equal(new Set(expected).size, alertCount);
    assert.deepEqual(expected, expected.toSorted());
    for (const client of fast)
      assert.deepEqual(
        client.alerts.map(({ id }) => id),
        expected,
      );
    const sorted = fast
      .flatMap(({ alerts }) => alerts.map(({ latencyMs }) => latencyMs))
      .toSorted((a, b) => a - b);
    const median = percentile(sorted, 0.5);
    const p99 = percentile(sorted, 0.99);
    const { rss, peakRss, dropped } = await order({ order: 'memory' }, 'memory');
    const detections = fast.reduce((sum, client) => sum + client.detections, 0);
    t.diagnostic(
      `publication to client, ${sorted.length} alerts: median ${median.toFixed(1)} ms, ` +
        `99th percentile ${p99.toFixed(1)} ms, worst ${sorted.at(-1)?.toFixed(1)} ms; ` +
        `${detections} detections delivered beside them, ${dropped} dropped for the slow; ` +
        `resident ${mib(memoryBefore)} before, ${mib(rss)} now, ${mib(peakRss)} at most`,
    );
    assert.ok(median < aimMs.median && p99 < aimMs.p99, `median ${median} ms, p99 ${p99} ms`);
  });

  it('closes the slow ones when their alerts pile up, in bounded memory', async (t) => {
    // More bytes of alerts than may wait for a client and than the system's own buffers take.
    const perAlert = 1000;
    const count = Math.ceil((2 * defaultLimits.closeAboveBytes) / perAlert);
    await order({ order: 'detections', cameras: [] }, 'done');
    await order({ order: 'alerts', camera: 'crowd', count, everyMs: 0 }, 'done');
    const ended = slow.map(({ socket }) => once(socket, 'close'));
    const { rss, heapUsed, external, peakRss } = await order({ order: 'memory' }, 'memory');
    t.diagnostic(
      `${count} alerts at once for ${slowClients} clients that read nothing: resident ` +
        `${mib(rss)} (heap ${mib(heapUsed)}, outside ${mib(external)}), ${mib(peakRss)} at most`,
    );
    for (const { socket } of slow) socket.resume();
    const codes = (await Promise.all(ended)).map(([code]) => Number(code));
    // 1006: the close frame waited behind more than the client had taken when it was cut off.
    assert.ok(
      codes.every((code) => code === 4008 || code === 1006),
      String(codes),
    );
    assert.ok(peakRss - memoryBefore < memoryBound, `grew by ${mib(peakRss - memoryBefore)}`);
    assert.ok(fast.every(({ socket }) => socket.readyState === WebSocket.OPEN));

    const since = fast[0]?.alerts.at(-1)?.id ?? '';
    const back = await EventSocket.open(`${address}/ws`);
    back.send({ type: 'subscribe', topics: ['alerts'], cameras: ['*'], since });
    const replayed = await back.until('replayed');
    assert.equal(replayed['count'], count);
    const ids = back.heard
      .filter(({ type }) => type === 'nightglass.alert.v1')
      .map(({ data }) => (data as { id: string }).id);
    assert.equal(new Set(ids).size, count);
    await back.close();
  });
});
