import type { Affine } from './align.ts';
import { applyAffine, composeAffine, invertAffine, similarity, templateSide } from './align.ts';
import type { Landmarks } from './landmarks.ts';
import { alignedTemplate112, mapLandmarks } from './landmarks.ts';

/** Rotation and scale of an offset are about this template point, the middle of a face. */
const centre = { x: 56, y: 72 };
/** Template pixels of an offset of 1 in x or y. */
const span = templateSide / 2;

/**
 * How far a face stands off the template: log scale, angle in radians, shift in x and y in units
 * of 56 template pixels (`training/networks/aligner.py`).
 */
export type AlignedOffset = readonly [logScale: number, angle: number, x: number, y: number];

/** Three to four times the spread of what detectors miss by at 8 px: an answer beyond says nothing of the face. */
const limits: AlignedOffset = [0.25, 0.35, 0.25, 0.25];

/** Whether an answer of an aligner can be taken. */
export function isPlausible(offset: AlignedOffset): boolean {
  return offset.every((value, i) => Math.abs(value) <= (limits[i] as number));
}

/** The similarity, in template pixels, that an offset stands for. */
export function offsetMap([logScale, angle, x, y]: AlignedOffset): Affine {
  const scale = Math.exp(logScale);
  const c = scale * Math.cos(angle);
  const s = scale * Math.sin(angle);
  return [
    c,
    -s,
    centre.x - c * centre.x + s * centre.y + span * x,
    s,
    c,
    centre.y - s * centre.x - c * centre.y + span * y,
  ];
}

/**
 * Takes an offset back: with S the fit of the landmarks to the template and X the offset, the
 * landmarks are moved by S^-1 X S, so that the moved ones fit the template by X^-1 S. A
 * similarity: their shape stays.
 * @throws RangeError when the landmarks coincide
 */
export function withoutOffset(landmarks: Landmarks, offset: AlignedOffset): Landmarks {
  const fit = similarity(landmarks, alignedTemplate112);
  const move = composeAffine(invertAffine(fit), composeAffine(offsetMap(offset), fit));
  return mapLandmarks(landmarks, (point) => applyAffine(move, point));
}
