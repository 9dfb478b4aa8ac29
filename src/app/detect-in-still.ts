import type { DetectedFace, Detector } from '../domain/detection.ts';
import type { RgbImage } from '../domain/image/image.ts';
import { pictureFromRgb } from '../streams/rgb-picture.ts';

/** The live path's detector, for still images. */
export function detectInStill(
  detector: Detector,
): (image: RgbImage) => Promise<readonly DetectedFace[]> {
  return async (image) => {
    const picture = pictureFromRgb(image);
    try {
      return await detector.detect(picture);
    } finally {
      picture.dispose();
    }
  };
}
