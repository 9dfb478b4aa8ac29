import type { Colour } from './canvas.ts';
import { type PaintedFace, paintedFaceSide } from './face-painter.ts';

/** {@link faceShape} of each pixel. */
const shape = Float32Array.from({ length: paintedFaceSide ** 2 }, (_, at) =>
  faceShape(at % paintedFaceSide, Math.floor(at / paintedFaceSide)),
);

interface Level {
  readonly side: number;
  /** Red, green, blue (times alpha), alpha. */
  readonly data: Float32Array;
}

/** A painted face that can be read at any size without aliasing. */
export class HeadSampler {
  /** Mean colour of the cheeks. */
  readonly skin: Colour;
  readonly #levels: readonly Level[];

  constructor(face: PaintedFace) {
    this.skin = meanColour(face, [
      [46, 84, 58, 98],
      [86, 84, 98, 98],
    ]);
    let level = premultiply(face);
    const levels = [level];
    while (level.side > 9) {
      level = halve(level);
      levels.push(level);
    }
    this.#levels = levels;
  }

  /**
   * Colour at a point of the face's own pixels, when one pixel of the target
   * spans `span` of them. Writes red, green, blue (times alpha) and alpha.
   */
  read(x: number, y: number, span: number, into: Float32Array): void {
    const wanted = Math.min(Math.max(Math.log2(span), 0), this.#levels.length - 1.001);
    const coarse = Math.floor(wanted);
    const share = wanted - coarse;
    this.#bilinear(coarse, x, y, 1 - share, into, true);
    if (share > 0) this.#bilinear(coarse + 1, x, y, share, into, false);
  }

  #bilinear(
    index: number,
    x: number,
    y: number,
    weight: number,
    into: Float32Array,
    first: boolean,
  ): void {
    if (first) into.fill(0);
    const level = this.#levels[index];
    if (level === undefined) return;
    const { side, data } = level;
    const scale = side / paintedFaceSide;
    const px = (x + 0.5) * scale - 0.5;
    const py = (y + 0.5) * scale - 0.5;
    const x0 = Math.floor(px);
    const y0 = Math.floor(py);
    for (let corner = 0; corner < 4; corner += 1) {
      const cx = x0 + (corner & 1);
      const cy = y0 + (corner >> 1);
      if (cx < 0 || cy < 0 || cx >= side || cy >= side) continue;
      const share = (1 - Math.abs(px - cx)) * (1 - Math.abs(py - cy)) * weight;
      const at = (cy * side + cx) * 4;
      for (let channel = 0; channel < 4; channel += 1) {
        into[channel] = (into[channel] ?? 0) + (data[at + channel] ?? 0) * share;
      }
    }
  }
}

function premultiply(face: PaintedFace): Level {
  const side = paintedFaceSide;
  const data = new Float32Array(side * side * 4);
  for (let at = 0; at < side * side; at += 1) {
    const alpha = (face.alpha[at] ?? 0) * (shape[at] ?? 0);
    for (let channel = 0; channel < 3; channel += 1) {
      data[at * 4 + channel] = (face.rgb[at * 3 + channel] ?? 0) * alpha;
    }
    data[at * 4 + 3] = alpha;
  }
  return { side, data };
}

function halve(level: Level): Level {
  const side = level.side / 2;
  const data = new Float32Array(side * side * 4);
  for (let y = 0; y < side; y += 1) {
    for (let x = 0; x < side; x += 1) {
      for (let channel = 0; channel < 4; channel += 1) {
        const from = (2 * y * level.side + 2 * x) * 4 + channel;
        const below = from + level.side * 4;
        const sum =
          (level.data[from] ?? 0) +
          (level.data[from + 4] ?? 0) +
          (level.data[below] ?? 0) +
          (level.data[below + 4] ?? 0);
        data[(y * side + x) * 4 + channel] = sum / 4;
      }
    }
  }
  return { side, data };
}

function meanColour(face: PaintedFace, boxes: readonly [number, number, number, number][]): Colour {
  const sum: [number, number, number] = [0, 0, 0];
  let count = 0;
  for (const [left, top, right, bottom] of boxes) {
    for (let y = top; y < bottom; y += 1) {
      for (let x = left; x < right; x += 1) {
        const at = (y * paintedFaceSide + x) * 3;
        sum[0] += face.rgb[at] ?? 0;
        sum[1] += face.rgb[at + 1] ?? 0;
        sum[2] += face.rgb[at + 2] ?? 0;
        count += 1;
      }
    }
  }
  return [sum[0] / count, sum[1] / count, sum[2] / count];
}

/**
 * The face alone within a painted face: from forehead to chin, between the
 * ears, 0..1. Hair and background of the generator stay out; they are vague.
 */
function faceShape(x: number, y: number): number {
  const across = Math.abs(x - 71.9) / 41;
  const along = (y - 70) / (y > 70 ? 60 : 66);
  // Jaws are narrower than an ellipse, foreheads wider.
  const radius = (across ** 2.3 + Math.abs(along) ** (y > 70 ? 2.1 : 3)) ** (1 / 2.2);
  const rim = Math.min(Math.max((1.03 - radius) / 0.13, 0), 1);
  return rim * rim * (3 - 2 * rim);
}
