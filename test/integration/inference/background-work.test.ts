import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { alignedTemplate112 } from '../../../src/domain/geometry/landmarks.ts';
import { createInference } from '../../../src/inference/inference.ts';
import { writeTinyModels } from '../../support/inference/tiny-models.ts';

/** A face of the template's size. */
function face() {
  const data = new Uint8Array(112 * 112 * 3).fill(90);
  return { image: { width: 112, height: 112, data }, landmarks: alignedTemplate112 };
}

describe('background work', { timeout: 60_000 }, () => {
  it('waits while live work is there, and takes no room of it', async () => {
    await using models = await writeTinyModels({ slowLayers: 200 });
    const inference = await createInference({
      manifestPath: models.manifestPath,
      workers: 1,
      queueLimit: 8,
    });
    try {
      const order: string[] = [];
      const live = inference.embedder();
      const waiting = inference.background().embedder();
      // The first one goes to the idle worker at once, eight wait.
      const later = Array.from({ length: 9 }, (_, at) =>
        waiting.embed(face()).then(() => order.push(`background ${at}`)),
      );
      await assert.rejects(waiting.embed(face()), { code: 'INFERENCE_OVERLOADED' });
      // The background's queue is full, and live work has all of its own.
      const now = Array.from({ length: 8 }, (_, at) =>
        live.embed(face()).then(() => order.push(`live ${at}`)),
      );
      await Promise.all([...later, ...now]);
      const first = order.findIndex((each) => each.startsWith('live'));
      assert.ok(first <= 2, `one batch of the background goes before: ${order.join(', ')}`);
      const between = order.slice(first, first + 8).filter((each) => each.startsWith('back'));
      assert.deepEqual(between, [], order.join(', '));
      assert.equal(order.length, 17);
    } finally {
      await inference.close(0);
    }
  });
});
