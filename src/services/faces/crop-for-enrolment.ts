import type { FaceImage } from '../../domain/frame/face-image.ts';
import { type Box, clipBox, expandBox } from '../../domain/geometry/box.ts';
import { type Landmarks, mapLandmarks } from '../../domain/geometry/landmarks.ts';
import type { RgbImage } from '../../domain/image/image.ts';

/**
 * Cuts a face with a margin from a still picture. A large face is brought down
 * by a whole factor, each pixel the mean of its square, until its longer side
 * is at most `maxSide`.
 * @param face box and landmarks in the picture's pixels
 * @returns undefined when the box lies outside of the picture
 */
export function cropForEnrolment(
  picture: RgbImage,
  face: { readonly box: Box; readonly landmarks: Landmarks },
  options: { readonly margin?: number; readonly maxSide?: number } = {},
): FaceImage | undefined {
  const { margin = 1.8, maxSide = 448 } = options;
  const crop = clipBox(expandBox(face.box, margin), picture);
  const factor = Math.max(1, Math.ceil(Math.max(crop.width, crop.height) / maxSide));
  const width = Math.floor(crop.width / factor);
  const height = Math.floor(crop.height / factor);
  if (width < 1 || height < 1) return undefined;
  // Pixel centres are whole numbers: the centre of a square of pixels lies between them.
  const landmarks = mapLandmarks(face.landmarks, ({ x, y }) => ({
    x: (x - crop.x - (factor - 1) / 2) / factor,
    y: (y - crop.y - (factor - 1) / 2) / factor,
  }));
  const data = averaged(picture, crop, factor, width, height);
  return { image: { width, height, data }, landmarks };
}

function averaged(
  picture: RgbImage,
  crop: Box,
  factor: number,
  width: number,
  height: number,
): Uint8Array {
  const data = new Uint8Array(width * height * 3);
  const sums = new Uint32Array(width * 3);
  const area = factor * factor;
  for (let y = 0; y < height; y += 1) {
    sums.fill(0);
    for (let dy = 0; dy < factor; dy += 1) {
      let at = ((crop.y + y * factor + dy) * picture.width + crop.x) * 3;
      for (let x = 0; x < width; x += 1) {
        for (let dx = 0; dx < factor; dx += 1) {
          for (let c = 0; c < 3; c += 1) {
            sums[x * 3 + c] = (sums[x * 3 + c] as number) + (picture.data[at + c] as number);
          }
          at += 3;
        }
      }
    }
    const row = y * width * 3;
    for (let i = 0; i < sums.length; i += 1) {
      data[row + i] = Math.round((sums[i] as number) / area);
    }
  }
  return data;
}
