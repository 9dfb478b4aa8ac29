import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { NightglassClient } from '../../../src/client/nightglass-client.ts';
import { testFootage } from '../../support/demo/test-footage.ts';
import { testManifest } from '../../support/live/demo-footage.ts';
import { startLive } from '../../support/live/start-live.ts';
import { untilState } from '../../support/live/watch-camera.ts';

describe('several threads for models', { timeout: 120_000 }, () => {
  it('work side by side, and what comes of frames stays in their order', async () => {
    const footage = await testFootage();
    await using live = await startLive({
      sources: { gate: footage, yard: footage },
      config: {
        models: { manifest: testManifest, workers: { detect: 2, faces: 2 } },
        detection: { rate: 25 },
      },
    });
    await untilState(live, 'gate', ['live']);
    const client = new NightglassClient({ address: live.nightglass.address });
    const { workers } = await client.system();
    assert.deepEqual(
      workers.map(({ name, state }) => [name, state]),
      ['detect', 'detect-2', 'faces', 'faces-2'].map((name) => [name, 'ready']),
    );
    const seen: number[] = [];
    const watch = client.watch({
      topics: ['detections'],
      cameras: ['gate'],
      onDetection: ({ sequence }) => void seen.push(sequence),
    });
    for (let waits = 0; seen.length < 100 && waits < 600; waits += 1) await wait(100);
    watch.close();
    assert.ok(seen.length >= 100, `${seen.length} detections`);
    assert.deepEqual(
      seen,
      [...seen].sort((a, b) => a - b),
    );
    const metrics = await live.nightglass.services.metrics();
    for (const worker of ['detect', 'detect-2']) {
      const used = new RegExp(`worker_cpu_seconds_total\\{[^}]*"${worker}"[^}]*\\} ([\\d.]+)`);
      assert.ok(Number(used.exec(metrics)?.[1]) > 0, `${worker} has worked`);
    }
  });
});
