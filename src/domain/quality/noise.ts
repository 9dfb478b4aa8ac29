import type { LumaPlane } from './luma-plane.ts';

/**
 * Deviation of a picture's noise, grey levels: after Immerkær (1996) the response to a mask that
 * straight slopes and edges hardly touch, but the median of it instead of the mean, so that the
 * texture of a part of the picture does not count.
 * @returns null below 16 pixels a side
 */
export function noiseOf({ width, height, data }: LumaPlane): number | null {
  if (width < 16 || height < 16) return null;
  // Responses are whole; a histogram finds their median without sorting.
  const histogram = new Uint32Array(4096);
  const count = (width - 2) * (height - 2);
  for (let y = 1; y < height - 1; y += 1) {
    for (let x = 1; x < width - 1; x += 1) {
      const at = y * width + x;
      const corners =
        (data[at - width - 1] as number) +
        (data[at - width + 1] as number) +
        (data[at + width - 1] as number) +
        (data[at + width + 1] as number);
      const sides =
        (data[at - width] as number) +
        (data[at + width] as number) +
        (data[at - 1] as number) +
        (data[at + 1] as number);
      const response = Math.abs(corners - 2 * sides + 4 * (data[at] as number));
      histogram[Math.min(4095, response)] = (histogram[Math.min(4095, response)] as number) + 1;
    }
  }
  let seen = 0;
  let median = 0;
  while (median < 4095 && seen + (histogram[median] as number) < count / 2) {
    seen += histogram[median] as number;
    median += 1;
  }
  // Within the bin, straight; the mask has a gain of 6, the median of |N(0,1)| is 0.6745.
  const within = (count / 2 - seen) / Math.max(1, histogram[median] as number);
  return Math.max(0, median - 0.5 + within) / 6 / 0.6745;
}
