import type { OperatorFunction } from 'rxjs';
import { from, map, of } from 'rxjs';
import type { EmbeddedKeyframe } from './embed.ts';
import type { KeyframeStageOptions } from './map-keyframes.ts';
import { mapKeyframes } from './map-keyframes.ts';
import type { TrackEvent } from './select-keyframes.ts';

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

export interface FusedKeyframe extends EmbeddedKeyframe {
  /** L2-normalised. Equals `raw.vector` when there is no enhanced embedding. */
  readonly fused: Float32Array;
  /** Weight of the raw embedding, 0..1. */
  readonly gate: number;
}

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
