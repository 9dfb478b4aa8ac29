import assert from 'node:assert/strict';
import { dirname, join } from 'node:path';
import { describe, it } from 'node:test';
import { Subject, scan } from 'rxjs';
import { castDemo, chooseSeeds, portraitLooks } from '../../../demo/footage/demo-cast.ts';
import { GeneratedFacePainter } from '../../../demo/footage/generated-face-painter.ts';
import { paintPortrait } from '../../../demo/footage/portrait.ts';
import { systemActor } from '../../../src/domain/audit-entry.ts';
import type { RgbImage } from '../../../src/domain/image/image.ts';
import { demoFootage, testManifest } from '../../support/live/demo-footage.ts';
import { posterFootage } from '../../support/live/poster-footage.ts';
import { enrolWanted, startLive, testList } from '../../support/live/start-live.ts';
import { within } from '../../support/live/within.ts';

/** Several rounds of the footage on a slow machine. */
const patienceMs = 240_000;

/** A portrait of another person of the demo's cast, who does not exist either. */
async function somebodyElse(): Promise<RgbImage> {
  const model = join(dirname(testManifest), 'faces.onnx');
  await using painter = await GeneratedFacePainter.open(model);
  return await paintPortrait(painter, castDemo(chooseSeeds([])).others[0], portraitLooks[0] ?? 0);
}

describe('a look-alike', () => {
  it('alerts no more at its score once a reviewer said so; the person still does', async () => {
    const [wanted] = (await demoFootage()).people;
    assert.ok(wanted?.enrolment[0]);
    const wall = await posterFootage([
      { seconds: 4, picture: await somebodyElse(), left: 60 },
      { seconds: 3, picture: null },
      { seconds: 4, picture: wanted.enrolment[0] },
      { seconds: 3, picture: null },
    ]);
    await using live = await startLive({
      sources: { wall },
      config: {
        alerts: { quietPeriod: '1s', joinWithin: '0s' },
        tracking: { maxOcclusion: '1s' },
      },
    });
    const { services, address } = live.nightglass;
    // The list reports everybody: whoever else passes is taken for the person.
    await services.watchlists.update(testList, { fixedThreshold: -0.9 }, systemActor);
    const isOther = ({ alert }: { alert: { place: { x: number } | null } }) =>
      (alert.place?.x ?? 1) < 0.4;
    const created$ = new Subject<{ other: boolean; score: number }>();
    const watching = services.alerts$.subscribe((event) => {
      if (event.change !== 'created') return;
      created$.next({ other: isOther(event), score: event.alert.scores?.fused ?? Number.NaN });
    });
    const mistaken = within(
      patienceMs,
      'an alert on the other one',
      services.alerts$,
      (event) => event.change === 'created' && isOther(event),
    );
    await enrolWanted(live, wanted);
    const { id } = (await mistaken).alert;
    // Once the person is in view, the other one has left, and the alert is as it stays.
    await within(patienceMs, 'an alert on the person', created$, ({ other: is }) => !is);
    const dismissed = ['acknowledge', 'dismiss'] as const;
    for (const action of dismissed) {
      services.alerts.review(id, { action, reviewer: 'test', reason: 'somebody else' });
    }
    const added = await fetch(`${address}/api/alerts/${id}/look-alike`, { method: 'POST' });
    assert.equal(added.status, 201, await added.clone().text());

    // Two more rounds: the person comes twice, the other one passed in between.
    const since$ = created$.pipe(
      scan((all, each) => [...all, each], [] as { other: boolean; score: number }[]),
    );
    const rounds = await within(
      patienceMs,
      'the person, twice',
      since$,
      (all) => all.filter(({ other: is }) => !is).length === 2,
    );
    watching.unsubscribe();
    assert.deepEqual(
      rounds.filter(({ other: is }) => is),
      [],
    );
    for (const { score } of rounds) assert.ok(score > 0.5, `${score}`);
    const { lookAlikeId } = (await (await fetch(`${address}/api/alerts/${id}`)).json()) as {
      lookAlikeId: string | null;
    };
    assert.ok(lookAlikeId !== null);
  });
});
