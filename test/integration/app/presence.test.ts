import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import type { WantedPerson } from '../../../demo/footage/demo-footage.ts';
import { systemActor } from '../../../src/domain/audit-entry.ts';
import type { RgbImage } from '../../../src/domain/image/image.ts';
import { demoFootage } from '../../support/live/demo-footage.ts';
import { posterFootage } from '../../support/live/poster-footage.ts';
import { enrolWanted, type Live, startLive } from '../../support/live/start-live.ts';
import { within } from '../../support/live/within.ts';

const all = { cameras: '*', watchlists: '*', limit: 100 } as const;
const alertsOf = async ({ nightglass: { services } }: Live) =>
  (await services.alerts.list(all, 'test')).alerts;
const inView = ({ nightglass: { services } }: Live) =>
  within(30_000, 'a template', services.embeddings$);

describe('who is in view', () => {
  let wanted: WantedPerson;
  let portrait: RgbImage;

  before(async () => {
    const [first] = (await demoFootage()).people;
    assert.ok(first?.enrolment[0]);
    wanted = first;
    portrait = first.enrolment[0];
  });

  it('enrolled while in view: an alert within two seconds; removed: seen no more', async () => {
    const wall = await posterFootage([{ seconds: 5, picture: portrait }]);
    await using live = await startLive({ sources: { wall } });
    const { services } = live.nightglass;
    await inView(live);
    // All keyframes of the track are long gone.
    await wait(6_000);
    const alerted = within(30_000, 'an alert', services.alerts$);
    const personId = await enrolWanted(live, wanted);
    const started = performance.now();
    const { alert } = await alerted;
    const took = performance.now() - started;
    assert.equal(alert.personId, personId);
    assert.ok(took < 2_000, `${Math.round(took)} ms after enrolment`);

    await services.people.remove(personId, systemActor);
    const removedAt = Date.now();
    // Twice as long as it takes until a sighting is stored.
    await wait(21_000);
    const later = await services.alerts.find(alert.id, 'test');
    const seenFor = (later?.alert.lastSeenAt ?? Number.NaN) - removedAt;
    assert.ok(seenFor < 2_000, `seen for ${seenFor} ms after the removal`);
    assert.equal((await alertsOf(live)).length, 1);
    const again = within(10_000, 'an alert of the new person', services.alerts$);
    await enrolWanted(live, wanted);
    await again;
  });

  it('a person who keeps coming back within the quiet period is one alert, restarts included', async () => {
    const wall = await posterFootage([
      { seconds: 4, picture: portrait },
      { seconds: 3, picture: null },
    ]);
    const options = {
      sources: { wall },
      config: { alerts: { quietPeriod: '20s' }, tracking: { maxOcclusion: '1s' } },
    };
    await using first = await startLive(options);
    let tracks = 0;
    const { services } = first.nightglass;
    const counting = services.tracks$.subscribe(({ phase }) => {
      if (phase === 'ended') tracks += 1;
    });
    const alerted = within(40_000, 'an alert', services.alerts$);
    await enrolWanted(first, wanted);
    await alerted;
    await wait(30_000);
    counting.unsubscribe();
    assert.ok(tracks >= 2, `${tracks} tracks`);
    assert.equal((await alertsOf(first)).length, 1);
    const second = await first.restart();
    await inView(second);
    await wait(6_000);
    assert.equal((await alertsOf(second)).length, 1);
  });

  it('a face that keeps its place is marked and raises no second alert until the mark is lifted', async () => {
    const wall = await posterFootage([
      { seconds: 6, picture: portrait },
      { seconds: 3, picture: null },
    ]);
    await using live = await startLive({
      sources: { wall },
      config: {
        alerts: { quietPeriod: '1s', stillAfter: '3s' },
        tracking: { maxOcclusion: '1s' },
      },
    });
    const { services } = live.nightglass;
    const marked = within(
      60_000,
      'the mark',
      services.alerts$,
      (event) => event.alert.still !== null,
    );
    await enrolWanted(live, wanted);
    const { alert } = await marked;
    const seen = async () => (await alertsOf(live)).map(({ sightings }) => sightings.length);
    const before = await seen();
    await wait(19_000);
    assert.deepEqual(await seen(), before, 'no alert and no sighting in two rounds');
    const created = within(
      15_000,
      'a sighting after the mark was lifted',
      services.alerts$,
      ({ change }) => change === 'sighted',
    );
    const url = `${live.nightglass.address}/api/alerts/${alert.id}/still`;
    const lifted = await fetch(url, { method: 'DELETE' });
    assert.equal(lifted.status, 200);
    const body = (await lifted.json()) as { alert: { still: { liftedBy: string } } };
    assert.equal(body.alert.still.liftedBy, 'local');
    assert.equal((await fetch(url, { method: 'DELETE' })).status, 409);
    await created;
  });
});
