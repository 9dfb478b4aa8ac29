import type { OperatorFunction } from 'rxjs';
import { forkJoin, from, map, of } from 'rxjs';
import type { FaceImage } from '../frame/face-image.ts';
import type { RgbImage } from '../frame/image.ts';
import { withRecognisability } from '../quality/assess-quality.ts';
import type { EnhancedKeyframe } from './enhance.ts';
import type { KeyframeStageOptions } from './map-keyframes.ts';
import { mapKeyframes } from './map-keyframes.ts';
import type { TrackEvent } from './select-keyframes.ts';

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

export interface EmbedOptions extends KeyframeStageOptions {
  readonly embedder: Embedder;
}

/**
 * Embeds each keyframe's recorded face and, where there is one, its enhanced
 * picture; the quality takes in the recogniser's word on the recorded face. A
 * keyframe that cannot be embedded is dropped. Order is kept within a track.
 */
export function embed(
  options: EmbedOptions,
): OperatorFunction<TrackEvent<EnhancedKeyframe>, TrackEvent<EmbeddedKeyframe>> {
  const { embedder } = options;
  return mapKeyframes<EnhancedKeyframe, EmbeddedKeyframe>(
    options,
    (keyframe) => {
      const { face, enhancedImage } = keyframe;
      return forkJoin({
        raw: from(embedder.embed(face)),
        enhanced: enhancedImage ? from(embedder.embedAligned(enhancedImage)) : of(null),
      }).pipe(
        map(({ raw, enhanced }) => ({
          ...keyframe,
          quality: withRecognisability(keyframe.quality, raw.recognisability),
          model: embedder.model,
          raw,
          enhanced,
        })),
      );
    },
    () => null,
  );
}
