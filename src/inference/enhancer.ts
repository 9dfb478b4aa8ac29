import type { Enhancer } from '../domain/face-models.ts';
import type { FaceImage } from '../domain/frame/face-image.ts';
import { alignTemplate } from '../domain/geometry/align.ts';
import { interEyeDistance } from '../domain/geometry/landmarks.ts';
import type { RgbImage } from '../domain/image/image.ts';
import { cropForWorker } from './crop-for-worker.ts';
import type { Submitter } from './engine.ts';

/** Region side for faces up to an inter-eye distance, both in pixels; rising. */
export type RegionSizes = readonly { readonly maxIed: number; readonly size: number }[];

/** As the shipped models were trained. */
export const defaultRegionSizes: RegionSizes = [
  { maxIed: 11, size: 32 },
  { maxIed: 24, size: 48 },
];

/** Side of the region to enhance for an inter-eye distance; null when the face needs none. */
export function regionSide(distance: number, sizes: RegionSizes): number | null {
  return sizes.find(({ maxIed }) => distance <= maxIed)?.size ?? null;
}

/** Denoiser and super-resolver of a manifest, behind the engine. */
export class ModelEnhancer implements Enhancer {
  readonly #engine: Submitter;
  readonly #sizes: RegionSizes;
  readonly #denoiser: string | undefined;

  /** @param denoiser name of the variant that denoises in place of the usual model */
  constructor(engine: Submitter, sizes: RegionSizes, denoiser?: string) {
    this.#engine = engine;
    this.#sizes = sizes;
    this.#denoiser = denoiser;
  }

  async enhance(face: FaceImage): Promise<RgbImage | null> {
    const side = regionSide(interEyeDistance(face.landmarks), this.#sizes);
    if (side === null) return null;
    const denoiser = this.#denoiser;
    const { pixels } = await this.#engine.submit(
      'enhance',
      { ...cropForWorker(face), side, ...(denoiser === undefined ? {} : { denoiser }) },
      denoiser === undefined ? `${side}` : `${side} ${denoiser}`,
    );
    return pixels;
  }
}

/** For ablations: the recorded face itself, aligned and enlarged, where a face would be enhanced. */
export class PlainEnlargement implements Enhancer {
  readonly #sizes: RegionSizes;

  constructor(sizes: RegionSizes) {
    this.#sizes = sizes;
  }

  async enhance({ image, landmarks }: FaceImage): Promise<RgbImage | null> {
    const side = regionSide(interEyeDistance(landmarks), this.#sizes);
    return side === null ? null : alignTemplate(image, landmarks);
  }
}

/** Stands in where a manifest has no denoiser or no super-resolver: enhances nothing. */
export const noEnhancer: Enhancer = { enhance: () => Promise.resolve(null) };
