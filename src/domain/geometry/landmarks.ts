/** A point in pixels; whole numbers are pixel centres (OpenCV's convention). */
export interface Point {
  readonly x: number;
  readonly y: number;
}

/**
 * Five facial landmarks in pixels, in this order: the eye, on the picture's
 * left first, then the other eye, nose tip, the mouth corner on the picture's
 * left, the other mouth corner.
 */
export type Landmarks = readonly [Point, Point, Point, Point, Point];

/** Inter-eye distance (IED): pixels between the eye centres. */
export function interEyeDistance(landmarks: Landmarks): number {
  const [left, right] = landmarks;
  return Math.hypot(right.x - left.x, right.y - left.y);
}

/** Where the five points stand in the usual 112x112 aligned crop (ArcFace's template). */
export const alignedTemplate112: Landmarks = [
  { x: 38.2946, y: 51.6963 },
  { x: 73.5318, y: 51.5014 },
  { x: 56.0252, y: 71.7366 },
  { x: 41.5493, y: 92.3655 },
  { x: 70.7299, y: 92.2041 },
];

/** Landmarks moved by an offset and then multiplied by a scale. */
export function mapLandmarks(landmarks: Landmarks, map: (point: Point) => Point): Landmarks {
  const [a, b, c, d, e] = landmarks;
  return [map(a), map(b), map(c), map(d), map(e)];
}
