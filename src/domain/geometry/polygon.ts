import type { Point } from './landmarks.ts';

/** Corners in order, of either sense; the last is joined to the first. */
export type Polygon = readonly Point[];

/** Whether a point lies in a polygon, its border included up to rounding. */
export function isInPolygon({ x, y }: Point, polygon: Polygon): boolean {
  let inside = false;
  for (const [from, to] of edges(polygon)) {
    if (isOnEdge({ x, y }, from, to)) return true;
    if (
      from.y > y !== to.y > y &&
      x < from.x + ((y - from.y) / (to.y - from.y)) * (to.x - from.x)
    ) {
      inside = !inside;
    }
  }
  return inside;
}

/** Whether no two sides meet but at the corner that they share. */
export function isSimple(polygon: Polygon): boolean {
  const sides = edges(polygon);
  return sides.every(([a, b], index) =>
    sides.every(([c, d], other) => {
      const apart = Math.abs(index - other);
      if (apart === 0) return true;
      if (apart === 1 || apart === sides.length - 1) {
        // Neighbours share a corner: folded back onto one another they would enclose nothing.
        const [shared, ends] = (apart === 1) === index < other ? [b, [a, d]] : [a, [b, c]];
        const [one, two] = ends as [Point, Point];
        return turn(shared, one, two) !== 0 || dot(shared, one, two) < 0;
      }
      return !cross(a, b, c, d);
    }),
  );
}

/** Area, never negative. */
export function areaOf(polygon: Polygon): number {
  const doubled = edges(polygon).reduce((sum, [a, b]) => sum + a.x * b.y - b.x * a.y, 0);
  return Math.abs(doubled) / 2;
}

/**
 * Where a polygon is within a band of rows, as spans of x that together hold all of it: wider
 * than it where its sides slope, never narrower.
 */
export function spansWithin(polygon: Polygon, top: number, bottom: number): [number, number][] {
  // Between corners sides run straight: within such a part the spans at both ends hold all.
  const levels = [top, ...polygon.map(({ y }) => y).filter((y) => y > top && y < bottom), bottom];
  levels.sort((a, b) => a - b);
  const spans: [number, number][] = [];
  for (let at = 1; at < levels.length; at += 1) {
    spans.push(...spansBetween(polygon, levels[at - 1] as number, levels[at] as number));
  }
  return merged(spans);
}

function spansBetween(polygon: Polygon, top: number, bottom: number): [number, number][] {
  if (!(bottom > top)) return [];
  const middle = (top + bottom) / 2;
  const crossings = edges(polygon)
    .filter(([from, to]) => from.y > middle !== to.y > middle)
    .map(([from, to]) => {
      const at = (y: number) => from.x + ((y - from.y) / (to.y - from.y)) * (to.x - from.x);
      return {
        middle: at(middle),
        least: Math.min(at(top), at(bottom)),
        most: Math.max(at(top), at(bottom)),
      };
    })
    .sort((a, b) => a.middle - b.middle);
  const spans: [number, number][] = [];
  for (let at = 0; at + 1 < crossings.length; at += 2) {
    spans.push([crossings[at]?.least ?? 0, crossings[at + 1]?.most ?? 0]);
  }
  return spans;
}

function merged(spans: readonly [number, number][]): [number, number][] {
  const result: [number, number][] = [];
  for (const [from, to] of spans.toSorted((a, b) => a[0] - b[0])) {
    const last = result.at(-1);
    if (last !== undefined && from <= last[1]) last[1] = Math.max(last[1], to);
    else result.push([from, to]);
  }
  return result;
}

function edges(polygon: Polygon): (readonly [Point, Point])[] {
  return polygon.map((from, at) => [from, polygon[(at + 1) % polygon.length] as Point] as const);
}

/** Above 0 where `c` lies on one side of the line from `a` to `b`, below on the other, 0 on it. */
function turn(a: Point, b: Point, c: Point): number {
  const value = (b.x - a.x) * (c.y - a.y) - (b.y - a.y) * (c.x - a.x);
  return Math.abs(value) < 1e-12 ? 0 : value;
}

function dot(at: Point, a: Point, b: Point): number {
  return (a.x - at.x) * (b.x - at.x) + (a.y - at.y) * (b.y - at.y);
}

function isOnEdge(point: Point, a: Point, b: Point): boolean {
  return turn(a, b, point) === 0 && dot(point, a, b) <= 0;
}

function cross(a: Point, b: Point, c: Point, d: Point): boolean {
  if ([c, d].some((point) => isOnEdge(point, a, b))) return true;
  if ([a, b].some((point) => isOnEdge(point, c, d))) return true;
  return turn(a, b, c) > 0 !== turn(a, b, d) > 0 && turn(c, d, a) > 0 !== turn(c, d, b) > 0;
}
