import type { FaceImage } from './frame/face-image.ts';
import type { RgbImage } from './image/image.ts';

export interface Embedding {
  /** L2-normalised, the model's dimension. */
  readonly vector: Float32Array;
  /** How much identity the image still shows, 0..1, calibrated for the model. */
  readonly recognisability: number;
}

/** What `embed` needs of a face recogniser. */
export interface Embedder {
  /** Name of the embedding model: templates of different models never compare. */
  readonly model: string;
  /** Aligns the face to the model's template and embeds it. @throws NightglassError `INFERENCE_*` */
  embed(face: FaceImage): Promise<Embedding>;
  /** Embeds a face that is aligned already (112x112). @throws NightglassError `INFERENCE_*` */
  embedAligned(image: RgbImage): Promise<Embedding>;
}

/** What `enhance` needs: denoiser, then super-resolver. */
export interface Enhancer {
  /**
   * A plausible sharper picture of the face: 112x112, aligned to the five-point
   * template. Null when the face is large enough to need none.
   * @throws NightglassError `INFERENCE_*`
   */
  enhance(face: FaceImage): Promise<RgbImage | null>;
}

/** What `fuse` needs: the learned gate. */
export interface Fuser {
  /**
   * f = g*raw + (1-g)*enhanced, normalised.
   * @param raw L2-normalised embedding of the recorded face
   * @param enhanced L2-normalised embedding of the enhanced face
   * @returns `fused` L2-normalised, `gate` g in 0..1 (1: raw alone)
   */
  fuse(
    raw: Float32Array,
    enhanced: Float32Array,
  ): Promise<{ readonly fused: Float32Array; readonly gate: number }>;
}
