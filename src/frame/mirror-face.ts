import type { Landmarks, Point } from '../geometry/landmarks.ts';
import type { FaceImage } from './face-image.ts';
import type { RgbImage } from './image.ts';

/** The face as a mirror shows it; its landmarks keep their meaning (what was left is now right). */
export function mirrorFace({ image, landmarks }: FaceImage): FaceImage {
  const [rightEye, leftEye, nose, mouthRight, mouthLeft] = landmarks;
  const across = ({ x, y }: Point): Point => ({ x: image.width - 1 - x, y });
  const mirrored: Landmarks = [
    across(leftEye),
    across(rightEye),
    across(nose),
    across(mouthLeft),
    across(mouthRight),
  ];
  return { image: mirrorImage(image), landmarks: mirrored };
}

function mirrorImage({ width, height, data }: RgbImage): RgbImage {
  const mirrored = new Uint8Array(data.length);
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      const from = (y * width + x) * 3;
      const to = (y * width + width - 1 - x) * 3;
      for (let c = 0; c < 3; c += 1) mirrored[to + c] = data[from + c] as number;
    }
  }
  return { width, height, data: mirrored };
}
