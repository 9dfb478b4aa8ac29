import type { Mask } from '../../domain/camera-scene.ts';
import type { Box } from '../../domain/geometry/box.ts';
import { type Polygon, spansWithin } from '../../domain/geometry/polygon.ts';

/** Bands that a polygon is cut into: at most, for all polygons of a camera, and at least. */
const mostBands = 48;
const allBands = 256;
const leastBands = 12;

/**
 * Masks as rectangles, which FFmpeg blackens in place at next to no cost. A polygon becomes bands
 * that together hold all of it: where its sides slope they hide up to a band's part more.
 */
export function maskParts(masks: readonly Mask[]): Box[] {
  const polygons = masks.filter((mask) => 'points' in mask).length;
  const bands = Math.max(leastBands, Math.min(mostBands, Math.floor(allBands / (polygons || 1))));
  return masks.flatMap((mask) => ('points' in mask ? bandsOf(mask.points, bands) : [mask]));
}

function bandsOf(polygon: Polygon, count: number): Box[] {
  const top = Math.min(...polygon.map(({ y }) => y));
  const bottom = Math.max(...polygon.map(({ y }) => y));
  const parts: Box[] = [];
  for (let band = 0; band < count; band += 1) {
    const y = top + ((bottom - top) * band) / count;
    const end = band + 1 === count ? bottom : top + ((bottom - top) * (band + 1)) / count;
    for (const [from, to] of spansWithin(polygon, y, end)) {
      const above = parts.find(
        (part) =>
          same(part.x, from) && same(part.width, to - from) && same(part.y + part.height, y),
      );
      if (above === undefined) parts.push({ x: from, y, width: to - from, height: end - y });
      else parts[parts.indexOf(above)] = { ...above, height: end - above.y };
    }
  }
  return parts;
}

function same(a: number, b: number): boolean {
  return Math.abs(a - b) < 1e-9;
}
