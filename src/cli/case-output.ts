import { open } from 'node:fs/promises';
import { blurDetector, faceBlur } from '../app/blur-faces.ts';
import { shippedManifest } from '../app/shipped-files.ts';
import { timeStampServer } from '../app/time-stamp-server.ts';
import { loadConfig } from '../config/load-config.ts';
import { NightglassError } from '../domain/errors.ts';
import type { ImageCodec } from '../domain/frame/image-codec.ts';
import { createInference } from '../inference/inference.ts';
import type { FaceBlur } from '../services/evidence/blur/face-blur.ts';
import type { TimeStampServer } from '../services/evidence/time-stamp/time-stamp-server.ts';
import type { DataFolderOptions } from './data-folder.ts';
import { type ModelChoice, manifestOf } from './manifest-choice.ts';

/** With the detector of the configuration file, else the one that ships. */
export async function openBlur(
  options: ModelChoice,
  codec: ImageCodec,
  resources: AsyncDisposableStack,
): Promise<FaceBlur> {
  const inference = await createInference({
    manifestPath: manifestOf(options),
    completeFrom: shippedManifest,
    workers: 1,
  });
  resources.defer(() => inference.close());
  return faceBlur(inference.detector(blurDetector), codec);
}

/** Of the configuration file, where one is given. */
export function timeStampsOf({ config: file }: DataFolderOptions): TimeStampServer | undefined {
  if (file === undefined) return undefined;
  const { config, baseDir } = loadConfig(file);
  return timeStampServer(config, { baseDir, env: process.env });
}

/** Takes the place of the file, before anything is on record. */
export async function reserve(out: string): Promise<void> {
  try {
    await (await open(out, 'wx', 0o600)).close();
  } catch (cause) {
    const exists = (cause as NodeJS.ErrnoException).code === 'EEXIST';
    throw new NightglassError(
      exists ? 'USAGE' : 'ENVIRONMENT',
      `Cannot write ${out}: ${exists ? 'there is a file already' : (cause as Error).message}`,
      { cause },
    );
  }
}
