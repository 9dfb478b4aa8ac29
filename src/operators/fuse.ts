import type { OperatorFunction } from 'rxjs';
import { from, map } from 'rxjs';
import type { Fuser } from '../domain/face-models.ts';
import type { EmbeddedKeyframe, FusedKeyframe, TrackEvent } from '../domain/keyframe.ts';
import type { KeyframeStageOptions } from './map-keyframes.ts';
import { mapKeyframes } from './map-keyframes.ts';

export interface FuseOptions extends KeyframeStageOptions {
  readonly fuser: Fuser;
}

/**
 * Fuses the embeddings of recorded and enhanced face, and weighs the keyframe for its
 * track's template. Where fusing fails, the recorded face stands alone (gate 1, no weight).
 * Order is kept within a track.
 */
export function fuse(
  options: FuseOptions,
): OperatorFunction<TrackEvent<EmbeddedKeyframe>, TrackEvent<FusedKeyframe>> {
  const { fuser } = options;
  return mapKeyframes<EmbeddedKeyframe, FusedKeyframe>(
    options,
    (keyframe) =>
      from(fuser.fuse(keyframe)).pipe(
        map(({ fused, gate, weight }) => ({ ...keyframe, fused, gate, weight })),
      ),
    (keyframe) => ({ ...keyframe, fused: keyframe.raw.vector, gate: 1, weight: null }),
  );
}
