import { isNightglassError } from '../domain/errors.ts';
import { checkModelFile, loadManifest, modelPath } from './manifest.ts';
import type { ModelTask, Precision } from './manifest-schema.ts';

/** A model file as the manifest states it. */
export interface ModelFile {
  readonly model: string;
  readonly task: ModelTask;
  readonly version: string;
  readonly licence: string;
  readonly card: string;
  readonly precision: Precision;
  readonly file: string;
  readonly sha256: string;
  readonly bytes: number;
}

export interface VerifiedFile extends ModelFile {
  /** Null when the file is there and of the stated hash; else why not. */
  readonly fault: { readonly code: string; readonly message: string } | null;
}

/** Every file of a manifest, unchecked. @throws NightglassError `MODEL_MANIFEST_INVALID` */
export async function listModels(manifestPath: string): Promise<readonly ModelFile[]> {
  const { manifest } = await loadManifest(manifestPath);
  return manifest.models.flatMap(({ name, task, version, licence, card, variants }) =>
    variants.map(({ precision, file, sha256, bytes }) => ({
      model: name,
      task,
      version,
      licence,
      card,
      precision,
      file,
      sha256,
      bytes,
    })),
  );
}

/**
 * Checks every file of a manifest, one after the other.
 * @throws NightglassError `MODEL_MANIFEST_INVALID`; faults of files are returned, not thrown
 */
export async function verifyModels(
  manifestPath: string,
  options: { allowOutside?: boolean; onFile?: (file: VerifiedFile) => void } = {},
): Promise<readonly VerifiedFile[]> {
  const { folder } = await loadManifest(manifestPath);
  const verified: VerifiedFile[] = [];
  for (const file of await listModels(manifestPath)) {
    const result = { ...file, fault: await faultOf(file, folder, options.allowOutside ?? false) };
    options.onFile?.(result);
    verified.push(result);
  }
  return verified;
}

async function faultOf(file: ModelFile, folder: string, allowOutside: boolean) {
  try {
    await checkModelFile(modelPath(folder, file.file, allowOutside), file);
    return null;
  } catch (error) {
    if (!isNightglassError(error)) throw error;
    return { code: error.code, message: error.message };
  }
}
