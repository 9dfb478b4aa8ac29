import type { FaceImage } from '../domain/frame/face-image.ts';
import { applyAffine, frameSide, similarity, templateSide } from '../domain/geometry/align.ts';
import type { Box } from '../domain/geometry/box.ts';
import { clipBox, expandBox } from '../domain/geometry/box.ts';
import type { Landmarks } from '../domain/geometry/landmarks.ts';
import { alignedTemplate112, mapLandmarks } from '../domain/geometry/landmarks.ts';
import type { RgbImage } from '../domain/image/image.ts';

/** Longest side of a cut, pixels. */
const maxSide = 256;
/** How far the cut reaches beyond the detector's box. */
const margin = 1.6;

/** Where a face is to be cut from its frame, and at what size. */
export interface FaceCut {
  /** Whole pixels, within the frame. */
  readonly crop: Box;
  /** Size of the cut: the crop's own up to 256 a side, so that nothing is resampled. */
  readonly width: number;
  readonly height: number;
  /** Pixels of the frame a pixel of the cut stands for. */
  readonly framePixels: number;
}

/**
 * Plans the cut: the box grown to 1.6, or further where aligning the face to
 * the enhanced frame (the 112x112 template and its rim) would read beyond that.
 * @returns null when nothing of it lies within the frame
 */
export function planFaceCut(
  face: { readonly box: Box; readonly landmarks: Landmarks },
  frame: { readonly width: number; readonly height: number },
): FaceCut | null {
  const crop = clipBox(union(expandBox(face.box, margin), alignedArea(face.landmarks)), frame);
  if (crop.width < 1 || crop.height < 1) return null;
  const scale = Math.min(1, maxSide / Math.max(crop.width, crop.height));
  return {
    crop,
    width: Math.max(1, Math.round(crop.width * scale)),
    height: Math.max(1, Math.round(crop.height * scale)),
    framePixels: 1 / scale,
  };
}

/** The cut's pixels with the landmarks moved into them. */
export function faceImageOf(cut: FaceCut, image: RgbImage, landmarks: Landmarks): FaceImage {
  const scaleX = cut.width / cut.crop.width;
  const scaleY = cut.height / cut.crop.height;
  return {
    image,
    landmarks: mapLandmarks(landmarks, ({ x, y }) => ({
      // Whole numbers are pixel centres: a pixel's area begins half a pixel before.
      x: (x - cut.crop.x + 0.5) * scaleX - 0.5,
      y: (y - cut.crop.y + 0.5) * scaleY - 0.5,
    })),
  };
}

/** Upright box about the (turned) square that the aligned crop and its rim are read from. */
function alignedArea(landmarks: Landmarks): Box {
  const map = similarity(alignedTemplate112, landmarks);
  const middle = (templateSide - 1) / 2;
  const { x, y } = applyAffine(map, { x: middle, y: middle });
  // Half of the turned square's extent along either axis, and two pixels for interpolation.
  const half = (frameSide / 2) * (Math.abs(map[0]) + Math.abs(map[1])) + 2;
  return { x: x - half + 0.5, y: y - half + 0.5, width: 2 * half, height: 2 * half };
}

function union(a: Box, b: Box): Box {
  const x = Math.min(a.x, b.x);
  const y = Math.min(a.y, b.y);
  return {
    x,
    y,
    width: Math.max(a.x + a.width, b.x + b.width) - x,
    height: Math.max(a.y + a.height, b.y + b.height) - y,
  };
}
