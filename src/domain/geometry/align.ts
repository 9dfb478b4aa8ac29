import type { RgbImage } from '../image/image.ts';
import { alignedTemplate112, type Landmarks, type Point } from './landmarks.ts';

/**
 * Alignment of a face by five points. Mirrors `training/data/align.py`, sample
 * for sample: what the networks saw in training is what they see here.
 *
 * Whole numbers are pixel centres (OpenCV's convention); pixels outside a
 * picture repeat its border; results are rounded half up and clipped.
 */

/** Affine map of the plane, row-major 2x3: x' = a*x + b*y + c, y' = d*x + e*y + f. */
export type Affine = readonly [a: number, b: number, c: number, d: number, e: number, f: number];

/** Side of the template crop, pixels. */
export const templateSide = 112;
/** Rim of the enhanced frame around the template crop, template pixels. */
export const frameRim = 8;
/** Side of the enhanced frame: template crop and rim. */
export const frameSide = templateSide + 2 * frameRim;

/**
 * Least-squares similarity (rotation, scale, shift; never a mirror) that takes
 * `source` to `target`: Umeyama's solution, in its closed form for the plane.
 * @throws RangeError when the source points coincide
 */
export function similarity(source: Landmarks, target: Landmarks): Affine {
  const from = centre(source);
  const to = centre(target);
  let norm = 0;
  let dot = 0;
  let cross = 0;
  for (const [i, point] of source.entries()) {
    const image = target[i] as Point;
    const x = point.x - from.x;
    const y = point.y - from.y;
    const u = image.x - to.x;
    const v = image.y - to.y;
    norm += x * x + y * y;
    dot += x * u + y * v;
    cross += x * v - y * u;
  }
  if (!(norm > 0)) throw new RangeError('Cannot align a face: its landmarks coincide');
  const a = dot / norm;
  const b = cross / norm;
  return [a, -b, to.x - a * from.x + b * from.y, b, a, to.y - b * from.x - a * from.y];
}

/** The inverse of an affine map. @throws RangeError when it has none */
export function invertAffine([a, b, c, d, e, f]: Affine): Affine {
  const det = a * e - b * d;
  if (det === 0 || !Number.isFinite(det))
    throw new RangeError('Cannot invert a map: it is singular');
  return [e / det, -b / det, (b * f - e * c) / det, -d / det, a / det, (d * c - a * f) / det];
}

/** The map p -> outer(inner(p)). */
export function composeAffine(outer: Affine, inner: Affine): Affine {
  const [a, b, c, d, e, f] = outer;
  const [p, q, r, s, t, u] = inner;
  return [
    a * p + b * s,
    a * q + b * t,
    a * r + b * u + c,
    d * p + e * s,
    d * q + e * t,
    d * r + e * u + f,
  ];
}

/** The image of a point. */
export function applyAffine([a, b, c, d, e, f]: Affine, { x, y }: Point): Point {
  return { x: a * x + b * y + c, y: d * x + e * y + f };
}

/**
 * From template coordinates to those of the `side` x `side` region, which shows
 * template crop and rim (the edges of the two frames coincide).
 */
export function templateToRegion(side: number): Affine {
  const k = side / frameSide;
  const shift = (frameRim + 0.5) * k - 0.5;
  return [k, 0, shift, 0, k, shift];
}

/** The 112x112 template crop of a face: the raw branch. Bicubic when enlarging, area-averaged else. */
export function alignTemplate(image: RgbImage, landmarks: Landmarks): RgbImage {
  return warp(image, similarity(landmarks, alignedTemplate112), {
    width: templateSide,
    height: templateSide,
    cubic: true,
  });
}

/** The `side` x `side` region of a face that is enhanced: bilinear, or area-averaged. */
export function alignRegion(image: RgbImage, landmarks: Landmarks, side: number): RgbImage {
  const matrix = composeAffine(templateToRegion(side), similarity(landmarks, alignedTemplate112));
  return warp(image, matrix, { width: side, height: side, cubic: false });
}

/** The 112x112 template crop within an enhanced frame of any side. */
export function cropTemplate(frame: RgbImage): RgbImage {
  const matrix = invertAffine(templateToRegion(frame.width));
  return warp(frame, matrix, { width: templateSide, height: templateSide, cubic: false });
}

/**
 * Resamples a picture by `matrix` (picture to output). With s output pixels a
 * picture pixel: s >= 1 Catmull-Rom over 4x4 (`cubic`) or bilinear over 2x2;
 * s < 1 the mean of k x k bilinear samples an output pixel, k = min(8, ceil(1/s)).
 */
export function warp(
  image: RgbImage,
  matrix: Affine,
  output: { width: number; height: number; cubic: boolean },
): RgbImage {
  const inverse = invertAffine(matrix);
  const scale = Math.sqrt(Math.abs(matrix[0] * matrix[4] - matrix[1] * matrix[3]));
  const out: RgbImage = {
    width: output.width,
    height: output.height,
    data: new Uint8Array(output.width * output.height * 3),
  };
  // A hair of tolerance: rounding must not make an exact 1:1 map a minifying one.
  if (scale >= 1 - 1e-9) {
    if (output.cubic) warpCubic(image, inverse, out);
    else warpArea(image, inverse, out, 1);
  } else {
    warpArea(image, inverse, out, Math.min(8, Math.ceil(1 / scale - 1e-9)));
  }
  return out;
}

function centre(points: Landmarks): Point {
  let x = 0;
  let y = 0;
  for (const point of points) {
    x += point.x;
    y += point.y;
  }
  return { x: x / points.length, y: y / points.length };
}

function clamp(value: number, max: number): number {
  return value < 0 ? 0 : value > max ? max : value;
}

function toByte(value: number): number {
  const rounded = Math.floor(value + 0.5);
  return rounded < 0 ? 0 : rounded > 255 ? 255 : rounded;
}

function cubicWeights(t: number, weights: Float64Array): void {
  weights[0] = ((-0.5 * t + 1) * t - 0.5) * t;
  weights[1] = (1.5 * t - 2.5) * t * t + 1;
  weights[2] = ((-1.5 * t + 2) * t + 0.5) * t;
  weights[3] = (0.5 * t - 0.5) * t * t;
}

function warpCubic(image: RgbImage, inverse: Affine, out: RgbImage): void {
  const { data, width, height } = image;
  const [a, b, c, d, e, f] = inverse;
  const wx = new Float64Array(4);
  const wy = new Float64Array(4);
  const columns = new Int32Array(4);
  let at = 0;
  for (let v = 0; v < out.height; v += 1) {
    for (let u = 0; u < out.width; u += 1) {
      const x = a * u + b * v + c;
      const y = d * u + e * v + f;
      const x0 = Math.floor(x);
      const y0 = Math.floor(y);
      cubicWeights(x - x0, wx);
      cubicWeights(y - y0, wy);
      for (let i = 0; i < 4; i += 1) columns[i] = clamp(x0 - 1 + i, width - 1) * 3;
      let red = 0;
      let green = 0;
      let blue = 0;
      for (let j = 0; j < 4; j += 1) {
        const row = clamp(y0 - 1 + j, height - 1) * width * 3;
        const weight = wy[j] as number;
        for (let i = 0; i < 4; i += 1) {
          const w = weight * (wx[i] as number);
          const p = row + (columns[i] as number);
          red += w * (data[p] as number);
          green += w * (data[p + 1] as number);
          blue += w * (data[p + 2] as number);
        }
      }
      out.data[at] = toByte(red);
      out.data[at + 1] = toByte(green);
      out.data[at + 2] = toByte(blue);
      at += 3;
    }
  }
}

function warpArea(image: RgbImage, inverse: Affine, out: RgbImage, k: number): void {
  const { data, width, height } = image;
  const [a, b, c, d, e, f] = inverse;
  const share = 1 / (k * k);
  let at = 0;
  for (let v = 0; v < out.height; v += 1) {
    for (let u = 0; u < out.width; u += 1) {
      let red = 0;
      let green = 0;
      let blue = 0;
      for (let j = 0; j < k; j += 1) {
        const q = v + (j + 0.5) / k - 0.5;
        for (let i = 0; i < k; i += 1) {
          const p = u + (i + 0.5) / k - 0.5;
          const x = a * p + b * q + c;
          const y = d * p + e * q + f;
          const x0 = Math.floor(x);
          const y0 = Math.floor(y);
          const fx = x - x0;
          const fy = y - y0;
          const left = clamp(x0, width - 1) * 3;
          const right = clamp(x0 + 1, width - 1) * 3;
          const top = clamp(y0, height - 1) * width * 3;
          const bottom = clamp(y0 + 1, height - 1) * width * 3;
          const w00 = (1 - fx) * (1 - fy);
          const w01 = fx * (1 - fy);
          const w10 = (1 - fx) * fy;
          const w11 = fx * fy;
          const p00 = top + left;
          const p01 = top + right;
          const p10 = bottom + left;
          const p11 = bottom + right;
          red +=
            w00 * at8(data, p00) +
            w01 * at8(data, p01) +
            w10 * at8(data, p10) +
            w11 * at8(data, p11);
          green +=
            w00 * at8(data, p00 + 1) +
            w01 * at8(data, p01 + 1) +
            w10 * at8(data, p10 + 1) +
            w11 * at8(data, p11 + 1);
          blue +=
            w00 * at8(data, p00 + 2) +
            w01 * at8(data, p01 + 2) +
            w10 * at8(data, p10 + 2) +
            w11 * at8(data, p11 + 2);
        }
      }
      out.data[at] = toByte(red * share);
      out.data[at + 1] = toByte(green * share);
      out.data[at + 2] = toByte(blue * share);
      at += 3;
    }
  }
}

function at8(data: Uint8Array, index: number): number {
  return data[index] as number;
}
