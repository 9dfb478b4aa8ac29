import type { EmbeddedKeyframe } from './embed.ts';

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
