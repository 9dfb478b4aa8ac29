import assert from 'node:assert/strict';
import { request } from 'node:http';
import { connect, type Socket } from 'node:net';
import { afterEach, describe, it } from 'node:test';
import { WebSocket } from 'ws';
import { type Clock, systemClock } from '../../../src/clock.ts';
import { createGateway, type Gateway, type GatewayOptions } from '../../../src/gateway/gateway.ts';
import { defaultLimits } from '../../../src/gateway/limits.ts';
import { eventSchemas } from '../../../src/gateway/schemas/messages.ts';
import { EventSocket } from '../../support/gateway/event-socket.ts';
import { FakeAccess } from '../../support/gateway/fake-access.ts';
import { FakeBackend } from '../../support/gateway/fake-backend.ts';
import { sampleAlert } from '../../support/gateway/sample-alert.ts';

const landmarks = [1, 2, 3, 4, 5].map((n) => ({ x: n, y: n })) as never;
const face = {
  box: { x: 10, y: 10, width: 40, height: 50 },
  landmarks,
  score: 0.9,
  trackId: 'track-1',
  quality: 55,
  verdict: 'accept' as const,
};
function detection(cameraId = 'gate', sequence = 0) {
  return { cameraId, sequence, capturedAt: 1000, frameWidth: 640, frameHeight: 360, faces: [face] };
}
function status(cameraId: string) {
  return { cameraId, state: 'live' as const, since: 1000, reconnects: 0 };
}
function camera(id: string) {
  return { id, name: id, status: status(id), preview: true };
}

let gateway: Gateway | undefined;
let backend = new FakeBackend();

async function open(options: Partial<GatewayOptions> = {}): Promise<string> {
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
function upgradeStatus(
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

describe('event socket', () => {
  it('sends the events of the topics asked for, as CloudEvents of the published schema', async () => {
    const client = await EventSocket.open(`${await open()}/ws`);
    assert.equal((await client.next()).type, 'authenticated');
    client.send({ type: 'subscribe', topics: ['alerts', 'detections', 'tracks', 'status'] });
    assert.deepEqual(await client.next(), {
      type: 'subscribed',
      topics: ['alerts', 'detections', 'tracks', 'status'],
      cameras: ['*'],
      since: null,
    });
    assert.equal((await client.next())['subject'], 'gate');
    assert.equal((await client.next())['subject'], 'yard');

    backend.detections$.next(detection());
    backend.tracks$.next({
      cameraId: 'gate',
      trackId: 'track-1',
      phase: 'ended',
      startedAt: 1,
      endedAt: 2,
      hits: 3,
    });
    backend.status$.next(status('gate'));
    backend.raise({ change: 'created', alert: sampleAlert(1) });
    assert.deepEqual(eventSchemas.detections.parse(await client.next()).data, detection());
    assert.equal(eventSchemas.tracks.parse(await client.next()).data.hits, 3);
    assert.equal(eventSchemas.status.parse(await client.next()).data.state, 'live');
    const alert = eventSchemas.alerts.parse(await client.next());
    assert.equal(alert.data.change, 'created');
    assert.equal(alert.data.evidence.face, `/api/alerts/${alert.data.id}/evidence/face`);
    await client.close();
  });

  it('sends embeddings as little-endian float32 to the scope alone, and records it', async () => {
    const access = new FakeAccess({
      reader: { role: 'operator', scopes: ['embeddings:read'] },
      admin: { role: 'admin' },
    });
    const address = await open({ openOnLoopback: false, access });
    const admin = await EventSocket.open(`${address}/ws`, { token: 'admin' });
    admin.send({ type: 'subscribe', topics: ['embeddings'] });
    assert.equal((await admin.until('error'))['code'], 'FORBIDDEN');
    const did = () => backend.audited.map(({ who, what, target }) => [who, what, target]);
    assert.deepEqual(did(), [
      ['admin', 'events.watched', ''],
      ['admin', 'access.denied', 'embeddings'],
    ]);

    const reader = await EventSocket.open(`${address}/ws`, { token: 'reader' });
    reader.send({ type: 'subscribe', topics: ['embeddings'], cameras: ['gate'] });
    await reader.until('subscribed');
    assert.deepEqual(backend.audited.slice(3), [
      { who: 'reader', what: 'embeddings.subscribed', target: '', detail: { cameras: 'gate' } },
    ]);
    backend.embeddings$.next({
      cameraId: 'gate',
      trackId: 'track-1',
      sequence: 1,
      capturedAt: 1000,
      model: 'embed-s',
      fused: new Float32Array([0.5, -1]),
      raw: new Float32Array([1, 0]),
      enhanced: null,
      keyframes: 1,
      meanGate: 1,
      quality: 50,
    });
    const event = eventSchemas.embeddings.parse(await reader.next());
    assert.equal(event.data.dimension, 2);
    assert.equal(
      event.data.fused,
      Buffer.from([0, 0, 0, 0x3f, 0, 0, 0x80, 0xbf]).toString('base64'),
    );
    await Promise.all([admin.close(), reader.close()]);
  });

  it('refuses embeddings when the subscription cannot be recorded', async () => {
    const client = await EventSocket.open(`${await open()}/ws`);
    backend.auditFails = true;
    client.send({ type: 'subscribe', topics: ['embeddings'] });
    assert.equal((await client.until('error'))['code'], 'AUDIT_UNAVAILABLE');
    await client.close();
  });

  it('keeps to the cameras of the token and of the subscription', async () => {
    const access = new FakeAccess({ yard: { role: 'operator', cameras: ['yard', 'lobby'] } });
    const address = await open({ openOnLoopback: false, access });
    const client = await EventSocket.open(`${address}/ws`, { token: 'yard' });
    client.send({ type: 'subscribe', topics: ['detections', 'status', 'alerts'], cameras: ['*'] });
    assert.deepEqual((await client.until('subscribed'))['cameras'], ['yard', 'lobby']);
    backend.detections$.next(detection('gate'));
    backend.raise({ change: 'created', alert: sampleAlert(1, { cameraId: 'gate' }) });
    backend.detections$.next(detection('yard'));
    assert.deepEqual(
      [await client.next(), await client.next()].map(({ subject, type }) => [subject, type]),
      [
        ['yard', 'nightglass.camera.v1'],
        ['yard', 'nightglass.detection.v1'],
      ],
    );
    client.send({ type: 'subscribe', topics: ['detections'], cameras: ['gate'] });
    assert.deepEqual((await client.next())['cameras'], []);
    await client.close();
  });
});

describe('resumption with since', () => {
  it('replays over pages, then goes on live, without gap or duplicate', async () => {
    const address = await open({ limits: { replayPage: 3 } });
    for (let n = 1; n <= 8; n += 1) backend.raise({ change: 'created', alert: sampleAlert(n) });
    // While the store is read, alerts go on: one that the page to come holds too, one that none does.
    let page = 0;
    backend.beforePage = () => {
      page += 1;
      if (page === 1) backend.raise({ change: 'created', alert: sampleAlert(9) });
      if (page === 3) backend.raise({ change: 'updated', alert: sampleAlert(9, { revision: 1 }) });
    };
    const client = await EventSocket.open(`${address}/ws`);
    client.send({ type: 'subscribe', topics: ['alerts'], since: sampleAlert(2).id });
    await client.until('subscribed');
    const got: string[] = [];
    for (;;) {
      const message = await client.next();
      if (message.type === 'replayed') {
        assert.equal(message['count'], 7);
        break;
      }
      got.push(String(message['id']));
    }
    backend.raise({ change: 'created', alert: sampleAlert(10) });
    got.push(String((await client.next())['id']), String((await client.next())['id']));
    assert.deepEqual(got, [
      ...[3, 4, 5, 6, 7, 8, 9].map((n) => `${sampleAlert(n).id}.0`),
      `${sampleAlert(9).id}.1`,
      `${sampleAlert(10).id}.0`,
    ]);
    await client.close();
  });

  it('closes the client when the store cannot be read, rather than leave a gap', async () => {
    const client = await EventSocket.open(`${await open()}/ws`);
    backend.beforePage = () => {
      throw new Error('disk gone');
    };
    client.send({ type: 'subscribe', topics: ['alerts'], since: sampleAlert(2).id });
    assert.equal(await client.closed, 1011);
  });

  it('closes a client whose held-back alerts grow too many', async () => {
    const client = await EventSocket.open(`${await open({ limits: { replayBuffer: 2 } })}/ws`);
    backend.beforePage = () => {
      for (let n = 1; n <= 3; n += 1) backend.raise({ change: 'created', alert: sampleAlert(n) });
    };
    client.send({ type: 'subscribe', topics: ['alerts'], since: sampleAlert(0).id });
    assert.equal(await client.closed, 4008);
  });
});

describe('a client that stops reading', () => {
  const big = 'x'.repeat(200_000);

  it('misses detections and is told how many; others miss none', async () => {
    const dropped: string[] = [];
    const address = await open({
      limits: { dropAboveBytes: 64 * 1024, closeAboveBytes: 1e9 },
      observer: { dropped: (topic) => dropped.push(topic) },
    });
    const slow = await EventSocket.open(`${address}/ws`);
    const quick = await EventSocket.open(`${address}/ws`);
    for (const client of [slow, quick]) {
      client.send({ type: 'subscribe', topics: ['detections'] });
      await client.until('subscribed');
    }
    slow.socket.pause();
    const huge = { ...detection(), cameraId: 'gate', faces: [{ ...face, trackId: big }] };
    let sent = 0;
    while (dropped.length < 3) {
      backend.detections$.next({ ...huge, sequence: sent });
      sent += 1;
      await quick.next();
      assert.ok(sent < 500, 'the slow client never filled up');
    }
    slow.socket.resume();
    const received = sent - dropped.length;
    for (let n = 0; n < received; n += 1) await slow.next();
    backend.detections$.next(detection('gate', sent));
    assert.deepEqual(await slow.next(), {
      type: 'dropped',
      topic: 'detections',
      count: dropped.length,
    });
    assert.equal((await slow.next())['type'], 'nightglass.detection.v1');
    await Promise.all([slow.close(), quick.close()]);
  });

  it('is closed with 4008 rather than miss an alert, and resumes', async () => {
    const address = await open({ limits: { closeAboveBytes: 1024 * 1024 } });
    const slow = await EventSocket.open(`${address}/ws`);
    slow.send({ type: 'subscribe', topics: ['alerts'] });
    await slow.until('subscribed');
    slow.socket.pause();
    let n = 0;
    while (n < 200) {
      n += 1;
      backend.raise({ change: 'created', alert: sampleAlert(n, { personName: big }) });
      await new Promise(setImmediate);
    }
    slow.socket.resume();
    assert.equal(await slow.closed, 4008);
    const alerts = slow.heard.filter(({ type }) => type === 'nightglass.alert.v1');
    const last = (alerts.at(-1) as { data?: { id: string } } | undefined)?.data?.id;
    const back = await EventSocket.open(`${address}/ws`);
    back.send({ type: 'subscribe', topics: ['alerts'], since: last });
    const replayed = await back.until('replayed');
    assert.equal(alerts.length + Number(replayed['count']), n);
    await back.close();
  });

  it('is cut off when it answers no ping', async () => {
    const beats: (() => void)[] = [];
    const clock: Clock = {
      now: () => 0,
      monotonic: () => 0,
      after(ms, callback) {
        if (ms === 777) beats.push(callback);
        return () => undefined;
      },
    };
    const address = await open({ clock, limits: { heartbeatMs: 777 } });
    const client = await EventSocket.open(`${address}/ws`);
    await client.until('authenticated');
    client.socket.pause();
    beats[0]?.();
    beats[1]?.();
    client.socket.resume();
    assert.equal(await client.closed, 1006);
  });
});

describe('who may connect', () => {
  const access = () => new FakeAccess({ secret: { role: 'viewer' } });

  it('takes the token in the subprotocol, and never echoes it', async () => {
    const address = await open({ openOnLoopback: false, access: access() });
    const client = await EventSocket.open(`${address}/ws`, { token: 'secret' });
    assert.equal((await client.next())['role'], 'viewer');
    assert.equal(client.socket.protocol, 'nightglass.v1');
    await client.close();
  });

  it('takes the token in the first message', async () => {
    const client = await EventSocket.open(
      `${await open({ openOnLoopback: false, access: access() })}/ws`,
    );
    client.send({ type: 'auth', token: 'secret' });
    assert.deepEqual(await client.next(), {
      type: 'authenticated',
      name: 'secret',
      role: 'viewer',
    });
    await client.close();
  });

  it('closes with 4401 for a wrong token, none in time, or another message first', async () => {
    const address = await open({
      openOnLoopback: false,
      access: access(),
      limits: { authTimeoutMs: 20 },
    });
    const wrong = await EventSocket.open(`${address}/ws`, { token: 'guess' });
    assert.equal(await wrong.closed, 4401);
    const silent = await EventSocket.open(`${address}/ws`);
    assert.equal(await silent.closed, 4401);
    const hasty = await EventSocket.open(`${address}/ws`);
    hasty.send({ type: 'subscribe', topics: ['alerts'] });
    assert.equal(await hasty.closed, 4401);
    assert.equal(hasty.heard[0]?.['code'], 'UNAUTHENTICATED');
  });

  it('closes a client whose token was revoked, at the next heart-beat', async () => {
    const tokens = access();
    const address = await open({
      openOnLoopback: false,
      access: tokens,
      limits: { heartbeatMs: 30 },
    });
    const client = await EventSocket.open(`${address}/ws`, { token: 'secret' });
    await client.until('authenticated');
    tokens.tokens.clear();
    assert.equal(await client.closed, 4401);
  });

  it('does not hear an address after too many failures', async () => {
    const address = await open({
      openOnLoopback: false,
      access: access(),
      limits: { maxAuthFailures: 2 },
    });
    for (let n = 0; n < 2; n += 1) {
      assert.equal(
        await (await EventSocket.open(`${address}/ws`, { token: 'guess' })).closed,
        4401,
      );
    }
    assert.equal(await upgradeStatus(address, '/ws', {}), 429);
  });

  it('refuses foreign origins, re-bound names, tokens in the URL, unknown paths, and too many', async () => {
    const address = await open({ limits: { maxClients: 1 } });
    const port = new URL(address).port;
    assert.equal(await upgradeStatus(address, '/ws', { origin: 'https://evil.example' }), 403);
    assert.equal(await upgradeStatus(address, '/ws', { origin: 'null' }), 403);
    assert.equal(await upgradeStatus(address, '/ws', { host: `evil.example:${port}` }), 403);
    assert.equal(await upgradeStatus(address, '/ws?token=secret', {}), 400);
    assert.equal(await upgradeStatus(address, '/elsewhere', {}), 404);
    assert.equal(await upgradeStatus(address, '/preview/..%2f..', {}), 404);
    assert.equal(await upgradeStatus(address, '/ws', { origin: address }), 101);
    const client = await EventSocket.open(`${address}/ws`);
    assert.equal(await upgradeStatus(address, '/ws', {}), 429);
    await client.close();
  });

  it('lets go of a refused client that never closes its side', async () => {
    const { port } = new URL(await open());
    const socket = connect({ port: Number(port), host: '127.0.0.1', allowHalfOpen: true });
    socket.on('error', () => undefined);
    const refused = new Promise((resolve) => socket.once('end', resolve));
    socket.resume();
    socket.write(
      `GET /elsewhere HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n`,
    );
    await refused;
    // Would wait for ever for the half-open socket.
    await gateway?.close();
    socket.destroy();
  });

  it('goes on when the token store cannot be read for a while', async () => {
    const tokens = access();
    let beat = (): void => undefined;
    const clock: Clock = {
      ...systemClock,
      after(ms, callback) {
        if (ms !== defaultLimits.heartbeatMs) return systemClock.after(ms, callback);
        beat = callback;
        return () => undefined;
      },
    };
    const address = await open({ openOnLoopback: false, access: tokens, clock });
    const client = await EventSocket.open(`${address}/ws`, { token: 'secret' });
    assert.equal((await client.next()).type, 'authenticated');
    tokens.authenticate = () => {
      throw new Error('disk I/O error');
    };
    assert.doesNotThrow(() => beat());
    client.send({ type: 'subscribe', topics: ['tracks'] });
    assert.equal((await client.next()).type, 'subscribed');
    await client.close();
  });
});

describe('a client that breaks the rules', () => {
  it('gets a coded error for what cannot be read, and goes on', async () => {
    const client = await EventSocket.open(`${await open()}/ws`);
    await client.until('authenticated');
    for (const nonsense of [
      '{"type":',
      '[]',
      'null',
      '{"type":"dance"}',
      '{"type":"subscribe","topics":["gossip"]}',
      '{"type":"subscribe","topics":[],"extra":1}',
      '{"type":"subscribe","topics":["alerts"],"since":"../../etc"}',
      '{"type":"auth","token":"again"}',
    ]) {
      client.send(nonsense);
      const error = await client.next();
      assert.equal(error.type, 'error', nonsense);
      assert.equal(error['code'], 'BAD_REQUEST', nonsense);
    }
    client.send({ type: 'subscribe', topics: ['detections'] });
    await client.until('subscribed');
    await client.close();
  });

  it('is closed with 1009 for an oversized message', async () => {
    const client = await EventSocket.open(`${await open()}/ws`);
    client.send('x'.repeat(64 * 1024 + 1));
    assert.equal(await client.closed, 1009);
  });

  it('is closed with 1008 for too many messages, 1003 for a binary one', async () => {
    const address = await open({ limits: { maxMessages: 5 } });
    const chatty = await EventSocket.open(`${address}/ws`);
    for (let n = 0; n < 6; n += 1) chatty.send({ type: 'subscribe', topics: [] });
    assert.equal(await chatty.closed, 1008);
    const binary = await EventSocket.open(`${address}/ws`);
    binary.socket.send(Buffer.from([1, 2, 3]));
    assert.equal(await binary.closed, 1003);
  });

  it('does no harm with frames that are no WebSocket frames', async () => {
    const address = await open();
    const socket: Socket = connect(Number(new URL(address).port), '127.0.0.1');
    socket.write(
      'GET /ws HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n' +
        'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n',
    );
    socket.write(Buffer.alloc(512, 0xff));
    await new Promise((resolve) => socket.once('close', resolve).resume());
    const client = await EventSocket.open(`${address}/ws`);
    await client.until('authenticated');
    await client.close();
  });
});

describe('preview socket', () => {
  it('passes the video on as binary messages, and stops when the viewer leaves', async () => {
    const address = await open();
    const viewer = await EventSocket.open(`${address}/preview/gate`);
    while (!backend.watchers.get('gate')?.size) await new Promise(setImmediate);
    for (const send of backend.watchers.get('gate') ?? []) send(Buffer.from([0x47, 1, 2]));
    assert.deepEqual([...(await viewer.chunk())], [0x47, 1, 2]);
    await viewer.close();
    while (backend.watchers.get('gate')?.size) await new Promise(setImmediate);
  });

  it('closes with 4404 for an unknown camera and for one that the token may not see', async () => {
    const access = new FakeAccess({ yard: { cameras: ['yard'] } });
    const address = await open({ openOnLoopback: false, access });
    const codes = await Promise.all(
      ['gate', 'nowhere'].map(
        async (id) =>
          (await EventSocket.open(`${address}/preview/${id}`, { token: 'yard' })).closed,
      ),
    );
    assert.deepEqual(codes, [4404, 4404]);
    assert.equal(backend.watchers.size, 0);
  });
});

describe('shutting down', () => {
  it('closes its clients with 1001, and can be asked twice', async () => {
    const client = await EventSocket.open(`${await open()}/ws`);
    await client.until('authenticated');
    await Promise.all([gateway?.close(), gateway?.close()]);
    assert.equal(await client.closed, 1001);
    assert.equal(backend.alerts$.observed, false);
    assert.equal(client.socket.readyState, WebSocket.CLOSED);
  });
});
