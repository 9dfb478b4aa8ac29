import type { Landmarks } from '../geometry/landmarks.ts';
import type { RgbImage } from '../image/image.ts';

/** A face cut from a picture with room around it, and its landmarks in the cut's own pixels. */
export interface FaceImage {
  readonly image: RgbImage;
  readonly landmarks: Landmarks;
}
