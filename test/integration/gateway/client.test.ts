import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import type { EventWatch, WatchOptions } from '../../../src/client/nightglass-client.ts';
import { type ApiError, NightglassClient } from '../../../src/client/nightglass-client.ts';
import { createGateway, type Gateway } from '../../../src/gateway/gateway.ts';
import { FakeAccess } from '../../support/gateway/fake-access.ts';
import { MemoryServices } from '../../support/gateway/memory-services.ts';
import { sampleAlert } from '../../support/gateway/sample-alert.ts';
import { zipOf } from '../../support/services/zip-of.ts';

/** Events in their order, to be waited for. */
class Heard {
  readonly lines: string[] = [];
  #wake: (() => void) | undefined;

  add(line: string): void {
    this.lines.push(line);
    this.#wake?.();
  }

  async until(line: string, count = 1): Promise<void> {
    while (this.lines.filter((each) => each === line).length < count) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  get alerts(): string[] {
    return this.lines.filter((line) => line.startsWith('alert'));
  }
}

/** A connection that greets and then says nothing any more, not even that it is gone. */
function cutLine(): WebSocket {
  const socket = {
    onmessage: (_: { data: string }) => undefined,
    send: () => undefined,
    close: () => undefined,
  };
  queueMicrotask(() => socket.onmessage({ data: '{"type":"authenticated"}' }));
  return socket as unknown as WebSocket;
}

async function setUp(t: TestContext, access = new FakeAccess()) {
  const services = new MemoryServices();
  let gateway: Gateway;
  const open = async (port = 0) => {
    gateway = await createGateway({
      host: '127.0.0.1',
      port,
      openOnLoopback: access.credentialCount() === 0,
      services,
      access,
      version: '0.0.0',
    });
    return gateway;
  };
  const { address } = await open();
  const watches: EventWatch[] = [];
  t.after(async () => {
    for (const watch of watches) watch.close();
    await gateway.close();
  });
  function client(options: { token?: string; silenceMs?: number; address?: string } = {}) {
    return new NightglassClient({ address, firstWaitMs: 5, longestWaitMs: 50, ...options });
  }
  function watch(
    options: Partial<WatchOptions> = {},
    from: NightglassClient = client(),
  ): { heard: Heard; watch: EventWatch } {
    const heard = new Heard();
    const own = from.watch({
      topics: ['alerts', 'status'],
      onAlert: ({ id, revision }) => heard.add(`alert ${Number(id.slice(3))}.${revision}`),
      onState: (state) => heard.add(state),
      onError: ({ code }: ApiError) => heard.add(code),
      onDropped: (topic, count) => heard.add(`dropped ${topic} ${count}`),
      ...options,
    });
    watches.push(own);
    return { heard, watch: own };
  }
  return {
    services,
    address,
    client,
    watch,
    raise: (n: number, revision = 0) =>
      services.raise({ change: 'created', alert: sampleAlert(n, { revision }) }),
    stop: () => gateway.close(),
    restart: () => open(Number(new URL(address).port)),
  };
}

describe('a watch of the client', () => {
  it('misses and doubles no alert over an interruption', async (t) => {
    const { watch, raise, stop, restart } = await setUp(t);
    const { heard } = watch();
    await heard.until('live');
    raise(1);
    raise(2);
    await heard.until('alert 2.0');
    await stop();
    await heard.until('lost');
    raise(3);
    raise(2, 1);
    await restart();
    await heard.until('alert 2.1');
    raise(4);
    await heard.until('alert 4.0');
    assert.deepEqual(heard.alerts, [
      'alert 1.0',
      'alert 2.0',
      'alert 3.0',
      'alert 2.1',
      'alert 4.0',
    ]);
  });

  it('misses none that comes before the first one was seen', async (t) => {
    const { watch, raise, stop, restart } = await setUp(t);
    raise(1);
    const { heard } = watch();
    await heard.until('live');
    await stop();
    await heard.until('lost');
    raise(2);
    await restart();
    await heard.until('alert 2.0');
    assert.deepEqual(heard.alerts, ['alert 2.0'], 'and none that was there before');
  });

  it('resumes where an earlier one stood', async (t) => {
    const { watch, raise } = await setUp(t);
    const first = watch();
    await first.heard.until('live');
    raise(1);
    await first.heard.until('alert 1.0');
    first.watch.close();
    raise(2);
    const since = first.watch.since ?? '';
    const { heard } = watch({ since });
    await heard.until('alert 2.0');
    assert.deepEqual(heard.alerts, ['alert 2.0']);
    assert.equal(first.heard.lines.at(-1), 'ended');
  });

  it('starts before the gateway does', async (t) => {
    const { watch, stop, restart, raise } = await setUp(t);
    await stop();
    const { heard } = watch();
    await heard.until('lost');
    assert.equal(heard.lines.includes('UNREACHABLE'), true);
    await restart();
    await heard.until('live');
    raise(1);
    await heard.until('alert 1.0');
  });

  it('ends where the token is refused, or may not have what it asks for', async (t) => {
    const access = new FakeAccess({ operator: { role: 'operator' } });
    const { watch, client } = await setUp(t, access);
    const stranger = watch({}, client({ token: 'nobody' }));
    await stranger.heard.until('ended');
    assert.deepEqual(stranger.heard.lines.slice(-2), ['UNAUTHENTICATED', 'ended']);
    const other = watch({ topics: ['status'] }, client({ token: 'nobody' }));
    await other.heard.until('ended');
    assert.deepEqual(other.heard.lines.slice(-2), ['UNAUTHENTICATED', 'ended']);
    const curious = watch({ topics: ['embeddings'] }, client({ token: 'operator' }));
    await curious.heard.until('ended');
    assert.deepEqual(curious.heard.lines.slice(-2), ['FORBIDDEN', 'ended']);
  });

  it('finds out that the gateway is gone though the line says nothing', async (t) => {
    const { address, raise } = await setUp(t);
    let cut = true;
    const heard = new Heard();
    const client = new NightglassClient({
      address,
      // Longer than a machine that does much else takes to greet.
      silenceMs: 500,
      firstWaitMs: 5,
      openSocket(url, protocols) {
        if (!cut) return new WebSocket(url, protocols);
        cut = false;
        return cutLine();
      },
    });
    const watch = client.watch({
      topics: ['alerts'],
      onAlert: ({ id }) => heard.add(`alert ${Number(id.slice(3))}`),
      onState: (state) => heard.add(state),
    });
    t.after(() => watch.close());
    await heard.until('lost');
    raise(1);
    await heard.until('alert 1');
    assert.deepEqual(heard.lines, ['connecting', 'lost', 'connecting', 'live', 'alert 1']);
  });
});

describe('the client and the gateway', () => {
  it('understand one another', async (t) => {
    const { client, raise, services } = await setUp(t);
    const own = client();
    services.pictures.set('face', new Uint8Array([1, 2, 3]));
    raise(1);
    const { alerts } = await own.alerts({ state: ['new', 'escalated'], limit: 5 });
    assert.equal(alerts[0]?.best[0], 'best-1');
    const { id } = sampleAlert(1);
    assert.equal((await own.evidence(id, 'face')).size, 3);
    assert.equal((await own.review(id, { action: 'acknowledge' })).alert.state, 'acknowledged');
    const list = await own.createWatchlist({
      name: 'Missing',
      purpose: 'p',
      legalBasis: 'l',
      authorisation: 'a',
      owner: 'o',
      cameras: '*',
    });
    const person = await own.createPerson({ watchlistId: list.id, name: 'Ada' });
    const [outcome] = await own.enrol(person.id, [new Blob([new Uint8Array(9)])]);
    assert.equal(outcome?.status, 'enrolled');
    const faces = await own.search({ reason: 'a test' }, new Blob([new Uint8Array(9)]));
    assert.equal(faces.length, 1);
    assert.equal((await own.removePerson(person.id)) ?? null, null);
    await assert.rejects(own.alert('nowhere'), { code: 'NOT_FOUND', status: 404 });
    assert.equal((await own.exportWatchlist(list.id)).type, 'application/zip');
    const archive = new Blob([new Uint8Array(await zipOf({ 'Bea/1.jpg': 'a picture' }))]);
    const { job } = await own.importArchive(list.id, archive);
    assert.equal((await services.archives.job(job))?.watchlistId, list.id);
    assert.match(await own.modelCard('detect-s'), /^# /);
  });
});
