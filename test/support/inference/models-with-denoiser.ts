import { createHash } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type ModelEntry, manifestSchema } from '../../../src/inference/manifest-schema.ts';
import { testManifest } from '../live/demo-footage.ts';
import { tinyOnnx } from './tiny-onnx.ts';

/** Denoises nothing: a denoiser of its own that is told by its hash, not by what it does to faces. */
const identity = tinyOnnx({
  nodes: [{ op: 'Identity', inputs: ['input'], outputs: ['output'] }],
  inputs: [{ name: 'input', dims: ['n', 3, 'h', 'w'] }],
  outputs: [{ name: 'output', dims: ['n', 3, 'h', 'w'] }],
});

export interface ModelsWithDenoiser extends AsyncDisposable {
  readonly manifestPath: string;
  readonly sha256: string;
}

/** The models under test, and a variant of the denoiser beside them. */
export async function modelsWithDenoiser(name: string): Promise<ModelsWithDenoiser> {
  const folder = await mkdtemp(path.join(tmpdir(), 'nightglass-denoiser-'));
  const from = path.dirname(testManifest);
  for (const file of await readdir(from)) {
    if (file !== 'manifest.json') await symlink(path.join(from, file), path.join(folder, file));
  }
  const manifest = manifestSchema.parse(JSON.parse(await readFile(testManifest, 'utf8')));
  const base = manifest.models.find(({ task }) => task === 'denoise');
  if (base === undefined) throw new TypeError('the models under test have no denoiser');
  const sha256 = createHash('sha256').update(identity).digest('hex');
  const file = `${name}.onnx`;
  await writeFile(path.join(folder, file), identity);
  const variant = {
    ...{ ...base, name, variantOf: base.name },
    variants: [{ precision: 'fp32', file, sha256, bytes: identity.length }],
  } as ModelEntry;
  const manifestPath = path.join(folder, 'manifest.json');
  await writeFile(
    manifestPath,
    JSON.stringify({ ...manifest, models: [...manifest.models, variant] }),
  );
  return {
    ...{ manifestPath, sha256 },
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }),
  };
}
