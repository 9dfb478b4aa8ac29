import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { FrameLedger } from '../../../src/domain/frame/ledger.ts';
import { diskUse } from '../../../src/telemetry/disk-use.ts';
import { gpuMemory } from '../../../src/telemetry/gpu-memory.ts';
import { createMetrics } from '../../../src/telemetry/metrics.ts';
import { sampleRegularly } from '../../../src/telemetry/sample-regularly.ts';
import { FakeClock } from '../../support/fake-clock.ts';

function folderOf(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'nightglass-machine-'));
  t.after(() => rmSync(folder, { recursive: true }));
  return folder;
}

describe('diskUse', () => {
  it('tells the space of the disk and the size of the database with its journal', async (t) => {
    const folder = folderOf(t);
    writeFileSync(join(folder, 'nightglass.db'), Buffer.alloc(3000));
    writeFileSync(join(folder, 'nightglass.db-wal'), Buffer.alloc(500));
    writeFileSync(join(folder, 'other'), Buffer.alloc(999));
    const use = await diskUse(folder, 'nightglass.db');
    assert.ok(use);
    assert.equal(use.database, 3500);
    assert.ok(use.free > 0 && use.size >= use.free);
  });

  it('knows nothing of a folder that is not there', async () => {
    assert.equal(await diskUse('/nowhere/at/all', 'x'), undefined);
  });
});

describe('gpuMemory', () => {
  it('reads what the kernel tells of cards, and leaves out those that tell nothing', async (t) => {
    const folder = folderOf(t);
    for (const card of ['card0', 'card1', 'card1-HDMI-A-1']) {
      mkdirSync(join(folder, card, 'device'), { recursive: true });
    }
    writeFileSync(join(folder, 'card1/device/mem_info_vram_used'), '1048576\n');
    writeFileSync(join(folder, 'card1/device/mem_info_vram_total'), '8589934592\n');
    assert.deepEqual(await gpuMemory({ cards: folder, nvidiaSmi: null }), [
      { gpu: 'card1', used: 1_048_576, total: 8_589_934_592 },
    ]);
  });

  it('asks the NVIDIA program for cards and for this process', async (t) => {
    // Answers in the form of nvidia-smi 550; two cards, this process on the second.
    const program = join(folderOf(t), 'nvidia-smi');
    writeFileSync(
      program,
      `#!/bin/sh
case "$1" in
  --query-gpu=index,uuid,memory.used,memory.total)
    echo "0, GPU-aa, 512, 81559"; echo "1, GPU-bb, 2048, 81559";;
  --query-compute-apps=pid,gpu_uuid,used_memory)
    echo "7, GPU-aa, 400"; echo "42, GPU-bb, 1500";;
esac
`,
    );
    chmodSync(program, 0o755);
    const MiB = 1024 ** 2;
    assert.deepEqual(await gpuMemory({ cards: '/nowhere', nvidiaSmi: program, pid: 42 }), [
      { gpu: 'nvidia-0', used: 512 * MiB, total: 81_559 * MiB },
      { gpu: 'nvidia-1', used: 2048 * MiB, total: 81_559 * MiB, own: 1500 * MiB },
    ]);
  });

  it('tells of no card where there is none', async () => {
    assert.deepEqual(await gpuMemory({ cards: '/nowhere', nvidiaSmi: '/nowhere/nvidia-smi' }), []);
  });
});

describe('sampleRegularly', () => {
  it('works at once and again, goes on after a failure, gives up on what hangs, ends', async () => {
    const clock = new FakeClock();
    const faults: unknown[] = [];
    let turns = 0;
    const close = sampleRegularly({
      clock,
      intervalMs: 1000,
      limitMs: 5000,
      onError: (error) => faults.push(error),
      work: () => {
        turns += 1;
        if (turns === 2) return Promise.reject(new Error('no'));
        return turns === 3 ? new Promise(() => undefined) : Promise.resolve();
      },
    });
    const advance = async (ms: number) => {
      await setImmediate();
      clock.advance(ms);
      await setImmediate();
    };
    assert.equal(turns, 1);
    await advance(1000);
    assert.equal(turns, 2);
    assert.equal(faults.length, 1);
    await advance(1000);
    assert.equal(turns, 3);
    await advance(4000);
    assert.equal(turns, 3);
    await advance(1000);
    await advance(1000);
    assert.equal(turns, 4);
    close();
    await advance(10_000);
    assert.equal(turns, 4);
    assert.equal(clock.pending, 0);
  });
});

describe('metrics of the machine', () => {
  it('have no series for what is not known, rather than a 0', async () => {
    const metrics = createMetrics({ ledger: new FrameLedger(), version: '0' });
    const before = await metrics.text();
    for (const name of ['disk_free_bytes', 'gpu_memory_used_bytes', 'worker_heap_bytes']) {
      assert.doesNotMatch(before, new RegExp(`^nightglass_${name}`, 'm'), name);
    }
    metrics.watch({
      disk: () => ({ free: 5, size: 10, database: 1 }),
      gpus: () => [{ gpu: 'card0', used: 1, total: 2 }],
      workers: () => [{ name: 'all', ready: false, activeSeconds: 3 }],
    });
    const text = await metrics.text();
    metrics.close();
    assert.match(text, /^nightglass_disk_free_bytes\{folder="data"\} 5$/m);
    assert.match(text, /^nightglass_gpu_memory_used_bytes\{gpu="card0"\} 1$/m);
    assert.doesNotMatch(text, /^nightglass_gpu_memory_own_bytes\{/m);
    assert.match(text, /^nightglass_worker_up\{worker="all"\} 0$/m);
    assert.match(text, /^nightglass_worker_active_seconds_total\{worker="all"\} 3$/m);
    assert.doesNotMatch(text, /^nightglass_worker_heap_bytes\{/m);
    assert.match(text, /^nightglass_inference_worker_restarts_total\{worker="all"\} 0$/m);
  });
});
