import assert from 'node:assert/strict';
import { access } from 'node:fs/promises';
import path from 'node:path';
import { describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { alignedTemplate112, mapLandmarks } from '../../../src/geometry/landmarks.ts';
import { createInference } from '../../../src/inference/inference.ts';
import { listModels, verifyModels } from '../../../src/inference/verify-models.ts';

const manifestPath = fileURLToPath(new URL('../../../models/manifest.json', import.meta.url));

describe('the models that ship', { timeout: 60_000 }, () => {
  it('are whole, have cards, and together are at most 40 MB', async () => {
    const files = await verifyModels(manifestPath);
    for (const { file, card, fault } of files) {
      assert.equal(fault, null, file);
      await access(path.join(path.dirname(manifestPath), card));
    }
    const bytes = files.reduce((sum, file) => sum + file.bytes, 0);
    assert.ok(bytes <= 40_000_000, `${bytes} bytes`);
  });

  it('do every task of the live path, in full and in half precision', async () => {
    const tasks = new Set((await listModels(manifestPath)).map(({ task }) => task));
    for (const task of ['detect', 'denoise', 'superresolve', 'embed', 'fuse', 'quality'] as const) {
      assert.ok(tasks.has(task), `no ${task} model`);
    }
    const face = {
      image: {
        width: 64,
        height: 64,
        data: new Uint8Array(64 * 64 * 3).map((_, i) => (i * 37) % 251),
      },
      landmarks: mapLandmarks(alignedTemplate112, ({ x, y }) => ({
        x: 12 + x * 0.28,
        y: 12 + y * 0.28,
      })),
    };
    const chain = async (precision: 'fp32' | 'fp16' | 'int8') => {
      const inference = await createInference({ manifestPath, precision, workers: 1 });
      try {
        assert.deepEqual(inference.health().disabled, []);
        for (const { model, precision: runs } of inference.providers()) {
          // INT8 only where it pays.
          const wanted = precision === 'int8' && /fuse|quality/.test(model) ? 'fp32' : precision;
          assert.equal(runs, wanted, model);
        }
        const raw = await inference.embedder().embed(face);
        const picture = await inference.enhancer().enhance(face);
        assert.ok(picture !== null);
        const enhanced = await inference.embedder().embedAligned(picture);
        return await inference.fuser().fuse(raw.vector, enhanced.vector);
      } finally {
        await inference.close();
      }
    };
    const [full, half] = [await chain('fp32'), await chain('fp16')];
    const cosine = full.fused.reduce((sum, v, i) => sum + v * (half.fused[i] as number), 0);
    assert.ok(cosine > 0.999, `full and half precision agree to ${cosine}`);
    assert.ok(Math.abs(full.gate - half.gate) < 0.02);
    const small = await chain('int8');
    const agreement = full.fused.reduce((sum, v, i) => sum + v * (small.fused[i] as number), 0);
    assert.ok(agreement > 0.95, `full and INT8 agree to ${agreement}`);
  });
});
