import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { demoFootage } from '../../support/live/demo-footage.ts';
import { posterFootage } from '../../support/live/poster-footage.ts';
import { enrolWanted, startLive } from '../../support/live/start-live.ts';
import { within } from '../../support/live/within.ts';

/** More than three rounds of the longer footage: a slow machine may miss the first. */
const patienceMs = 240_000;

describe('somebody whom two cameras see', () => {
  it('is one alert with a sighting of its own evidence; decided, the next one is an alert', async () => {
    const [wanted] = (await demoFootage()).people;
    assert.ok(wanted?.enrolment[0]);
    const [portrait, other = portrait] = wanted.enrolment;
    // The second camera shows the person again and again, the first one once in a long while.
    const gate = await posterFootage([
      { seconds: 8, picture: portrait },
      { seconds: 60, picture: null },
    ]);
    const yard = await posterFootage([
      { seconds: 3, picture: null },
      { seconds: 5, picture: other, left: 60 },
    ]);
    await using live = await startLive({
      sources: { gate, yard },
      config: { alerts: { quietPeriod: '1s' }, tracking: { maxOcclusion: '1s' } },
    });
    const { services, address } = live.nightglass;
    const joined = within(patienceMs, 'a sighting', services.alerts$, ({ alert, change }) => {
      const last = alert.sightings.at(-1);
      return change === 'sighted' && last?.cameraId !== alert.cameraId;
    });
    await enrolWanted(live, wanted);
    const { alert } = await joined;
    const sighting = alert.sightings.find(({ cameraId }) => cameraId !== alert.cameraId);
    assert.ok(sighting?.scores && sighting.threshold !== undefined);
    assert.ok(sighting.scores.fused >= sighting.threshold);
    assert.deepEqual(new Set([alert.cameraId, sighting.cameraId]), new Set(['gate', 'yard']));
    const list = (await (await fetch(`${address}/api/alerts`)).json()) as { total: number };
    assert.equal(list.total, 1);
    const picture = async (kind: string) => {
      const answer = await fetch(`${address}/api/alerts/${alert.id}/evidence/${kind}`);
      assert.equal(answer.status, 200, kind);
      return Buffer.from(await answer.arrayBuffer());
    };
    for (const kind of ['frame', 'face'] as const) {
      const own = await picture(`sighting-${sighting.number}-${kind}`);
      assert.deepEqual([...own.subarray(0, 2)], [0xff, 0xd8]);
      assert.notDeepEqual(own, await picture(kind));
    }
    const metrics = await (await fetch(`${address}/metrics`)).text();
    assert.match(metrics, /^nightglass_alerts_total\{watchlist="test-list"\} 1$/m);
    assert.match(metrics, /^nightglass_alert_sightings_total\{watchlist="test-list"\} [1-9]/m);

    const created = within(patienceMs, 'a second alert', services.alerts$, (event) => {
      return event.change === 'created' && event.alert.id !== alert.id;
    });
    for (const [action, reason] of [['acknowledge'], ['dismiss', 'not the person']] as const) {
      await services.alerts.review(alert.id, {
        action,
        reviewer: 'test',
        ...(reason === undefined ? {} : { reason }),
      });
    }
    assert.equal((await created).alert.personId, alert.personId);
  });
});
