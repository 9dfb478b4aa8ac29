import assert from 'node:assert/strict';
import { createHash, generateKeyPairSync } from 'node:crypto';
import { appendFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import {
  checkTrusted,
  chooseModels,
  type ModelPlaces,
  manifestInUse,
  modelsBefore,
} from '../../../src/inference/installed-models.ts';
import { signatureFile, signManifest } from '../../../src/inference/model-signature.ts';
import { writeTinyModels } from '../../support/inference/tiny-models.ts';
import { useModels } from '../../support/inference/use-models.ts';

async function setUp(t: TestContext) {
  const dataDir = await mkdtemp(path.join(tmpdir(), 'nightglass-chosen-'));
  const models = async (version: string) => {
    const made = await writeTinyModels({ version });
    t.after(() => made[Symbol.asyncDispose]());
    return made;
  };
  t.after(() => rm(dataDir, { recursive: true }));
  const shipped = await models('1');
  const { manifestPath } = shipped;
  const places: ModelPlaces = {
    dataDir,
    configured: manifestPath,
    shipped: manifestPath,
    trusted: [],
  };
  return { places, shipped, models };
}

/** Writes into a manifest what `training.increment` writes: whom it was trained on from. */
async function trainedFrom(manifestPath: string, parentManifest: string, version: string) {
  const manifest = JSON.parse(await readFile(manifestPath, 'utf8'));
  const parent = {
    version: '1',
    manifestSha256: createHash('sha256')
      .update(await readFile(parentManifest))
      .digest('hex'),
    files: {},
  };
  const record = { version, parent, samples: { training: 20 } };
  const embed = manifest.models.find(({ task }: { task: string }) => task === 'embed');
  embed.training = { parent: 'by hand', increments: [record] };
  await writeFile(manifestPath, JSON.stringify(manifest));
  await writeFile(path.join(path.dirname(manifestPath), 'lineage.json'), JSON.stringify(record));
}

describe('models back', { timeout: 60_000 }, () => {
  it('goes to what was in use before, step by step, and no further', async (t) => {
    const { places, shipped, models } = await setUp(t);
    const now = () => manifestInUse(places.dataDir, places.configured);
    const back = async () => (await modelsBefore(places)).commit();
    await assert.rejects(modelsBefore(places), { code: 'NOT_FOUND' });
    const [two, three] = [await models('2'), await models('3')];
    await useModels(places, two.folder);
    await useModels(places, three.folder);
    await useModels(places, '3');
    await back();
    assert.equal(now(), two.manifestPath);
    const takeBack = await back();
    assert.equal(now(), shipped.manifestPath);
    takeBack();
    assert.equal(now(), two.manifestPath);
    await back();
    await assert.rejects(modelsBefore(places), { code: 'NOT_FOUND' });
    // What was left can be used again.
    await useModels(places, '3');
    assert.equal(now(), three.manifestPath);
  });

  it('refuses files that changed meanwhile', async (t) => {
    const { places, models } = await setUp(t);
    const [two, three] = [await models('2'), await models('3')];
    await useModels(places, two.folder);
    await useModels(places, three.folder);
    await appendFile(path.join(two.folder, 'tiny-embed.onnx'), ' ');
    await assert.rejects(modelsBefore(places), { code: 'MODEL_HASH_MISMATCH' });
    assert.equal(manifestInUse(places.dataDir, ''), three.manifestPath);
  });
});

describe('the version that models were trained on from', { timeout: 60_000 }, () => {
  it('has to be here, unless that is allowed', async (t) => {
    const { places, shipped, models } = await setUp(t);
    const [known, orphan] = [await models('1-a'), await models('1-b')];
    const elsewhere = await models('0');
    await trainedFrom(known.manifestPath, shipped.manifestPath, '1-a');
    await trainedFrom(orphan.manifestPath, elsewhere.manifestPath, '1-b');
    assert.equal((await useModels(places, known.folder)).version, '1-a');
    await assert.rejects(chooseModels(places, orphan.folder), { code: 'MODEL_PARENT_UNKNOWN' });
    const allowed = await chooseModels(places, orphan.folder, { allowUnknownParent: true });
    assert.equal(allowed.models.version, '1-b');
    // Once it is here, nothing has to be allowed.
    await useModels(places, elsewhere.folder);
    assert.equal((await chooseModels(places, orphan.folder)).models.version, '1-b');
  });

  it('is not taken from a record that contradicts itself', async (t) => {
    const { places, shipped, models } = await setUp(t);
    const next = await models('2');
    await trainedFrom(next.manifestPath, shipped.manifestPath, '3');
    await assert.rejects(chooseModels(places, next.folder), { code: 'MODEL_MANIFEST_INVALID' });
    await trainedFrom(next.manifestPath, shipped.manifestPath, '2');
    await writeFile(path.join(next.folder, 'lineage.json'), '{"version":"2"}');
    await assert.rejects(chooseModels(places, next.folder), { code: 'MODEL_MANIFEST_INVALID' });
  });
});

describe('models of an organisation that trusts keys', { timeout: 60_000 }, () => {
  it('are used only if one of these keys has signed the manifest as it is', async (t) => {
    const { places, shipped, models } = await setUp(t);
    const [ours, theirs] = [generateKeyPairSync('ed25519'), generateKeyPairSync('ed25519')];
    const strict: ModelPlaces = { ...places, trusted: [ours.publicKey] };
    const two = await models('2');
    const refused = () =>
      assert.rejects(chooseModels(strict, two.folder), { code: 'MODEL_SIGNATURE_INVALID' });
    await refused();
    await signManifest(two.manifestPath, theirs.privateKey);
    await refused();
    await signManifest(two.manifestPath, ours.privateKey);
    (await chooseModels(strict, two.folder)).commit();
    await checkTrusted(two.manifestPath, strict);
    // A start refuses it, too, once a byte has changed.
    await appendFile(two.manifestPath, '\n');
    await assert.rejects(checkTrusted(two.manifestPath, strict), {
      code: 'MODEL_SIGNATURE_INVALID',
    });
    await signManifest(two.manifestPath, ours.privateKey);
    await writeFile(signatureFile(two.manifestPath), 'no signature');
    await refused();
    // Those that ship come with the program.
    await checkTrusted(shipped.manifestPath, strict);
    assert.equal((await modelsBefore(strict)).models.version, '1');
  });
});
