import type { FaceImage } from '../frame/face-image.ts';
import type { RgbImage } from '../frame/image.ts';
import type { EnhancedKeyframe } from './enhance.ts';

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

export interface EmbeddedKeyframe extends EnhancedKeyframe {
  readonly model: string;
  readonly raw: Embedding;
  readonly enhanced: Embedding | null;
}
