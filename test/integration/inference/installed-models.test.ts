import assert from 'node:assert/strict';
import { appendFile, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import {
  installedModels,
  type ModelPlaces,
  manifestInUse,
} from '../../../src/inference/installed-models.ts';
import { writeTinyModels } from '../../support/inference/tiny-models.ts';
import { useModels } from '../../support/inference/use-models.ts';

async function setUp(t: TestContext) {
  const dataDir = await mkdtemp(path.join(tmpdir(), 'nightglass-installed-'));
  const [one, two] = [await writeTinyModels(), await writeTinyModels({ version: '2' })];
  t.after(async () => {
    await rm(dataDir, { recursive: true });
    for (const models of [one, two]) await models[Symbol.asyncDispose]();
  });
  const { manifestPath } = one;
  const places: ModelPlaces = {
    dataDir,
    configured: manifestPath,
    shipped: manifestPath,
    trusted: [],
  };
  const inUse = async () =>
    (await installedModels(places)).map(
      ({ version, inUse: used }) => `${version}${used ? '*' : ''}`,
    );
  return { dataDir, one, two, places, inUse };
}

describe('models use', { timeout: 30_000 }, () => {
  it('goes forward by folder, and back and forth by version', async (t) => {
    const { dataDir, one, two, places, inUse } = await setUp(t);
    assert.deepEqual(await inUse(), ['1*']);
    assert.equal(manifestInUse(dataDir, one.manifestPath), one.manifestPath);
    const used = await useModels(places, two.folder);
    assert.deepEqual([used.name, used.version], ['tiny-embed', '2']);
    assert.equal(manifestInUse(dataDir, one.manifestPath), two.manifestPath);
    assert.deepEqual(await inUse(), ['1', '2*']);
    await useModels(places, '1');
    assert.deepEqual(await inUse(), ['1*', '2']);
    await useModels(places, 'tiny-embed@2');
    assert.deepEqual(await inUse(), ['1', '2*']);
    await useModels(places, 'default');
    assert.deepEqual(await inUse(), ['1*', '2']);
  });

  it('finds what was pulled into the data folder', async (t) => {
    const { two, places, dataDir, inUse } = await setUp(t);
    await rename(two.folder, path.join(await makeFolder(dataDir), 'pulled'));
    assert.deepEqual(await inUse(), ['1*', '2']);
    await useModels(places, '2');
    assert.match(manifestInUse(dataDir, ''), /models\/pulled\/manifest\.json$/);
  });

  it('refuses what it cannot use, and leaves the choice as it is', async (t) => {
    const { two, places, inUse } = await setUp(t);
    await assert.rejects(useModels(places, '3'), {
      code: 'NOT_FOUND',
      hint: /tiny-embed@1/,
    });
    const gate = await writeTinyModels({ without: ['tiny-embed'] });
    t.after(() => gate[Symbol.asyncDispose]());
    await assert.rejects(useModels(places, gate.folder), { code: 'MODEL_FILE_MISSING' });
    await appendFile(path.join(two.folder, 'tiny-embed.onnx'), ' ');
    await assert.rejects(useModels(places, two.folder), { code: 'MODEL_HASH_MISMATCH' });
    const other = await writeTinyModels();
    t.after(() => other[Symbol.asyncDispose]());
    await useModels(places, other.folder);
    await assert.rejects(useModels(places, '1'), { code: 'USAGE', message: /several folders/ });
    assert.deepEqual(await inUse(), ['1', '1*']);
  });

  it('says so where the choice cannot be read', async (t) => {
    const { places } = await setUp(t);
    await writeFile(path.join(places.dataDir, 'models-in-use.json'), '{"manifest":');
    await assert.rejects(installedModels(places), { code: 'MODEL_MANIFEST_INVALID' });
  });
});

async function makeFolder(dataDir: string): Promise<string> {
  const { mkdir } = await import('node:fs/promises');
  const folder = path.join(dataDir, 'models');
  await mkdir(folder);
  return folder;
}
