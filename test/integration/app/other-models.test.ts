import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { shippedManifest } from '../../../src/app/shipped-files.ts';
import type { SystemReport } from '../../../src/services/system/system.ts';
import { type TinyModels, writeTinyModels } from '../../support/inference/tiny-models.ts';
import { useModels } from '../../support/inference/use-models.ts';
import { demoFootage, testManifest } from '../../support/live/demo-footage.ts';
import { enrolWanted, type Live, startLive } from '../../support/live/start-live.ts';

/** A recogniser that a user brings: its manifest holds nothing else. */
const recogniserAlone = ['tiny-denoise', 'tiny-superresolve', 'tiny-fuse'];

describe('another recogniser put to use', { timeout: 180_000 }, () => {
  let dataDir: string;
  let own: TinyModels;
  const start = () => startLive({ sources: {}, config: { data: dataDir } });

  before(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'nightglass-models-'));
    own = await writeTinyModels({ without: recogniserAlone });
  });
  after(async () => {
    await own[Symbol.asyncDispose]();
    await rm(dataDir, { recursive: true });
  });

  async function renewed(live: Live): Promise<SystemReport> {
    for (const until = Date.now() + 60_000; Date.now() < until; await setTimeout(100)) {
      const report = await live.nightglass.services.system.report();
      if (report.templates.pending === 0 && report.templates.renewed > 0) return report;
    }
    throw new Error('Templates were not made again within a minute');
  }

  it('runs beside the shipped detector; templates come over by themselves, forth and back', async () => {
    const places = { dataDir, configured: testManifest, shipped: shippedManifest, trusted: [] };
    const { people } = await demoFootage();
    const [wanted] = people;
    assert.ok(wanted);
    let shippedSpace: string;
    {
      await using live = await start();
      await enrolWanted(live, wanted);
      const { templates } = await live.nightglass.services.system.report();
      shippedSpace = templates.model;
      assert.deepEqual([templates.pending, templates.failed], [0, []]);
    }
    await useModels(places, own.folder);
    {
      await using live = await start();
      const report = await renewed(live);
      assert.match(report.templates.model, /^tiny-embed@1:/);
      assert.deepEqual(report.templates.failed, []);
      const tasks = report.models.map(({ task, name }) => `${task} ${name.split('-')[0]}`);
      for (const task of ['detect nightglass', 'denoise nightglass', 'embed tiny']) {
        assert.ok(tasks.includes(task), tasks.join());
      }
      // Nothing of the shipped recogniser's space is mixed in.
      assert.ok(!tasks.some((task) => /^(fuse|quality|embed) nightglass/.test(task)), tasks.join());
      assert.match(await live.nightglass.services.metrics(), /^nightglass_templates_pending 0$/m);
      assert.ok(live.logged.some((line) => line.includes('Templates are in the space')));
    }
    await useModels(places, 'default');
    await using live = await start();
    assert.equal((await renewed(live)).templates.model, shippedSpace);
  });
});
