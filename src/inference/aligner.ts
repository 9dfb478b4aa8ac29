import type { Aligner } from '../domain/face-models.ts';
import type { FaceImage } from '../domain/frame/face-image.ts';
import type { Landmarks } from '../domain/geometry/landmarks.ts';
import { interEyeDistance, mapLandmarks } from '../domain/geometry/landmarks.ts';
import { cropForWorker } from './crop-for-worker.ts';
import type { Submitter } from './engine.ts';
import { packLandmarks, unpackLandmarks } from './landmark-pack.ts';

/** The aligner of a manifest, behind the engine. */
export class ModelAligner implements Aligner {
  readonly #engine: Submitter;

  readonly #maxIed: number;

  /** @param maxIed larger faces keep their landmarks, pixels between the eyes */
  constructor(engine: Submitter, maxIed = Number.POSITIVE_INFINITY) {
    this.#engine = engine;
    this.#maxIed = maxIed;
  }

  async align({ image, landmarks }: FaceImage): Promise<Landmarks> {
    if (interEyeDistance(landmarks) > this.#maxIed) return landmarks;
    const item = cropForWorker({ image, landmarks });
    const moved = await this.#engine.submit('align', item);
    // The worker's picture is a part of the face's: back by what the crop took off.
    const [first] = packLandmarks(landmarks);
    const left = (first as number) - (item.landmarks[0] as number);
    const top = landmarks[0].y - (item.landmarks[1] as number);
    return mapLandmarks(unpackLandmarks([...moved.landmarks]), ({ x, y }) => ({
      x: x + left,
      y: y + top,
    }));
  }
}

/** Stands in where a manifest has no aligner: the detector's landmarks stay. */
export const noAligner: Aligner = { align: ({ landmarks }) => Promise.resolve(landmarks) };
