import { detectInStill } from '../app/detect-in-still.ts';
import { shippedManifest } from '../app/shipped-files.ts';
import { createInference, type Inference } from '../inference/inference.ts';
import type { FacePorts } from '../services/faces/describe-faces.ts';
import { type ModelChoice, manifestOf } from './manifest-choice.ts';

export interface FaceTools extends FacePorts, AsyncDisposable {
  readonly inference: Inference;
}

/** Models of `--manifest`, else of the configuration, else those that ship. @throws NightglassError `MODEL_*` */
export async function openFaceTools(choice: ModelChoice): Promise<FaceTools> {
  const inference = await createInference({
    manifestPath: manifestOf(choice),
    completeFrom: shippedManifest,
    workers: 1,
  });
  return {
    inference,
    find: detectInStill(inference.detector({ inputWidth: 640 })),
    aligner: inference.aligner(),
    enhancer: inference.enhancer(),
    embedder: inference.embedder(),
    fuser: inference.fuser(),
    [Symbol.asyncDispose]: () => inference.close(),
  };
}
