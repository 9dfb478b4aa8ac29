import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { EventSocket } from '../../support/gateway/event-socket.ts';
import { alertAssets } from '../../support/live/alert-assets.ts';
import { demoFootage } from '../../support/live/demo-footage.ts';
import { enrolWanted, type Live, startLive, testList } from '../../support/live/start-live.ts';
import { within } from '../../support/live/within.ts';

describe('from RTSP to the alert on the socket', () => {
  let live: Live;
  let personId: string;
  let personName: string;

  before(async () => {
    const { cameras, people } = await demoFootage();
    const [wanted] = people;
    assert.ok(wanted);
    live = await startLive({
      sources: Object.fromEntries(cameras.map(({ name, source }) => [name, source])),
      config: { alerts: { quietPeriod: '1s' } },
    });
    personId = await enrolWanted(live, wanted);
    personName = wanted.name;
  });
  after(() => live?.[Symbol.asyncDispose]());

  it('finds, tracks, embeds and alerts; the alert is stored before it is told', async () => {
    const socket = await EventSocket.open(`${live.nightglass.address}/ws`);
    socket.send({
      type: 'subscribe',
      topics: ['alerts', 'detections', 'embeddings', 'tracks', 'status'],
      cameras: ['*'],
    });
    await socket.until('subscribed');
    const heard = {
      detection: await socket.until('nightglass.detection.v1'),
      track: await socket.until('nightglass.track.v1'),
      embedding: await socket.until('nightglass.embedding.v1'),
      alert: await socket.until('nightglass.alert.v1'),
    };
    await socket.close();
    assert.equal((heard.embedding.data as { dimension: number }).dimension, 256);
    const alert = heard.alert.data as Record<string, unknown>;
    assert.equal(alert['personId'], personId);
    assert.equal(alert['personName'], personName);
    assert.equal(alert['watchlistId'], testList);
    assert.equal(alert['stored'], true);
    const scores = alert['scores'] as { raw: number; fused: number };
    assert.ok(scores.fused >= (alert['threshold'] as number));
    const tasks = (alert['models'] as { task: string; sha256: string }[]).map(({ task }) => task);
    assert.ok(tasks.includes('embed') && tasks.includes('detect'));
    const { frame, face, enrolled } = await alertAssets(
      live.nightglass.address,
      String(alert['id']),
    );
    assert.ok(frame.width > face.width && face.width > 10 && enrolled.width > 10);
  });

  it('alerts on nobody else', async () => {
    const alerts = await live.nightglass.backend.alerts.list({ cameras: '*', limit: 100 }, 't');
    assert.ok(alerts.length > 0);
    for (const alert of alerts) assert.equal(alert.personId, personId);
  });

  it('follows a face over time: a track has many frames and one id', async () => {
    const ended = await within(
      40_000,
      'a track of some length ends',
      live.nightglass.backend.tracks$,
      ({ phase, hits }) => phase === 'ended' && hits >= 8,
    );
    assert.ok(ended.endedAt > ended.startedAt);
  });

  it('accounts for every frame', async () => {
    await live.nightglass.close();
    assert.equal(live.nightglass.ledger.live, 0);
    assert.deepEqual(
      live.nightglass.ledger.drops().filter(({ reason }) => reason === 'decode_error'),
      [],
    );
  });
});
