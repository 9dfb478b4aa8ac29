import { templateSide, warp } from '../domain/geometry/align.ts';
import type { RgbImage } from '../domain/image/image.ts';

/** How a recogniser wants its face: a window of the 112x112 template crop, stretched to its input. */
const windows = {
  /** The template crop itself (ArcFace and kin). */
  'arcface-112': { x: 0, y: 0, width: 112, height: 112, to: { width: 112, height: 112 } },
  /** Intel's face-reidentification-retail-0095: the middle 96 columns, stretched to 128x128. */
  'retail-0095': { x: 8, y: 0, width: 96, height: 112, to: { width: 128, height: 128 } },
} as const;

export type AlignmentName = keyof typeof windows;
export const alignmentNames = Object.keys(windows) as [AlignmentName, ...AlignmentName[]];

/** The size of the pictures that an alignment gives. */
export function alignmentSize(name: AlignmentName): { width: number; height: number } {
  return windows[name].to;
}

/** The recogniser's input picture out of the 112x112 template crop. */
export function windowFor(name: AlignmentName, crop: RgbImage): RgbImage {
  const { x, y, width, height, to } = windows[name];
  if (width === templateSide && height === templateSide && to.width === templateSide) return crop;
  const kx = to.width / width;
  const ky = to.height / height;
  return warp(crop, [kx, 0, (0.5 - x) * kx - 0.5, 0, ky, (0.5 - y) * ky - 0.5], {
    ...to,
    cubic: false,
  });
}
