import { inferenceBounds } from '../domain/bounds.ts';
import type { ProviderName } from '../inference/protocol.ts';

/** Threads that run models. */
export interface InferenceThreads {
  /** That look for faces. */
  readonly detect: number;
  /** That recognise them. */
  readonly faces: number;
}

/** Cores of which one thread looks for faces: what else a frame costs takes two to three times as long. */
const coresADetector = 4;
const coresARecogniser = 8;

/**
 * Threads that run models where the configuration does not say: by the cores of this machine, so
 * that a large one is not held to what one thread detects. On a GPU one of each, which batch.
 * @param wanted of the configuration
 * @param alone the detector's models are all that this node runs
 */
export function inferenceThreads(
  wanted: { readonly [K in keyof InferenceThreads]?: number | undefined },
  machine: { readonly cores: number; readonly provider: ProviderName; readonly alone: boolean },
): InferenceThreads {
  const { cores, provider, alone } = machine;
  const byCores = (each: number, most: number) =>
    provider === 'cpu' ? Math.max(1, Math.min(most, Math.floor(cores / each))) : 1;
  const { detectThreads, faceThreads } = inferenceBounds;
  return {
    detect: wanted.detect ?? byCores(alone ? coresADetector - 1 : coresADetector, detectThreads),
    faces: wanted.faces ?? byCores(coresARecogniser, faceThreads),
  };
}
