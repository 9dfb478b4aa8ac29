import { type Canvas, type Colour, createCanvas } from './canvas.ts';
import type { View } from './scene.ts';

/** What a ray meets: its distance along z, metres, and its colour. */
export interface Hit {
  readonly depth: number;
  readonly colour: Colour;
}

/** Looks along the ray (x, y, 1) from the camera. y points down. */
export type Trace = (x: number, y: number) => Hit;

/** Paints a whole view, four rays a pixel. */
export function castView(view: View, trace: Trace): Canvas {
  const canvas = createCanvas(view.width, view.height);
  const offsets = [0.25, 0.75];
  for (let row = 0; row < view.height; row += 1) {
    for (let column = 0; column < view.width; column += 1) {
      const at = row * view.width + column;
      const sum = [0, 0, 0];
      let depth = Number.POSITIVE_INFINITY;
      for (const dy of offsets) {
        for (const dx of offsets) {
          const x = (column + dx - view.width / 2) / view.focalLength;
          const y = (row + dy - view.horizon) / view.focalLength;
          const hit = trace(x, y);
          depth = Math.min(depth, hit.depth);
          for (let channel = 0; channel < 3; channel += 1) {
            sum[channel] = (sum[channel] ?? 0) + (hit.colour[channel] ?? 0) / 4;
          }
        }
      }
      canvas.rgb.set(sum, at * 3);
      canvas.depth[at] = depth;
    }
  }
  return canvas;
}

/** Smooth step from 0 at `from` to 1 at `to`. */
export function ramp(from: number, to: number, value: number): number {
  const t = Math.min(Math.max((value - from) / (to - from), 0), 1);
  return t * t * (3 - 2 * t);
}

/** A colour times a brightness, or times another colour (1 is neutral). */
export function lit(colour: Colour, light: number | Colour): Colour {
  const [r, g, b] = typeof light === 'number' ? [light, light, light] : light;
  return [colour[0] * r, colour[1] * g, colour[2] * b];
}

/** A mix of two colours, `share` 0..1 of the second. */
export function mix(a: Colour, b: Colour, share: number): Colour {
  return [a[0] + (b[0] - a[0]) * share, a[1] + (b[1] - a[1]) * share, a[2] + (b[2] - a[2]) * share];
}

/** True within a line of `width` around multiples of `step`. */
export function onGrid(value: number, step: number, width: number): boolean {
  const rest = value - Math.floor(value / step) * step;
  return rest < width;
}
