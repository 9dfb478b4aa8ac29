import type { FaceImage } from '../frame/face-image.ts';
import type { RgbImage } from '../frame/image.ts';
import type { Keyframe } from './select-keyframes.ts';

/** What `enhance` needs: denoiser, then super-resolver. */
export interface Enhancer {
  /**
   * A plausible sharper picture of the face: 112x112, aligned to the five-point
   * template. Null when the face is large enough to need none.
   * @throws NightglassError `INFERENCE_*`
   */
  enhance(face: FaceImage): Promise<RgbImage | null>;
}

export interface EnhancedKeyframe extends Keyframe {
  /** AI-enhanced aligned face, 112x112; null when it needed none or enhancement failed. */
  readonly enhancedImage: RgbImage | null;
}
