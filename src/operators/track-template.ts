import type { FusedKeyframe } from './fuse.ts';

/** The running template of a track: quality-weighted means, L2-normalised, order-independent. */
export interface TrackTemplate {
  readonly cameraId: string;
  readonly trackId: string;
  readonly model: string;
  readonly fused: Float32Array;
  readonly raw: Float32Array;
  /** Null until a keyframe of the track was enhanced. */
  readonly enhanced: Float32Array | null;
  /** Keyframes pooled so far. */
  readonly keyframes: number;
  /** Mean gate over the pooled keyframes, 0..1. */
  readonly meanGate: number;
  /** The keyframe of highest unified quality so far. */
  readonly best: FusedKeyframe;
  /** The keyframe that made this version of the template. */
  readonly latest: FusedKeyframe;
}
