import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { describe, it } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { CalibrationReport } from '../../../src/services/search/calibration-service.ts';
import { demoFootage } from '../../support/live/demo-footage.ts';
import { enrolWanted, startLive, testList } from '../../support/live/start-live.ts';

const main = fileURLToPath(new URL('../../../src/cli/main.ts', import.meta.url));

describe('strangers of a camera', { timeout: 180_000 }, () => {
  it('are counted by their scores while the product runs; thresholds follow', async () => {
    const { cameras, people } = await demoFootage();
    const [wanted] = people;
    assert.ok(wanted);
    await using live = await startLive({
      sources: Object.fromEntries(cameras.map(({ name, source }) => [name, source])),
    });
    const watchlistId = testList;
    await enrolWanted(live, wanted);
    const { address } = live.nightglass;
    let counted: CalibrationReport | undefined;
    for (const until = Date.now() + 120_000; Date.now() < until; await setTimeout(500)) {
      for (const { name } of cameras) {
        const answer = await fetch(`${address}/api/cameras/${name}/calibration?fpir=0.01`);
        assert.equal(answer.status, 200);
        const report = (await answer.json()) as CalibrationReport;
        if (report.lists.length > 0) counted = report;
      }
      if (counted !== undefined) break;
    }
    const [list] = counted?.lists ?? [];
    assert.ok(counted && list, 'nobody was counted');
    assert.deepEqual([list.watchlistId, list.fpir], [watchlistId, 0.01]);
    assert.ok(list.strangers >= 1 && list.present !== null);
    assert.equal(
      list.bins.reduce((sum, { count }) => sum + count, 0),
      list.strangers,
    );
    assert.ok(list.point !== null && list.point.fpir <= 0.01);
    assert.equal(list.careful, null);

    // The command reads the same beside the running product.
    const { status, stdout, stderr } = spawnSync(
      process.execPath,
      [main, 'calibrate', '--data', live.dataDir, '--camera', counted.cameraId, '--json'],
      { encoding: 'utf8', timeout: 30_000 },
    );
    assert.equal(status, 0, stderr);
    const read = JSON.parse(stdout) as CalibrationReport;
    assert.equal(read.model, counted.model);
    assert.ok((read.lists[0]?.strangers ?? 0) >= list.strangers);
  });
});
