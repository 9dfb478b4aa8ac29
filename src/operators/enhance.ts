import type { OperatorFunction } from 'rxjs';
import { from, map } from 'rxjs';
import type { Enhancer } from '../domain/face-models.ts';
import type { EnhancedKeyframe, Keyframe, TrackEvent } from '../domain/keyframe.ts';
import type { KeyframeStageOptions } from './map-keyframes.ts';
import { mapKeyframes } from './map-keyframes.ts';

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
