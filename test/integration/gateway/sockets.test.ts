import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { WebSocket } from 'ws';
import { eventSchemas } from '../../../src/gateway/schemas/messages.ts';
import { EventSocket } from '../../support/gateway/event-socket.ts';
import { FakeAccess } from '../../support/gateway/fake-access.ts';
import { gateway, open, services } from '../../support/gateway/gateway-in-test.ts';
import { sampleAlert } from '../../support/gateway/sample-alert.ts';
import { detection, status } from '../../support/gateway/sample-events.ts';

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

    services.detections$.next(detection());
    services.tracks$.next({
      cameraId: 'gate',
      trackId: 'track-1',
      phase: 'ended',
      startedAt: 1,
      endedAt: 2,
      hits: 3,
    });
    services.status$.next(status('gate'));
    services.raise({ change: 'created', alert: sampleAlert(1) });
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
    const did = () => services.audited.map(({ who, what, target }) => [who, what, target]);
    assert.deepEqual(did(), [
      ['admin', 'events.watched', ''],
      ['admin', 'access.denied', 'embeddings'],
    ]);

    const reader = await EventSocket.open(`${address}/ws`, { token: 'reader' });
    reader.send({ type: 'subscribe', topics: ['embeddings'], cameras: ['gate'] });
    await reader.until('subscribed');
    assert.deepEqual(services.audited.slice(3), [
      { who: 'reader', what: 'embeddings.subscribed', target: '', detail: { cameras: 'gate' } },
    ]);
    services.embeddings$.next({
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
    services.writable = false;
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
    services.detections$.next(detection('gate'));
    services.raise({ change: 'created', alert: sampleAlert(1, { cameraId: 'gate' }) });
    services.detections$.next(detection('yard'));
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
    for (let n = 1; n <= 8; n += 1) services.raise({ change: 'created', alert: sampleAlert(n) });
    // While the store is read, alerts go on: one that the page to come holds too, one that none does.
    let page = 0;
    services.beforePage = () => {
      page += 1;
      if (page === 1) services.raise({ change: 'created', alert: sampleAlert(9) });
      if (page === 3) services.raise({ change: 'updated', alert: sampleAlert(9, { revision: 1 }) });
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
    services.raise({ change: 'created', alert: sampleAlert(10) });
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
    services.beforePage = () => {
      throw new Error('disk gone');
    };
    client.send({ type: 'subscribe', topics: ['alerts'], since: sampleAlert(2).id });
    assert.equal(await client.closed, 1011);
  });

  it('closes a client whose held-back alerts grow too many', async () => {
    const client = await EventSocket.open(`${await open({ limits: { replayBuffer: 2 } })}/ws`);
    services.beforePage = () => {
      for (let n = 1; n <= 3; n += 1) services.raise({ change: 'created', alert: sampleAlert(n) });
    };
    client.send({ type: 'subscribe', topics: ['alerts'], since: sampleAlert(0).id });
    assert.equal(await client.closed, 4008);
  });
});

describe('preview socket', () => {
  it('passes the video on as binary messages, and stops when the viewer leaves', async () => {
    const address = await open();
    const viewer = await EventSocket.open(`${address}/preview/gate`);
    while (!services.watchers.get('gate')?.size) await new Promise(setImmediate);
    for (const send of services.watchers.get('gate') ?? []) send(Buffer.from([0x47, 1, 2]));
    assert.deepEqual([...(await viewer.chunk())], [0x47, 1, 2]);
    await viewer.close();
    while (services.watchers.get('gate')?.size) await new Promise(setImmediate);
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
    assert.equal(services.watchers.size, 0);
  });
});

describe('shutting down', () => {
  it('closes its clients with 1001, and can be asked twice', async () => {
    const client = await EventSocket.open(`${await open()}/ws`);
    await client.until('authenticated');
    await Promise.all([gateway?.close(), gateway?.close()]);
    assert.equal(await client.closed, 1001);
    assert.equal(services.alerts$.observed, false);
    assert.equal(client.socket.readyState, WebSocket.CLOSED);
  });
});
