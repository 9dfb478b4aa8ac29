import type { Pixels } from '../protocol.ts';

/** How many pixels of a side become one. */
export const quarterStep = 4;

/** The picture at a quarter of its sides, rounded up: each pixel the mean of up to 4x4. */
export function quarter({ width, height, data }: Pixels): Pixels {
  const columns = Math.ceil(width / quarterStep);
  const rows = Math.ceil(height / quarterStep);
  const result = new Uint8Array(columns * rows * 3);
  let to = 0;
  for (let y = 0; y < height; y += quarterStep) {
    const bottom = Math.min(y + quarterStep, height);
    for (let x = 0; x < width; x += quarterStep) {
      const across = Math.min(quarterStep, width - x);
      const count = across * (bottom - y);
      // Begins at half, so that the mean is rounded, not cut.
      let red = count / 2;
      let green = red;
      let blue = red;
      for (let row = y; row < bottom; row += 1) {
        let from = (row * width + x) * 3;
        for (const end = from + across * 3; from < end; from += 3) {
          red += data[from] as number;
          green += data[from + 1] as number;
          blue += data[from + 2] as number;
        }
      }
      result[to] = red / count;
      result[to + 1] = green / count;
      result[to + 2] = blue / count;
      to += 3;
    }
  }
  return { width: columns, height: rows, data: result };
}
