import type { FaceImage } from './frame/face-image.ts';
import type { Frame } from './frame/frame.ts';
import type { Quality } from './quality/quality.ts';
import type { EndedTrack, TrackedFace } from './track.ts';

/** A tracked face with the worth of its image. */
export interface GradedFace extends TrackedFace {
  readonly quality: Quality;
  /** The face cut from the frame with a margin for alignment, at most 256 px a side; null when rejected. */
  readonly face: FaceImage | null;
}

/** A frame and its graded faces. Whoever holds it owns the frame. */
export interface GradedFrame {
  /** Null when tracks ended without a frame. */
  readonly frame: Frame | null;
  readonly faces: readonly GradedFace[];
  readonly ended: readonly EndedTrack[];
}
