import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { filter, firstValueFrom, take, timeout, toArray } from 'rxjs';
import { demoFootage } from '../../support/live/demo-footage.ts';
import { posterFootage } from '../../support/live/poster-footage.ts';
import { enrolWanted, startLive } from '../../support/live/start-live.ts';
import { within } from '../../support/live/within.ts';

describe('footage with cuts', () => {
  it('a track ends at the cut, though the next face is in the same place', async () => {
    const [wanted] = (await demoFootage()).people;
    assert.ok(wanted?.enrolment[0]);
    const picture = wanted.enrolment[0];
    const wall = await posterFootage([
      { seconds: 4, picture, pattern: 'fields' },
      { seconds: 4, picture, pattern: 'negative' },
    ]);
    await using live = await startLive({ sources: { wall } });
    const { services } = live.nightglass;
    const alerted = within(40_000, 'an alert', services.alerts$);
    await enrolWanted(live, wanted);
    const { alert } = await alerted;
    assert.ok(alert.place, 'the face is marked in the frame');
    assert.ok(alert.place.x > 0.4 && alert.place.x + alert.place.width < 0.85, 'on the poster');
    const ended = await firstValueFrom(
      services.tracks$.pipe(
        filter(({ phase }) => phase === 'ended'),
        take(2),
        toArray(),
        timeout(40_000),
      ),
    );
    for (const { startedAt, endedAt } of ended) {
      assert.ok(endedAt - startedAt < 4_500, `a track of ${endedAt - startedAt} ms`);
    }
    const { alerts } = await services.alerts.list(
      { cameras: '*', watchlists: '*', limit: 10 },
      'test',
    );
    assert.equal(alerts.length, 1, 'the person was there all the time');
  });
});
