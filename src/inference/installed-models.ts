import { mkdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { isNightglassError, NightglassError } from '../domain/errors.ts';
import { findModel, loadManifest } from './manifest.ts';
import { verifyModels } from './verify-models.ts';

/** File in the data folder that says which models are in use. */
const pointerName = 'models-in-use.json';

const pointerSchema = z.strictObject({
  /** Absolute path of the manifest in use; null for the configured one. */
  manifest: z.string().nullable(),
  /** Manifests that have been used, to go back to. */
  known: z.array(z.string()),
});
type Pointer = z.infer<typeof pointerSchema>;

/** A folder of models that can be put to use. */
export interface InstalledModels {
  /** Absolute path of its manifest. */
  readonly manifest: string;
  /** Name and version of its recogniser. */
  readonly name: string;
  readonly version: string;
  readonly inUse: boolean;
}

/** Where models are looked for. */
export interface ModelPlaces {
  readonly dataDir: string;
  /** The manifest that is in use as long as nobody chose another one. */
  readonly configured: string;
  /** Further manifests that are always there. */
  readonly shipped: string;
}

/**
 * The manifest that `models use` chose, else the configured one.
 * @throws NightglassError `MODEL_MANIFEST_INVALID` when the choice cannot be read
 */
export function manifestInUse(dataDir: string, configured: string): string {
  return readPointer(dataDir).manifest ?? configured;
}

/** All that can be put to use: shipped, configured, used before, or below `models` in the data folder. */
export async function installedModels(places: ModelPlaces): Promise<InstalledModels[]> {
  const pointer = readPointer(places.dataDir);
  const current = pointer.manifest ?? places.configured;
  const pulled = path.join(places.dataDir, 'models');
  const folders = await readdir(pulled, { withFileTypes: true }).catch(() => []);
  const manifests = new Set([
    places.shipped,
    places.configured,
    ...pointer.known,
    ...folders
      .filter((entry) => entry.isDirectory())
      .map(({ name }) => path.join(pulled, name, 'manifest.json')),
    current,
  ]);
  const found: InstalledModels[] = [];
  for (const manifest of manifests) {
    const recogniser = await recogniserOf(manifest).catch((error: unknown) => {
      // A folder that was removed, or holds something else.
      if (isNightglassError(error)) return undefined;
      throw error;
    });
    if (recogniser !== undefined) {
      const { name, version } = recogniser;
      found.push({ manifest, name, version, inUse: manifest === current });
    }
  }
  return found;
}

/** Models that were found sound, not yet in use. */
export interface ChosenModels {
  readonly models: InstalledModels;
  /**
   * Puts them to use from the next start on. Returns what takes that back.
   * @throws NightglassError `STORE_UNWRITABLE`
   */
  commit(): () => void;
}

/**
 * Finds and verifies the models that are to be used.
 * @param wanted version of an installed recogniser (`0.2.0`, `name@0.2.0`), a folder with a
 *   `manifest.json`, that file itself, or `default` for the configured models
 * @throws NightglassError `NOT_FOUND`, `USAGE` (several have the version), `MODEL_*` (files that
 *   differ from their hash, no recogniser)
 */
export async function chooseModels(places: ModelPlaces, wanted: string): Promise<ChosenModels> {
  const manifest = await manifestWanted(places, wanted);
  const { name, version } = await recogniserOf(manifest);
  const files = await verifyModels(manifest);
  const faulty = files.find(({ fault }) => fault !== null);
  if (faulty?.fault) {
    throw new NightglassError(
      faulty.fault.code as 'MODEL_HASH_MISMATCH',
      `Cannot use these models: ${faulty.fault.message}`,
      { hint: 'Restore the file, or pull the models again.' },
    );
  }
  const { dataDir, configured } = places;
  return {
    models: { manifest, name, version, inUse: true },
    commit() {
      const before = readPointer(dataDir);
      writePointer(dataDir, {
        manifest: wanted === 'default' ? null : manifest,
        known: [...new Set([...before.known, before.manifest ?? configured, manifest])],
      });
      return () => writePointer(dataDir, before);
    },
  };
}

async function manifestWanted(places: ModelPlaces, wanted: string): Promise<string> {
  if (wanted === 'default') return places.configured;
  const installed = await installedModels(places);
  const matching = installed.filter(({ name, version }) =>
    [version, `${name}@${version}`].includes(wanted),
  );
  const [only, second] = matching;
  if (only !== undefined && second === undefined) return only.manifest;
  if (second !== undefined) {
    throw new NightglassError('USAGE', `Cannot use ${wanted}: several folders have that version`, {
      hint: `Name one of ${matching.map(({ manifest }) => path.dirname(manifest)).join(', ')}.`,
    });
  }
  const file = path.resolve(wanted);
  const info = statSync(file, { throwIfNoEntry: false });
  if (info?.isDirectory()) return path.join(file, 'manifest.json');
  if (info?.isFile()) return file;
  const versions = installed.map(({ name, version }) => `${name}@${version}`);
  throw new NightglassError(
    'NOT_FOUND',
    `Cannot use ${wanted}: it is no folder and no installed version`,
    { hint: `Installed: ${versions.join(', ')}.` },
  );
}

async function recogniserOf(manifestPath: string) {
  const { manifest } = await loadManifest(manifestPath);
  const embed = findModel(manifest, 'embed');
  if (embed !== undefined) return embed;
  throw new NightglassError(
    'MODEL_FILE_MISSING',
    `Cannot use the models of ${manifestPath}: they hold no recogniser`,
    { hint: 'A manifest to be used needs an entry of the task embed.' },
  );
}

function readPointer(dataDir: string): Pointer {
  const file = path.join(dataDir, pointerName);
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return { manifest: null, known: [] };
    throw unreadable(file, error);
  }
  try {
    return pointerSchema.parse(JSON.parse(text));
  } catch (error) {
    throw unreadable(file, error);
  }
}

function unreadable(file: string, cause: unknown): NightglassError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new NightglassError(
    'MODEL_MANIFEST_INVALID',
    `Cannot read which models are in use from ${file}: ${reason}`,
    { hint: 'Choose again with `nightglass models use`, after removing that file.', cause },
  );
}

/** A crash leaves the old choice or the new one, never half of it. */
function writePointer(dataDir: string, pointer: Pointer): void {
  const file = path.join(dataDir, pointerName);
  try {
    mkdirSync(dataDir, { recursive: true });
    writeFileSync(`${file}.new`, `${JSON.stringify(pointer, undefined, 1)}\n`);
    renameSync(`${file}.new`, file);
  } catch (cause) {
    throw new NightglassError(
      'STORE_UNWRITABLE',
      `Cannot write ${file}: ${(cause as Error).message}`,
      { hint: 'Give the data folder free space and write permission.', cause },
    );
  }
}
