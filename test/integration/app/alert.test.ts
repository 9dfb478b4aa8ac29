import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { filter, firstValueFrom, take, timeout, toArray } from 'rxjs';
import { EventSocket } from '../../support/gateway/event-socket.ts';
import { alertAssets } from '../../support/live/alert-assets.ts';
import { demoFootage } from '../../support/live/demo-footage.ts';
import { embeddingLength } from '../../support/live/embedding-length.ts';
import { enrolWanted, type Live, startLive, testList } from '../../support/live/start-live.ts';

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
    assert.equal((heard.embedding.data as { dimension: number }).dimension, embeddingLength());
    const alert = heard.alert.data as Record<string, unknown>;
    assert.equal(alert['personId'], personId);
    assert.equal(alert['personName'], personName);
    assert.equal(alert['watchlistId'], testList);
    assert.equal(alert['stored'], true);
    const scores = alert['scores'] as { raw: number; fused: number };
    assert.ok(scores.fused >= (alert['threshold'] as number));
    const target = String(alert['id']);
    const query = { what: 'alert.raised', target, limit: 2 };
    const raised = await live.nightglass.services.audit.listSlowly(query);
    assert.equal(raised.length, 1);
    const { cameraId, trackId } = alert;
    const input = raised[0]?.detail as Record<string, unknown>;
    assert.deepEqual(
      [input['watchlistId'], input['personId'], input['cameraId']],
      [testList, personId, cameraId],
    );
    // The alert heard may be a later revision, which another image of the person decided.
    const person = await live.nightglass.services.people.get(personId);
    const templates = person?.images.map((image) => image.templateId) ?? [];
    assert.ok(templates.includes(String(input['templateId'])));
    assert.ok(templates.includes(String(alert['templateId'])));
    assert.equal(input['trackId'], trackId);
    assert.equal(typeof input['capturedAt'], 'number');
    assert.equal('scores' in input, false, 'who reads the log may become the second reviewer');
    const tasks = (alert['models'] as { task: string; sha256: string }[]).map(({ task }) => task);
    assert.ok(tasks.includes('embed') && tasks.includes('detect'));
    // What the alert says of the enhanced picture is so: the dashboard asks by it.
    const path = `${live.nightglass.address}/api/alerts/${target}`;
    const stored = (await (await fetch(path)).json()) as { alert: { enhancement: string } };
    const { enhancement } = stored.alert;
    const { status } = await fetch(`${path}/evidence/enhanced`);
    assert.equal(status, enhancement === 'made' ? 200 : 404);
    assert.ok(['made', 'not_needed', 'failed'].includes(enhancement), enhancement);
    const { frame, face, enrolled } = await alertAssets(
      live.nightglass.address,
      String(alert['id']),
    );
    assert.ok(frame.width > face.width && face.width > 10 && enrolled.width > 10);
  });

  it('follows faces over time, and does not alert on everybody who passes', async () => {
    const { services } = live.nightglass;
    // Three people pass the lobby, one of them is enrolled.
    const passed = await firstValueFrom(
      services.tracks$.pipe(
        filter(
          ({ cameraId, phase, hits }) => cameraId === 'lobby' && phase === 'ended' && hits >= 8,
        ),
        take(3),
        toArray(),
        timeout(60_000),
      ),
    );
    for (const { startedAt, endedAt } of passed) assert.ok(endedAt > startedAt);
    assert.equal(new Set(passed.map(({ trackId }) => trackId)).size, 3);
    const { alerts } = await services.alerts.list(
      { cameras: '*', watchlists: '*', limit: 100 },
      't',
    );
    const alerted = new Set(
      alerts.flatMap(({ trackId, sightings }) => [trackId, ...sightings.map((s) => s.trackId)]),
    );
    const matched = passed.filter(({ trackId }) => alerted.has(trackId));
    assert.ok(matched.length >= 1 && matched.length <= 2, `${matched.length} of 3 raised an alert`);
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
