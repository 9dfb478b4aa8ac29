import type { Frame } from './frame/frame.ts';
import type { Picture } from './frame/picture.ts';
import type { Box } from './geometry/box.ts';
import type { Landmarks } from './geometry/landmarks.ts';
import type { LookReason } from './motion.ts';

/** A face found in a picture, in that picture's pixels. */
export interface DetectedFace {
  readonly box: Box;
  readonly landmarks: Landmarks;
  /** The detector's confidence, 0..1. */
  readonly score: number;
}

/** A frame and its faces. Whoever holds it owns the frame. */
export interface DetectedFrame {
  readonly frame: Frame;
  readonly faces: readonly DetectedFace[];
}

/** A frame with what was found in it, and why it was looked at, if it was. */
export interface LookedAtFrame extends DetectedFrame {
  readonly look: LookReason;
}

/** What `detect` needs of a face detector. */
export interface Detector {
  /**
   * Finds faces. Reads the picture, never disposes of it.
   * @param closer parts of the picture to look at once more, in more detail; where there is no
   * time for one, what the look at the whole found stands
   * @throws NightglassError `INFERENCE_*`
   */
  detect(picture: Picture, closer?: readonly Box[]): Promise<readonly DetectedFace[]>;
}
