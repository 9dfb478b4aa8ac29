import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { z } from 'zod';
import { NightglassError } from '../domain/errors.ts';
import { findModel, hashFile, loadManifest } from './manifest.ts';

/** Beside the manifest: the same record once more, for people. */
const lineageName = 'lineage.json';
const maxLineageBytes = 1024 * 1024;

const incrementSchema = z.looseObject({
  version: z.string().min(1),
  parent: z.looseObject({
    version: z.string().min(1),
    /** Of the manifest's bytes, hexadecimal digits. */
    manifestSha256: z.string().regex(/^[0-9a-f]{64}$/),
  }),
});
const trainingSchema = z.looseObject({ increments: z.array(incrementSchema).min(1) });

/** The version that models were trained on from. */
interface Parent {
  readonly version: string;
  readonly manifestSha256: string;
}

/**
 * Checks that models that were trained on from others come from a version that is here. The record
 * stands in the manifest (`training.increments`), which a signature covers. Models without such a
 * record come from nothing that could be asked for.
 * @param known manifests of the versions that are here
 * @throws NightglassError `MODEL_PARENT_UNKNOWN`; `MODEL_MANIFEST_INVALID` for a record that
 *   contradicts the version or `lineage.json`
 */
export async function checkLineage(manifestPath: string, known: readonly string[]): Promise<void> {
  const parent = await parentOf(manifestPath);
  if (parent === undefined) return;
  for (const file of known) {
    if (file === manifestPath) continue;
    const digest = await hashFile(file).catch(() => undefined);
    if (digest === parent.manifestSha256) return;
  }
  throw new NightglassError(
    'MODEL_PARENT_UNKNOWN',
    `Cannot use the models of ${manifestPath}: they were trained on from ${parent.version} (manifest ${parent.manifestSha256.slice(0, 12)}), which is not here`,
    { hint: 'Bring that version here first, or allow it with --allow-unknown-parent.' },
  );
}

async function parentOf(manifestPath: string): Promise<Parent | undefined> {
  const { manifest, folder } = await loadManifest(manifestPath);
  const embed = findModel(manifest, 'embed');
  if (embed === undefined || typeof embed.training !== 'object') return undefined;
  if (!('increments' in embed.training)) return undefined;
  const record = trainingSchema.safeParse(embed.training).data?.increments.at(-1);
  if (record === undefined) throw contradiction(manifestPath, 'its record has no known form');
  if (record.version !== embed.version) {
    throw contradiction(manifestPath, `it is of ${record.version}, the models of ${embed.version}`);
  }
  const file = path.join(folder, lineageName);
  const beside = await jsonOf(file, manifestPath);
  if (beside !== undefined && !isDeepStrictEqual(beside, record)) {
    throw contradiction(manifestPath, `${lineageName} says something else`);
  }
  return record.parent;
}

/** Undefined where there is no such file. */
async function jsonOf(file: string, manifestPath: string): Promise<unknown> {
  try {
    const text = await readFile(file, 'utf8');
    if (text.length > maxLineageBytes) throw new RangeError('too large');
    return JSON.parse(text);
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw contradiction(manifestPath, `${lineageName} cannot be read`);
  }
}

function contradiction(manifestPath: string, why: string): NightglassError {
  return new NightglassError(
    'MODEL_MANIFEST_INVALID',
    `Cannot use the models of ${manifestPath}: what they were trained on from is unclear, ${why}`,
    { hint: 'Export the version again.' },
  );
}
