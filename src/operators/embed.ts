import type { OperatorFunction } from 'rxjs';
import { forkJoin, from, map, of } from 'rxjs';
import type { Embedder } from '../domain/face-models.ts';
import type {
  EmbeddedKeyframe,
  EnhancedKeyframe,
  Keyframe,
  TrackEvent,
} from '../domain/keyframe.ts';
import { judgeRecognised } from '../domain/quality/assess-quality.ts';
import type { KeyframeStageOptions } from './map-keyframes.ts';
import { mapKeyframes } from './map-keyframes.ts';

export interface EmbedOptions extends KeyframeStageOptions {
  readonly embedder: Embedder;
  /** Called with every keyframe that the recogniser takes for no face. */
  readonly onRejected?: (keyframe: Keyframe) => void;
}

/**
 * Embeds each keyframe's recorded face and, where there is one, its enhanced
 * picture; the quality takes in the recogniser's word on the recorded face. A
 * keyframe that cannot be embedded is dropped, and one that the recogniser takes
 * for no face (`not_a_face`) with it: it never reaches a template. Order is kept
 * within a track.
 */
export function embed(
  options: EmbedOptions,
): OperatorFunction<TrackEvent<EnhancedKeyframe>, TrackEvent<EmbeddedKeyframe>> {
  const { embedder, onRejected } = options;
  return mapKeyframes<EnhancedKeyframe, EmbeddedKeyframe>(
    options,
    (keyframe) => {
      const { face, enhancedImage } = keyframe;
      return forkJoin({
        raw: from(embedder.embed(face)),
        enhanced: enhancedImage ? from(embedder.embedEnhanced(enhancedImage)) : of(null),
      }).pipe(
        map(({ raw, enhanced }) => {
          const { recognisability, occlusion } = raw;
          const { detectionScore } = keyframe;
          const seen = { recognisability, detectionScore, occlusion };
          const quality = judgeRecognised(keyframe.quality, seen, embedder.rejectBelow);
          if (quality.verdict === 'reject') {
            onRejected?.(keyframe);
            return null;
          }
          return { ...keyframe, quality, model: embedder.model, raw, enhanced };
        }),
      );
    },
    () => null,
  );
}
