import assert from 'node:assert/strict';
import { copyFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, it } from 'node:test';
import { isNightglassError } from '../../../src/domain/errors.ts';
import { restoreDatabase } from '../../../src/store/decide-damaged.ts';
import { testFootage } from '../../support/demo/test-footage.ts';
import { demoFootage, testManifest } from '../../support/live/demo-footage.ts';
import { enrolWanted, startLive } from '../../support/live/start-live.ts';
import { untilFrames } from '../../support/live/watch-camera.ts';
import { within } from '../../support/live/within.ts';

async function demoSources() {
  const { cameras, people } = await demoFootage();
  const [wanted] = people;
  assert.ok(wanted);
  return {
    sources: Object.fromEntries(cameras.map(({ name, source }) => [name, source])),
    wanted,
  };
}

describe('faults of the service', () => {
  it('a worker killed in mid-batch: analysis goes on in a new one', async () => {
    const { sources } = await demoSources();
    await using live = await startLive({ sources });
    const { services } = live.nightglass;
    await within(20_000, 'a detection', services.detections$);
    for (const worker of ['detect', 'faces']) live.nightglass.killWorker(worker);
    const health = await services.health();
    assert.equal(health.ready, false);
    await within(20_000, 'an embedding after the restart', services.embeddings$);
    const metrics = await services.metrics();
    assert.match(metrics, /nightglass_inference_worker_restarts_total\{worker="detect"\} 1/);
    assert.equal((await services.health()).ready, true);
  });

  it('a data folder that takes no more writes: alerts go on, unstored, and the fault is loud', async () => {
    const { sources, wanted } = await demoSources();
    await using live = await startLive({
      sources,
      config: { alerts: { quietPeriod: '0ms', joinWithin: '0s' } },
    });
    const { services } = live.nightglass;
    await enrolWanted(live, wanted);
    await within(40_000, 'a stored alert', services.alerts$, ({ alert }) => alert.stored);
    // Another writer that never lets go: SQLite answers as it does for a folder it may not write.
    using blocker = new DatabaseSync(join(live.dataDir, 'nightglass.db'));
    blocker.exec('BEGIN IMMEDIATE');
    const { alert } = await within(
      60_000,
      'an unstored alert',
      services.alerts$,
      (event) => !event.alert.stored,
    );
    // Its pictures can be looked at although they are in memory alone.
    assert.ok(await services.alerts.evidence(alert.id, 'face'));
    const health = await services.health();
    assert.equal(health.status, 'degraded');
    assert.equal(health.store.writable, false);
    assert.ok(health.problems.some(({ code }) => code === 'STORE_UNWRITABLE'));
    assert.match(await services.metrics(), /nightglass_store_fault 1/);
    assert.ok(live.logged.some((line) => line.includes('"level":50')));
  });

  it('a damaged database: every start refuses it until somebody decides', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'nightglass-corrupt-'));
    try {
      await writeFile(join(folder, 'nightglass.db'), Buffer.alloc(8192, 'no database '));
      const sources = { a: await testFootage() };
      const refused = () =>
        assert.rejects(startLive({ sources, config: { data: folder } }), (error) =>
          isNightglassError(error, 'STORE_CORRUPT'),
        );
      await refused();
      await refused();
      restoreDatabase(folder, undefined, Date.now());
      await using live = await startLive({ sources, config: { data: folder } });
      await untilFrames(live, 'a');
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });

  it('a damaged model file: refused by its hash before it is loaded', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'nightglass-models-'));
    try {
      const manifest = JSON.parse(await readFile(testManifest, 'utf8'));
      for (const { task, variants } of manifest.models) {
        if (task === 'generate') continue;
        for (const { file } of variants) {
          await copyFile(join(dirname(testManifest), file), join(folder, file));
        }
      }
      await writeFile(join(folder, 'manifest.json'), JSON.stringify(manifest));
      const victim = manifest.models.find(({ task }: { task: string }) => task === 'embed');
      const path = join(folder, victim.variants[0].file);
      const bytes = await readFile(path);
      bytes.writeUInt8(bytes.readUInt8(5000) ^ 1, 5000);
      await writeFile(path, bytes);
      await assert.rejects(
        startLive({
          sources: { a: await testFootage() },
          config: { models: { manifest: join(folder, 'manifest.json') } },
        }),
        (error) => isNightglassError(error, 'MODEL_HASH_MISMATCH'),
      );
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });
});
