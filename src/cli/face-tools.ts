import { resolve } from 'node:path';
import { loadConfig } from '../config/load-config.ts';
import { createInference, type Inference } from '../inference/inference.ts';
import type { FacePorts } from '../pipeline/describe-faces.ts';
import { findInImage } from '../pipeline/find-in-image.ts';
import { shippedManifest } from '../pipeline.ts';

export interface ModelChoice {
  readonly manifest?: string;
  readonly config?: string;
}

export interface FaceTools extends FacePorts, AsyncDisposable {
  readonly inference: Inference;
}

/** Models of `--manifest`, else of the configuration, else those that ship. @throws NightglassError `MODEL_*` */
export async function openFaceTools(choice: ModelChoice): Promise<FaceTools> {
  const inference = await createInference({ manifestPath: manifestOf(choice), workers: 1 });
  return {
    inference,
    find: findInImage(inference.detector({ inputWidth: 640 })),
    enhancer: inference.enhancer(),
    embedder: inference.embedder(),
    fuser: inference.fuser(),
    [Symbol.asyncDispose]: () => inference.close(),
  };
}

/** Path of the manifest that is meant. */
export function manifestOf(choice: ModelChoice): string {
  if (choice.manifest !== undefined) return resolve(choice.manifest);
  if (choice.config !== undefined) {
    const { config, baseDir } = loadConfig(choice.config);
    if (config.models.manifest !== undefined) return resolve(baseDir, config.models.manifest);
  }
  return shippedManifest;
}
