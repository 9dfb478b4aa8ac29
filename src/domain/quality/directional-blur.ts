import type { FaceLuma } from './luma-plane.ts';

/** Steps along which blur is looked for: level, falling, upright, rising. */
const steps = [
  [1, 0],
  [1, 1],
  [0, 1],
  [-1, 1],
] as const;

/** Smoother in most directions: out of focus, and what differs between them is the face itself. */
const leastCrisp = 0.05;

/**
 * Blur along one direction, as a face or a camera in motion gives it, 0..1.
 *
 * How alike neighbours along a direction are, over how alike pixels two steps apart are: 1/4 where
 * the picture is a smooth slope along it, 1/2 and more where it is crisp. Dividing takes out that
 * a face has more edges across than along. Where the smoothest direction is much smoother than the
 * one at a right angle to it, the blur has a direction; blur by focus is alike in all.
 * @returns null below 10 pixels a side, and where the picture is flat
 */
export function directionalBlur(plane: FaceLuma): number | null {
  if (plane.width < 10 || plane.height < 10) return null;
  const crispness = steps.map(([dx, dy]) => crispnessAlong(plane, dx, dy));
  if (crispness.some(Number.isNaN)) return null;
  const [, second = 0, third = 0] = crispness.toSorted((a, b) => a - b);
  if ((second + third) / 2 < leastCrisp) return 0;
  let most = 0;
  for (const [at, along] of crispness.entries()) {
    const across = crispness[(at + 2) % 4] ?? along;
    if (across > 0.02) most = Math.max(most, 1 - along / across);
  }
  return most;
}

/** 0 for a smooth slope, 1 for white noise. */
function crispnessAlong({ width, height, data }: FaceLuma, dx: number, dy: number): number {
  let one = 0;
  let two = 0;
  for (let y = 2; y < height - 2; y += 1) {
    for (let x = 2; x < width - 2; x += 1) {
      const at = y * width + x;
      const here = data[at] as number;
      const next = data[at + dy * width + dx] as number;
      const after = data[at + 2 * (dy * width + dx)] as number;
      one += (next - here) ** 2;
      two += (after - here) ** 2;
    }
  }
  if (two < (width - 4) * (height - 4)) return Number.NaN;
  return Math.max(0, (one / two - 0.25) / 0.75);
}
