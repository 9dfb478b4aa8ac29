import assert from 'node:assert/strict';
import path from 'node:path';
import { describe, it } from 'node:test';
import { createInference, type InferenceOptions } from '../../../src/inference/inference.ts';
import { writeTinyModels } from '../../support/inference/tiny-models.ts';

const manifestPath = path.join(import.meta.dirname, '..', '..', '..', 'models', 'manifest.json');

async function open(options: Partial<InferenceOptions> & { manifestPath: string }) {
  const inference = await createInference(options);
  return Object.assign(inference, { [Symbol.asyncDispose]: () => inference.close(0) });
}

describe('a process that recognises nothing itself', { timeout: 60_000 }, () => {
  it('loads the detector alone, and says the same of its models as one that loads all', async () => {
    await using light = await open({ manifestPath, detectorAlone: true });
    await using whole = await open({ manifestPath });
    assert.deepEqual(
      light.providers().map(({ task }) => task),
      ['detect'],
    );
    assert.deepEqual(
      light.health().queues.map(({ operation }) => operation),
      ['detect'],
    );
    assert.ok(light.health().ok);
    assert.deepEqual(light.health().disabled, whole.health().disabled, 'nothing is missing');
    assert.ok(whole.providers().length > 4);
    assert.equal(light.modelsHash, whole.modelsHash);
    assert.equal(light.embedder().model, whole.embedder().model);
    assert.deepEqual(light.calibration, whole.calibration);
  });

  it('says another thing of models that have another recogniser', async () => {
    await using one = await writeTinyModels();
    await using other = await writeTinyModels({ slowLayers: 3 });
    await using light = await open({ manifestPath: one.manifestPath, detectorAlone: true });
    await using whole = await open({ manifestPath: other.manifestPath });
    assert.notEqual(light.modelsHash, whole.modelsHash);
  });
});
