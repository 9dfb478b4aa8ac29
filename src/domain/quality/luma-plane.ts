import type { FaceImage } from '../frame/face-image.ts';
import { interEyeDistance } from '../geometry/landmarks.ts';
import type { RgbImage } from '../image/image.ts';

/** Brightness of a part of a picture: 0..255, rows top-down without padding. */
export interface LumaPlane {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8Array;
}

/** Brightness of a face. */
export interface FaceLuma extends LumaPlane {
  /** Inter-eye distance in the plane's own pixels. */
  readonly eyes: number;
}

/** Longest side that is looked at: quality is a property of the face, not of its pixel count. */
const maxSide = 64;

/**
 * Brightness (BT.601) of the face itself, without the margin of the cut: a
 * square of 2.6 inter-eye distances about the face's middle, clipped to the
 * cut. Larger ones are averaged down to at most 64 pixels a side by a whole
 * factor, so cost is bounded and sharpness is measured at a like scale.
 */
export function faceLuma(face: FaceImage): FaceLuma {
  const { image, landmarks } = face;
  const eyes = interEyeDistance(landmarks);
  const side = Math.max(4, 2.6 * eyes);
  const centreX = landmarks.reduce((sum, point) => sum + point.x, 0) / landmarks.length;
  const centreY = landmarks.reduce((sum, point) => sum + point.y, 0) / landmarks.length;
  const left = clamp(Math.round(centreX - side / 2), 0, image.width - 1);
  const top = clamp(Math.round(centreY - side / 2), 0, image.height - 1);
  const right = clamp(Math.round(centreX + side / 2), left + 1, image.width);
  const bottom = clamp(Math.round(centreY + side / 2), top + 1, image.height);
  const factor = Math.max(1, Math.ceil(Math.max(right - left, bottom - top) / maxSide));
  return { ...averageDown(image, left, top, right, bottom, factor), eyes: eyes / factor };
}

/** Brightness of the middle of the picture, pixel for pixel, at most `side` a side. */
export function middleLuma(image: RgbImage, side = Number.POSITIVE_INFINITY): LumaPlane {
  const left = Math.max(0, (image.width - side) >> 1);
  const top = Math.max(0, (image.height - side) >> 1);
  const right = Math.min(image.width, left + side);
  const bottom = Math.min(image.height, top + side);
  return averageDown(image, left, top, right, bottom, 1);
}

function averageDown(
  image: RgbImage,
  left: number,
  top: number,
  right: number,
  bottom: number,
  factor: number,
): LumaPlane {
  const width = Math.max(1, Math.floor((right - left) / factor));
  const height = Math.max(1, Math.floor((bottom - top) / factor));
  const data = new Uint8Array(width * height);
  const rgb = image.data;
  const area = factor * factor;
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      let sum = 0;
      for (let dy = 0; dy < factor; dy += 1) {
        let at = ((top + y * factor + dy) * image.width + left + x * factor) * 3;
        for (let dx = 0; dx < factor; dx += 1, at += 3) {
          sum +=
            77 * (rgb[at] as number) + 150 * (rgb[at + 1] as number) + 29 * (rgb[at + 2] as number);
        }
      }
      data[y * width + x] = (sum / area + 128) >> 8;
    }
  }
  return { width, height, data };
}

function clamp(value: number, low: number, high: number): number {
  return Math.min(Math.max(value, low), high);
}
