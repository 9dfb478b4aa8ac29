import type { FaceImage } from './frame/face-image.ts';
import type { Landmarks } from './geometry/landmarks.ts';
import type { RgbImage } from './image/image.ts';
import type { Occlusion } from './quality/occlusion.ts';

/** Light and detail of an aligned crop, each about 0..1; the fuse model reads them. */
export interface CropStatistics {
  /** Mean luma / 255. */
  readonly lumaMean: number;
  /** Standard deviation of luma (population) / 128. */
  readonly lumaDeviation: number;
  /** log10(1 + mean squared step of luma to the right and lower neighbour) / 3. */
  readonly gradientEnergy: number;
}

export interface Embedding {
  /** L2-normalised, the model's dimension. */
  readonly vector: Float32Array;
  /** How much identity the image still shows, 0..1, calibrated for the model; about 0 for what is no face. */
  readonly recognisability: number;
  /** Of the aligned crop of a recorded face. */
  readonly crop?: CropStatistics;
  /** What covers a recorded face; absent where no model says so. */
  readonly occlusion?: Occlusion;
}

/** What `embed` needs of a face recogniser. */
export interface Embedder {
  /** Name of the embedding model: templates of different models never compare. */
  readonly model: string;
  /** What is less recognisable is taken for no face; undefined where the model cannot tell. */
  readonly rejectBelow?: number | undefined;
  /** Aligns a recorded face to the model's template and embeds it. @throws NightglassError `INFERENCE_*` */
  embed(face: FaceImage): Promise<Embedding>;
  /**
   * Embeds an enhanced face, aligned already (112x112), by the expert for such pictures where
   * there is one, in the same space. @throws NightglassError `INFERENCE_*`
   */
  embedEnhanced(image: RgbImage): Promise<Embedding>;
}

/** What `align` needs: a second look at where a face stands, in the crop that the detector's points give. */
export interface Aligner {
  /**
   * The landmarks moved by a similarity, so that aligning by them brings the face onto the template.
   * Their shape, which tells the pose, stays. @throws NightglassError `INFERENCE_*`
   */
  align(face: FaceImage): Promise<Landmarks>;
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

/** Both branches of a face, as a fuser sees them. */
export interface FaceBranches {
  readonly raw: Embedding;
  /** Null where the face has no enhanced picture. */
  readonly enhanced: Embedding | null;
  /** In the picture that the face was cut from, pixels. */
  readonly interEyeDistance: number;
}

export interface Fusion {
  /** L2-normalised. Equals the raw embedding where there is no enhanced one. */
  readonly fused: Float32Array;
  /** Weight of the raw embedding, 0..1; 1 where there is no enhanced one. */
  readonly gate: number;
  /** Weight of this face when a track's template is pooled; null where the model gives none. */
  readonly weight: number | null;
}

/** What `fuse` needs: the learned gate. */
export interface Fuser {
  /** f = g*raw + (1-g)*enhanced, normalised. @throws NightglassError `INFERENCE_*` */
  fuse(face: FaceBranches): Promise<Fusion>;
}
