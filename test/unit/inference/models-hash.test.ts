import assert from 'node:assert/strict';
import path from 'node:path';
import { describe, it } from 'node:test';
import { findModel, loadManifest } from '../../../src/inference/manifest.ts';
import { modelsHash } from '../../../src/inference/models-hash.ts';
import { specOf } from '../../../src/inference/plan-models.ts';
import type { ModelSet } from '../../../src/inference/protocol.ts';

const shipped = path.join(import.meta.dirname, '..', '..', '..', 'models', 'manifest.json');

describe('one value for the models of a chain', () => {
  it('knows neither folder nor order, and each weight, name and version', async () => {
    const { folder, manifest } = await loadManifest(shipped);
    const detect = findModel(manifest, 'detect');
    const embed = findModel(manifest, 'embed');
    assert.ok(detect && embed && detect.variants.length > 1);
    const whole: ModelSet = { detect: specOf(detect, folder), embed: specOf(embed, folder) };
    const hash = modelsHash(whole);
    const turned = { ...detect, variants: detect.variants.toReversed() };
    const elsewhere = specOf(turned, '/opt/elsewhere');
    assert.equal(modelsHash({ embed: specOf(embed, folder), detect: elsewhere }), hash);
    const other = (change: Partial<typeof embed>) =>
      modelsHash({ ...whole, embed: specOf({ ...embed, ...change }, folder) });
    const [first, ...rest] = embed.variants;
    assert.ok(first);
    const changed = [{ ...first, sha256: '0'.repeat(64) }, ...rest];
    const hashes = [
      modelsHash({ detect: specOf(detect, folder) }),
      other({ variants: changed }),
      other({ name: 'other' }),
      other({ version: '9.9.9' }),
    ];
    assert.equal(new Set([hash, ...hashes]).size, 5);
  });
});
