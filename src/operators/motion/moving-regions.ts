import type { Box } from '../../domain/geometry/box.ts';
import type { MotionSensitivity } from '../../domain/motion.ts';

/** Side of a cell, values of the small picture. */
const cell = 4;
/** Changed values within a cell that make it a moving one. */
const leastInCell = 2;
/** Changed values of a region; a passer-by whose face is 16 pixels wide in 4K has about eight. */
const leastInRegion: Readonly<Record<MotionSensitivity, number>> = { low: 10, medium: 5, high: 3 };
/** For so many scattered ones, which are noise, a region must have one more: noise lies together by chance. */
const scatteredFor = 8;
/** Regions at most, the largest first. */
const maxRegions = 16;

interface Region {
  left: number;
  top: number;
  right: number;
  bottom: number;
  changed: number;
}

/**
 * Where the changed values of a picture lie together, in shares of its sides; scattered ones are noise.
 * @param changed 1 where a value has changed
 */
export function movingRegions(
  changed: Uint8Array,
  { width, height }: { readonly width: number; readonly height: number },
  sensitivity: MotionSensitivity,
): Box[] {
  const columns = Math.ceil(width / cell);
  const rows = Math.ceil(height / cell);
  const counts = new Uint8Array(columns * rows);
  // Few have changed: looking for the next one takes a fraction of a look at each.
  for (let at = changed.indexOf(1); at >= 0; at = changed.indexOf(1, at + 1)) {
    const y = Math.floor(at / width);
    const field = Math.floor(y / cell) * columns + Math.floor((at - y * width) / cell);
    counts[field] = (counts[field] as number) + 1;
  }
  const scattered = counts.reduce((sum, count) => sum + (count < leastInCell ? count : 0), 0);
  const least = leastInRegion[sensitivity] + Math.floor(scattered / scatteredFor);
  return components(counts, columns, rows)
    .filter((region) => region.changed >= least)
    .sort((a, b) => b.changed - a.changed)
    .slice(0, maxRegions)
    .map(({ left, top, right, bottom }) => ({
      x: (left * cell) / width,
      y: (top * cell) / height,
      width: Math.min(width, (right + 1) * cell) / width - (left * cell) / width,
      height: Math.min(height, (bottom + 1) * cell) / height - (top * cell) / height,
    }));
}

/** Moving cells that touch, corners included. */
function components(counts: Uint8Array, columns: number, rows: number): Region[] {
  const regions: Region[] = [];
  const open: number[] = [];
  for (let start = 0; start < counts.length; start += 1) {
    if ((counts[start] as number) < leastInCell) continue;
    const region: Region = { left: columns, top: rows, right: 0, bottom: 0, changed: 0 };
    open.push(start);
    while (open.length > 0) {
      const at = open.pop() as number;
      const count = counts[at] as number;
      if (count < leastInCell) continue;
      counts[at] = 0;
      const x = at % columns;
      const y = (at - x) / columns;
      region.left = Math.min(region.left, x);
      region.right = Math.max(region.right, x);
      region.top = Math.min(region.top, y);
      region.bottom = Math.max(region.bottom, y);
      region.changed += count;
      for (let v = Math.max(0, y - 1); v <= Math.min(rows - 1, y + 1); v += 1) {
        for (let u = Math.max(0, x - 1); u <= Math.min(columns - 1, x + 1); u += 1) {
          open.push(v * columns + u);
        }
      }
    }
    regions.push(region);
  }
  return regions;
}
