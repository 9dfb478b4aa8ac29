import { type Box, clipBox } from '../geometry/box.ts';

/** A picture's values in memory, rows top-down without padding. */
export interface Plane {
  readonly width: number;
  readonly height: number;
  /** Values a pixel, one after the other. */
  readonly channels: number;
  readonly data: Uint8Array;
}

/** Fields across a part, and from top to bottom. */
const fields = 5;

/**
 * Puts fields of one value in the place of what is within the parts: of a face twenty-five means are
 * left, from which nobody wins it back. What lies in `kept` stays.
 * @param parts and `kept` in pixels of the plane
 */
export function hideParts(plane: Plane, parts: readonly Box[], kept: readonly Box[]): void {
  const spared = kept.map((box) => clipBox(box, plane));
  for (const part of parts) {
    const { x, y, width, height } = clipBox(part, plane);
    if (width === 0 || height === 0) continue;
    const [across, down] = [Math.min(fields, width), Math.min(fields, height)];
    for (let row = 0; row < down; row += 1) {
      for (let column = 0; column < across; column += 1) {
        const [left, right] = [column, column + 1].map(
          (at) => x + Math.round((at * width) / across),
        );
        const [top, bottom] = [row, row + 1].map((at) => y + Math.round((at * height) / down));
        hideField(plane, [left ?? 0, top ?? 0, right ?? 0, bottom ?? 0], spared);
      }
    }
  }
}

type Edges = readonly [left: number, top: number, right: number, bottom: number];

function hideField(plane: Plane, edges: Edges, spared: readonly Box[]): void {
  const [left, top, right, bottom] = edges;
  const { width, channels, data } = plane;
  const pixels = (right - left) * (bottom - top);
  for (let channel = 0; channel < channels; channel += 1) {
    let sum = 0;
    for (let y = top; y < bottom; y += 1) {
      for (let x = left; x < right; x += 1) sum += data[(y * width + x) * channels + channel] ?? 0;
    }
    const mean = Math.round(sum / pixels);
    for (let y = top; y < bottom; y += 1) {
      for (let x = left; x < right; x += 1) {
        if (!spared.some((box) => isIn(box, x, y)))
          data[(y * width + x) * channels + channel] = mean;
      }
    }
  }
}

function isIn(box: Box, x: number, y: number): boolean {
  return x >= box.x && x < box.x + box.width && y >= box.y && y < box.y + box.height;
}
