import type { OperatorFunction } from 'rxjs';
import { from, map, of } from 'rxjs';
import type { Fuser } from '../domain/face-models.ts';
import type { EmbeddedKeyframe, FusedKeyframe, TrackEvent } from '../domain/keyframe.ts';
import type { KeyframeStageOptions } from './map-keyframes.ts';
import { mapKeyframes } from './map-keyframes.ts';

export interface FuseOptions extends KeyframeStageOptions {
  readonly fuser: Fuser;
}

/**
 * Fuses the embeddings of recorded and enhanced face. Without an enhanced one,
 * or where fusing fails, the recorded face stands alone (gate 1). Order is kept
 * within a track.
 */
export function fuse(
  options: FuseOptions,
): OperatorFunction<TrackEvent<EmbeddedKeyframe>, TrackEvent<FusedKeyframe>> {
  const { fuser } = options;
  const rawAlone = (keyframe: EmbeddedKeyframe): FusedKeyframe => ({
    ...keyframe,
    fused: keyframe.raw.vector,
    gate: 1,
  });
  return mapKeyframes<EmbeddedKeyframe, FusedKeyframe>(
    options,
    (keyframe) => {
      if (!keyframe.enhanced) return of(rawAlone(keyframe));
      return from(fuser.fuse(keyframe.raw.vector, keyframe.enhanced.vector)).pipe(
        map(({ fused, gate }) => ({ ...keyframe, fused, gate })),
      );
    },
    rawAlone,
  );
}
