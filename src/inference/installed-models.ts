import type { KeyObject } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { isNightglassError, NightglassError } from '../domain/errors.ts';
import { findModel, loadManifest } from './manifest.ts';
import { checkLineage } from './model-lineage.ts';
import { checkSignature } from './model-signature.ts';
import { verifyModels } from './verify-models.ts';

/** File in the data folder that says which models are in use. */
const pointerName = 'models-in-use.json';

/** How far `models back` can go. */
const maxBefore = 20;

const pointerSchema = z.strictObject({
  /** Absolute path of the manifest in use; null for the configured one. */
  manifest: z.string().nullable(),
  /** Manifests that have been used, to go back to. */
  known: z.array(z.string()),
  /** What was in use before, the latest last, as `manifest`; a roll-back takes it off again. */
  before: z.array(z.string().nullable()).max(maxBefore).default([]),
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
  /** Who may sign models, Ed25519; empty where unsigned ones are used, too. */
  readonly trusted: readonly KeyObject[];
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
  /**
   * Lets them be named by their version from now on, whatever their folder; the models in use stay.
   * Returns what takes that back. @throws NightglassError `STORE_UNWRITABLE`
   */
  remember(): () => void;
}

/**
 * Finds and verifies the models that are to be used: the hash of each file, the signature where
 * keys are trusted, and that the version they were trained on from is here.
 * @param wanted version of an installed recogniser (`0.2.0`, `name@0.2.0`), a folder with a
 *   `manifest.json`, that file itself, or `default` for the configured models
 * @throws NightglassError `NOT_FOUND`, `USAGE` (several have the version), `MODEL_*` (files that
 *   differ from their hash, no recogniser, no trusted signature, an unknown parent)
 */
export async function chooseModels(
  places: ModelPlaces,
  wanted: string,
  options: { readonly allowUnknownParent?: boolean } = {},
): Promise<ChosenModels> {
  const manifest = await manifestWanted(places, wanted);
  const models = await soundModels(places, manifest);
  if (options.allowUnknownParent !== true) {
    const known = await installedModels(places);
    await checkLineage(
      manifest,
      known.map((each) => each.manifest),
    );
  }
  const { dataDir, configured } = places;
  return chosen(dataDir, models, (was) => {
    const next = wanted === 'default' ? null : manifest;
    return {
      manifest: next,
      known: [...new Set([...was.known, was.manifest ?? configured, manifest])],
      before: next === was.manifest ? was.before : [...was.before, was.manifest].slice(-maxBefore),
    };
  });
}

/**
 * Finds and verifies the models that were in use before; called again, those before them.
 * @throws NightglassError `NOT_FOUND` where none were, `MODEL_*` as `chooseModels` (their parent is
 *   not asked for again)
 */
export async function modelsBefore(places: ModelPlaces): Promise<ChosenModels> {
  const { dataDir, configured } = places;
  const { before } = readPointer(dataDir);
  const last = before.at(-1);
  if (last === undefined) {
    throw new NightglassError('NOT_FOUND', 'Cannot go back: no other models were in use before', {
      hint: 'Choose a version of `nightglass models list` with `nightglass models use`.',
    });
  }
  const models = await soundModels(places, last ?? configured);
  return chosen(dataDir, models, (was) => ({
    manifest: last,
    known: [...new Set([...was.known, was.manifest ?? configured])],
    before: was.before.slice(0, -1),
  }));
}

/**
 * Holds models against the keys that are trusted. The shipped ones need no signature: they come
 * with the program.
 * @throws NightglassError `MODEL_SIGNATURE_INVALID`
 */
export async function checkTrusted(
  manifest: string,
  { shipped, trusted }: Pick<ModelPlaces, 'shipped' | 'trusted'>,
): Promise<void> {
  if (trusted.length > 0 && manifest !== shipped) await checkSignature(manifest, trusted);
}

async function soundModels(places: ModelPlaces, manifest: string): Promise<InstalledModels> {
  await checkTrusted(manifest, places);
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
  return { manifest, name, version, inUse: true };
}

function chosen(
  dataDir: string,
  models: InstalledModels,
  next: (was: Pointer) => Pointer,
): ChosenModels {
  const change = (to: (was: Pointer) => Pointer) => () => {
    const was = readPointer(dataDir);
    writePointer(dataDir, to(was));
    return () => writePointer(dataDir, was);
  };
  return {
    models,
    commit: change(next),
    remember: change((was) => ({ ...was, known: [...new Set([...was.known, models.manifest])] })),
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
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') {
      return { manifest: null, known: [], before: [] };
    }
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
