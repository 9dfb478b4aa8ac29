import assert from 'node:assert/strict';
import { connect, type Socket } from 'node:net';
import { describe, it } from 'node:test';
import type { Clock } from '../../../src/domain/clock.ts';
import { EventSocket } from '../../support/gateway/event-socket.ts';
import { open, services } from '../../support/gateway/gateway-in-test.ts';
import { sampleAlert } from '../../support/gateway/sample-alert.ts';
import { detection, face } from '../../support/gateway/sample-events.ts';

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
      services.detections$.next({ ...huge, sequence: sent });
      sent += 1;
      await quick.next();
      assert.ok(sent < 500, 'the slow client never filled up');
    }
    slow.socket.resume();
    const received = sent - dropped.length;
    for (let n = 0; n < received; n += 1) await slow.next();
    services.detections$.next(detection('gate', sent));
    assert.deepEqual(await slow.next(), {
      type: 'dropped',
      topic: 'detections',
      count: dropped.length,
    });
    assert.equal((await slow.next())['type'], 'nightglass.detection.v1');
    await Promise.all([slow.close(), quick.close()]);
  });

  it('is closed with 4008 rather than miss an alert, and resumes', async () => {
    // Storing alerts takes its time: the server must not give up on the close meanwhile.
    const limits = { closeAboveBytes: 1024 * 1024, closeTimeMs: 60_000 };
    const address = await open({ limits });
    const slow = await EventSocket.open(`${address}/ws`);
    slow.send({ type: 'subscribe', topics: ['alerts'] });
    await slow.until('subscribed');
    slow.socket.pause();
    let n = 0;
    while (n < 200) {
      n += 1;
      services.raise({ change: 'created', alert: sampleAlert(n, { personName: big }) });
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
