import type { FaceImage } from '../domain/frame/face-image.ts';
import {
  applyAffine,
  composeAffine,
  frameSide,
  invertAffine,
  similarity,
  templateToRegion,
} from '../domain/geometry/align.ts';
import { clipBox } from '../domain/geometry/box.ts';
import { alignedTemplate112 } from '../domain/geometry/landmarks.ts';
import { packLandmarks } from './landmark-pack.ts';
import type { Pixels } from './protocol.ts';
import { handOver } from './transfer.ts';

/** Pixels that a filter may read beyond the frame. */
const margin = 4;

/**
 * What a worker needs of a face: the part of the picture that alignment can read,
 * copied once, and the landmarks in it. The face itself stays the caller's.
 * @throws RangeError when the landmarks coincide
 */
export function cropForWorker({ image, landmarks }: FaceImage): {
  pixels: Pixels;
  landmarks: number[];
} {
  const whole = { x: 0, y: 0, width: image.width, height: image.height };
  const toFrame = composeAffine(
    templateToRegion(frameSide),
    similarity(landmarks, alignedTemplate112),
  );
  const fromFrame = invertAffine(toFrame);
  const corners = [
    { x: 0, y: 0 },
    { x: frameSide, y: 0 },
    { x: 0, y: frameSide },
    { x: frameSide, y: frameSide },
  ].map((corner) => applyAffine(fromFrame, corner));
  const xs = corners.map(({ x }) => x);
  const ys = corners.map(({ y }) => y);
  const left = Math.min(...xs) - margin;
  const top = Math.min(...ys) - margin;
  const part = clipBox(
    {
      x: left,
      y: top,
      width: Math.max(...xs) + margin - left,
      height: Math.max(...ys) + margin - top,
    },
    image,
  );
  const shared = image.data.buffer instanceof SharedArrayBuffer;
  // A frame that misses the picture altogether reads its border: then, too, the whole goes.
  if (
    shared ||
    part.width * part.height === 0 ||
    part.width * part.height >= whole.width * whole.height
  ) {
    return {
      pixels: { ...sizeOf(image), data: handOver(image.data, false) },
      landmarks: packLandmarks(landmarks),
    };
  }
  const data = new Uint8Array(part.width * part.height * 3);
  for (let y = 0; y < part.height; y += 1) {
    const from = ((part.y + y) * image.width + part.x) * 3;
    data.set(image.data.subarray(from, from + part.width * 3), y * part.width * 3);
  }
  return {
    pixels: { width: part.width, height: part.height, data },
    landmarks: packLandmarks(landmarks).map((value, i) => value - (i % 2 === 0 ? part.x : part.y)),
  };
}

function sizeOf({ width, height }: { width: number; height: number }) {
  return { width, height };
}
