import type { Landmarks, Point } from '../domain/geometry/landmarks.ts';

/** Five points as ten numbers x, y. */
export function packLandmarks(landmarks: Landmarks): number[] {
  return landmarks.flatMap(({ x, y }) => [x, y]);
}

/** The inverse of `packLandmarks`, reading ten numbers from `offset`. */
export function unpackLandmarks(numbers: ArrayLike<number>, offset = 0): Landmarks {
  const point = (n: number): Point => ({
    x: numbers[offset + n * 2] as number,
    y: numbers[offset + n * 2 + 1] as number,
  });
  return [point(0), point(1), point(2), point(3), point(4)];
}
