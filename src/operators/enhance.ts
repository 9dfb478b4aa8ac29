import type { OperatorFunction } from 'rxjs';
import { from, map } from 'rxjs';
import type { FaceImage } from '../frame/face-image.ts';
import type { RgbImage } from '../frame/image.ts';
import type { KeyframeStageOptions } from './map-keyframes.ts';
import { mapKeyframes } from './map-keyframes.ts';
import type { Keyframe, TrackEvent } from './select-keyframes.ts';

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
  /** True where there is none because enhancement failed. */
  readonly enhancementFailed?: boolean;
}

export interface EnhanceOptions extends KeyframeStageOptions {
  readonly enhancer: Enhancer;
}

/**
 * Adds the enhanced picture to each keyframe. Where enhancement fails the
 * keyframe goes on with its recorded face alone. Order is kept within a track.
 */
export function enhance(
  options: EnhanceOptions,
): OperatorFunction<TrackEvent, TrackEvent<EnhancedKeyframe>> {
  const { enhancer } = options;
  return mapKeyframes<Keyframe, EnhancedKeyframe>(
    options,
    (keyframe) =>
      from(enhancer.enhance(keyframe.face)).pipe(
        map((enhancedImage) => ({ ...keyframe, enhancedImage })),
      ),
    (keyframe) => ({ ...keyframe, enhancedImage: null, enhancementFailed: true }),
  );
}
