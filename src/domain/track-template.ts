import type { RgbImage } from './image/image.ts';
import type { FusedKeyframe } from './keyframe.ts';
import type { TrackNote } from './track.ts';

/** One of the best faces of a track, as it was recorded. */
export interface BestFace {
  /** Of its keyframe. */
  readonly ordinal: number;
  /** Unified quality, 0..100. */
  readonly quality: number;
  readonly image: RgbImage;
}

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
  /** Pixels between the eyes, weighted as `fused` is. */
  readonly interEyeDistance: number;
  /** Mean gate over the pooled keyframes, 0..1. */
  readonly meanGate: number;
  /** The keyframe of highest unified quality so far, one above the quality gate where there is one. */
  readonly best: FusedKeyframe;
  /** The best faces above the quality gate, best first; at most four. */
  readonly bestFaces: readonly BestFace[];
  /** The keyframe that made this version of the template. */
  readonly latest: FusedKeyframe;
}

export type TemplateEvent =
  | { readonly kind: 'template'; readonly template: TrackTemplate }
  | TrackNote;
