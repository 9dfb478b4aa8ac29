import assert from 'node:assert/strict';
import { after, before, describe, it, type TestContext } from 'node:test';
import { createInference, type Inference } from '../../../src/inference/inference.ts';
import { FootageJobTable } from '../../../src/store/footage-job-table.ts';
import { FootageSightingTable } from '../../../src/store/footage-sighting-table.ts';
import { openFootageJobs } from '../../support/footage/footage-jobs.ts';
import { testManifest } from '../../support/live/demo-footage.ts';

const isOver = ({ state }: { state: string }) => ['done', 'failed'].includes(state);

describe('a quick search of footage in the program', { timeout: 300_000 }, () => {
  let inference: Inference;
  before(async () => {
    inference = await createInference({ manifestPath: testManifest, requestTimeout: 60_000 });
  });
  after(() => inference.close());

  const open = async (t: TestContext) => {
    const jobs = await openFootageJobs(t, inference);
    // Whoever is seen is somebody of the list.
    jobs.lists.update(jobs.list.id, { fixedThreshold: -0.99 });
    const found = new FootageSightingTable(jobs.store);
    const table = new FootageJobTable(jobs.store);
    const soon = () => new Promise((resolve) => setTimeout(resolve, 5));
    return {
      ...{ ...jobs, found, soon },
      quickSeconds: (id: string) => table.positions(id, 'quick').get(0)?.seconds ?? 0,
    };
  };

  it('shows what key pictures show first, and at the end what the search itself found', async (t) => {
    const { ask, found, record, soon, startRunner, until } = await open(t);
    const path = await record('1.mkv', 4);
    const runner = startRunner();
    const usual = await until(await ask([path]), isOver);
    assert.ok(usual.sightings >= 4, `${usual.sightings}`);

    const id = await ask([path], true);
    while (runner.progress(id)?.phase !== 'searching') await soon();
    const early = found.page(id, null, 1_000);
    assert.ok(early.length > 0, 'somebody stands there before the search itself begins');
    assert.ok(early.every(({ preliminary }) => preliminary));
    const job = await until(id, isOver);
    assert.deepEqual([job.state, job.failure, job.quick], ['done', null, true]);
    assert.ok(Math.abs(job.seconds - 64) < 1, `${job.seconds} s count once`);
    const kept = found.page(id, null, 1_000);
    assert.ok(kept.every(({ preliminary }) => !preliminary));
    // Each time that somebody comes in, every 16 s. Where a track is lost and begins anew depends on
    // which of the looks at once ends first: that differs from search to search.
    const entrances = (all: typeof kept) =>
      all.flatMap(({ file, at }) =>
        Math.abs((at % 16) - 1) < 0.2 ? [`${file} ${at.toFixed(1)}`] : [],
      );
    assert.deepEqual(entrances(kept), ['0 1.0', '0 17.0', '0 33.0', '0 49.0']);
    assert.deepEqual(entrances(kept), entrances(found.page(usual.id, null, 1_000)));
    assert.ok(Math.abs(kept.length - usual.sightings) <= 2, `${kept.length}, ${usual.sightings}`);
    assert.equal(job.sightings, kept.length);
  });

  it('goes on where the quick look was when the program starts again', async (t) => {
    const { ask, found, quickSeconds, record, soon, startRunner, until } = await open(t);
    const first = startRunner();
    const id = await ask([await record('long.mkv', 8)], true);
    const seconds = () => {
      const progress = first.progress(id);
      return progress?.phase === 'quick' ? progress.seconds : 0;
    };
    while (seconds() < 20) await soon();
    await first.close();
    const was = quickSeconds(id);
    assert.ok(was >= 10 && was < 128, `${was} s`);
    const second = startRunner();
    while (second.progress(id)?.phase !== 'quick') await soon();
    assert.ok((second.progress(id)?.seconds ?? 0) >= was - 11, 'it does not begin again');
    const job = await until(id, isOver);
    assert.deepEqual([job.state, job.failure], ['done', null]);
    assert.ok(Math.abs(job.seconds - 128) < 1, `${job.seconds} s count once`);
    assert.ok(found.page(id, null, 1_000).every(({ preliminary }) => !preliminary));
  });
});
