import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { NightglassError } from '../domain/errors.ts';
import {
  type EntryOf,
  type Manifest,
  type ModelEntry,
  type ModelTask,
  type ModelVariant,
  manifestSchema,
} from './manifest-schema.ts';

/** A manifest and where it lies. */
export interface LoadedManifest {
  readonly manifest: Manifest;
  /** Folder that the entries' files are relative to. */
  readonly folder: string;
}

/** Largest manifest that is read, bytes. */
const maxManifestBytes = 4 * 1024 * 1024;

/**
 * Reads and validates a `manifest.json`. Model files are not touched.
 * @throws NightglassError `MODEL_MANIFEST_INVALID`
 */
export async function loadManifest(file: string): Promise<LoadedManifest> {
  let text: string;
  try {
    const { size } = await stat(file);
    if (size > maxManifestBytes) throw new RangeError(`it has ${size} bytes`);
    text = await readFile(file, 'utf8');
  } catch (cause) {
    throw new NightglassError(
      'MODEL_MANIFEST_INVALID',
      `Cannot read the model manifest ${file}: ${reason(cause)}`,
      { hint: 'Name a manifest.json that exists and that this user may read.', cause },
    );
  }
  return { manifest: parseManifest(text, file), folder: path.dirname(path.resolve(file)) };
}

/**
 * Validates the text of a manifest.
 * @param origin file or address, for messages
 * @throws NightglassError `MODEL_MANIFEST_INVALID`, each fault with its path
 */
export function parseManifest(text: string, origin: string): Manifest {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (cause) {
    throw new NightglassError(
      'MODEL_MANIFEST_INVALID',
      `Cannot read the model manifest ${origin}: ${reason(cause)}`,
      { hint: 'Mend the JSON.', cause },
    );
  }
  const parsed = manifestSchema.safeParse(json);
  if (parsed.success) return parsed.data;
  const faults = parsed.error.issues.map(
    (issue) => `${issue.path.length === 0 ? '(root)' : issue.path.join('.')}: ${issue.message}`,
  );
  throw new NightglassError(
    'MODEL_MANIFEST_INVALID',
    `Cannot use the model manifest ${origin}: ${faults.join('; ')}`,
    { hint: 'See models/manifest.json for the form of an entry.' },
  );
}

/**
 * The entry of this name, or the first of the task when no name is given, variants for single
 * cameras left out; undefined when there is none.
 */
export function findModel<T extends ModelTask>(
  manifest: Manifest,
  task: T,
  name?: string,
): EntryOf<T> | undefined {
  return manifest.models.find(
    (entry): entry is EntryOf<T> =>
      entry.task === task && (name === undefined ? !isVariant(entry) : entry.name === name),
  );
}

/** Whether it serves only the cameras that name it. */
function isVariant(entry: ModelEntry): boolean {
  return entry.task === 'denoise' && entry.variantOf !== undefined;
}

/**
 * The denoiser of a camera.
 * @param wanted its name, or the file of one of its precisions
 * @returns undefined where the manifest has no such variant
 */
export function findDenoiser({ models }: Manifest, wanted: string): EntryOf<'denoise'> | undefined {
  return models.find(
    (entry): entry is EntryOf<'denoise'> =>
      entry.task === 'denoise' &&
      entry.variantOf !== undefined &&
      (entry.name === wanted || entry.variants.some(({ file }) => file === wanted)),
  );
}

/**
 * Where a variant's file lies. A manifest may only name files at or below its
 * own folder, unless `allowOutside`: it may come from elsewhere.
 * @throws NightglassError `MODEL_MANIFEST_INVALID`
 */
export function modelPath(folder: string, file: string, allowOutside = false): string {
  const resolved = path.resolve(folder, file);
  const within = path.relative(folder, resolved);
  if (!allowOutside && (within.startsWith('..') || path.isAbsolute(within))) {
    throw new NightglassError(
      'MODEL_MANIFEST_INVALID',
      `Cannot use the model file ${file}: it lies outside the manifest's folder`,
      { hint: 'Put model files beside their manifest.' },
    );
  }
  return resolved;
}

/** SHA-256 of a file as hexadecimal digits, read as a stream. */
export async function hashFile(file: string, signal?: AbortSignal): Promise<string> {
  const hash = createHash('sha256');
  const options = signal === undefined ? {} : { signal };
  await pipeline(createReadStream(file, { highWaterMark: 1 << 20 }), hash, options);
  return hash.digest('hex');
}

/**
 * Checks a model file against its manifest entry: there, of the stated size and hash.
 * @throws NightglassError `MODEL_FILE_MISSING`, `MODEL_HASH_MISMATCH`
 */
export async function checkModelFile(file: string, variant: ModelVariant): Promise<void> {
  let size: number;
  try {
    ({ size } = await stat(file));
  } catch (cause) {
    throw new NightglassError(
      'MODEL_FILE_MISSING',
      `Cannot load the model file ${file}: ${reason(cause)}`,
      { hint: 'Fetch it with `nightglass models pull`, or restore it.', cause },
    );
  }
  const digest = size === variant.bytes ? await hashFile(file) : undefined;
  if (digest === variant.sha256) return;
  const found = digest === undefined ? `${size} bytes, not ${variant.bytes}` : `SHA-256 ${digest}`;
  throw new NightglassError(
    'MODEL_HASH_MISMATCH',
    `Cannot load the model file ${file}: it has ${found}, the manifest says ${variant.sha256}`,
    {
      hint: 'The file is damaged or was exchanged: restore it, or correct the manifest on purpose.',
    },
  );
}

function reason(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
