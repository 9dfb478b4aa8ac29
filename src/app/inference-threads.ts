import { inferenceBounds } from '../domain/bounds.ts';
import type { ProviderName } from '../inference/protocol.ts';

/** Threads that run models. */
export interface InferenceThreads {
  /** That look for faces. */
  readonly detect: number;
  /** That recognise them. */
  readonly faces: number;
}

/** What a node does with models: all of it, looking for faces alone, or recognising alone. */
export type ModelUse = 'all' | 'detect' | 'recognise';

/**
 * Cores for each thread; null: one thread. What else a frame costs takes two to three times as long
 * as looking for faces, and recognising half of that.
 */
const coresEach: Readonly<Record<ModelUse, Record<keyof InferenceThreads, number | null>>> = {
  all: { detect: 4, faces: 8 },
  detect: { detect: 3, faces: null },
  recognise: { detect: null, faces: 2 },
};

/**
 * Threads that run models where the configuration does not say: by the cores of this machine, so
 * that a large one is not held to what one thread does. On a GPU one of each, which batch.
 * @param wanted of the configuration
 */
export function inferenceThreads(
  wanted: { readonly [K in keyof InferenceThreads]?: number | undefined },
  machine: { readonly cores: number; readonly provider: ProviderName; readonly use: ModelUse },
): InferenceThreads {
  const { cores, provider, use } = machine;
  const byCores = (each: number | null, most: number) =>
    each === null || provider !== 'cpu' ? 1 : Math.max(1, Math.min(most, Math.floor(cores / each)));
  const { detectThreads, faceThreads } = inferenceBounds;
  return {
    detect: wanted.detect ?? byCores(coresEach[use].detect, detectThreads),
    faces: wanted.faces ?? byCores(coresEach[use].faces, faceThreads),
  };
}
