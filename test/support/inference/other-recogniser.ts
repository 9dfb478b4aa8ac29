import { mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type ModelEntry, manifestSchema } from '../../../src/inference/manifest-schema.ts';
import { testManifest } from '../live/demo-footage.ts';

export interface OtherRecogniser extends AsyncDisposable {
  readonly folder: string;
  readonly manifestPath: string;
  /** Of the files of the recogniser that is another one. */
  readonly hashes: readonly string[];
}

/**
 * The models under test in another version: what recognises enhanced faces recognises recorded ones,
 * too. A real network with other weights, whose scores differ a little everywhere.
 */
export async function otherRecogniser(version: string): Promise<OtherRecogniser> {
  const folder = await mkdtemp(path.join(tmpdir(), 'nightglass-other-'));
  const from = path.dirname(testManifest);
  for (const file of await readdir(from)) {
    if (file !== 'manifest.json') await symlink(path.join(from, file), path.join(folder, file));
  }
  const manifest = manifestSchema.parse(JSON.parse(await readFile(testManifest, 'utf8')));
  const expert = manifest.models.find(({ task }) => task === 'embed-enhanced');
  if (expert === undefined) throw new TypeError('the models under test have no second expert');
  const models = manifest.models.map((entry) =>
    entry.task === 'embed'
      ? ({ ...entry, version, variants: expert.variants } as ModelEntry)
      : entry,
  );
  const manifestPath = path.join(folder, 'manifest.json');
  await writeFile(manifestPath, JSON.stringify({ ...manifest, models }));
  return {
    ...{ folder, manifestPath },
    hashes: expert.variants.map(({ sha256 }) => sha256),
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }),
  };
}
