import { interEyeDistance, type Landmarks } from '../geometry/landmarks.ts';
import type { QualityScore } from './quality.ts';

/**
 * How much of the face lies within the picture (OFIQ: crop of the face image,
 * left, right, above, below). The face is taken to reach 1.3 inter-eye
 * distances to each side of the landmarks' middle and 1.6 up and down.
 * @param landmarks in the picture's pixels
 * @returns raw: share of that area within the picture, 0..1; score: 0 at half of it, 100 at all
 */
export function coverage(
  landmarks: Landmarks,
  picture: { readonly width: number; readonly height: number },
): QualityScore {
  const distance = interEyeDistance(landmarks);
  const middle = (of: (point: { x: number; y: number }) => number) =>
    landmarks.reduce((sum, point) => sum + of(point), 0) / landmarks.length;
  const raw =
    within(
      middle(({ x }) => x),
      1.3 * distance,
      picture.width,
    ) *
    within(
      middle(({ y }) => y),
      1.6 * distance,
      picture.height,
    );
  return { raw, score: 100 * Math.min(1, Math.max(0, 2 * raw - 1)) };
}

/** Share of [centre - reach, centre + reach] that lies in [0, size]. */
function within(centre: number, reach: number, size: number): number {
  if (reach <= 0) return 0;
  const inside = Math.min(centre + reach, size) - Math.max(centre - reach, 0);
  return Math.min(1, Math.max(0, inside) / (2 * reach));
}
