/** Where a corner stands, in shares of the sides of the picture. */
export interface Point {
  readonly x: number;
  readonly y: number;
}

/** A rectangle on the picture, in shares of its sides. */
export interface Area {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** The least side of an area: one that is smaller was a slip of the hand. */
const leastSide = 0.01;

type Setup = Readonly<Record<string, unknown>>;

/** The rectangles among the masks of a camera. */
export function areasOf(setup: Setup): Area[] {
  return masksOf(setup).filter(isArea);
}

/** Masks with these rectangles; those of other shapes stay as they are. */
export function masksWith(setup: Setup, areas: readonly Area[]): unknown[] {
  return [...areas, ...masksOf(setup).filter((mask) => !isArea(mask))];
}

function masksOf({ masks }: Setup): unknown[] {
  return Array.isArray(masks) ? masks : [];
}

function isArea(mask: unknown): mask is Area {
  if (typeof mask !== 'object' || mask === null) return false;
  return ['x', 'y', 'width', 'height'].every(
    (key) => typeof (mask as Record<string, unknown>)[key] === 'number',
  );
}

/** Clockwise from the left upper one. */
export function cornersOf({ x, y, width, height }: Area): Point[] {
  return [
    { x, y },
    { x: x + width, y },
    { x: x + width, y: y + height },
    { x, y: y + height },
  ];
}

/** The rectangle between two opposite corners, within the picture. */
export function between(a: Point, b: Point): Area {
  const [left, right] = sides(a.x, b.x);
  const [top, bottom] = sides(a.y, b.y);
  return { x: left, y: top, width: rounded(right - left), height: rounded(bottom - top) };
}

/** Both within the picture, and never closer than the least side. */
function sides(a: number, b: number): [number, number] {
  const low = rounded(Math.min(inside(a), inside(b), 1 - leastSide));
  const high = rounded(Math.max(inside(a), inside(b), low + leastSide));
  return [low, high];
}

/** The corner that stays where one is moved. */
export function oppositeOf(area: Area, corner: number): Point {
  return cornersOf(area)[(corner + 2) % 4] ?? area;
}

/** The area with one corner elsewhere; the opposite one stays. */
export function withCorner(area: Area, corner: number, to: Point): Area {
  return between(oppositeOf(area, corner), to);
}

/** The whole area moved, within the picture. */
export function movedBy(area: Area, dx: number, dy: number): Area {
  return {
    ...area,
    x: rounded(Math.min(Math.max(0, area.x + dx), 1 - area.width)),
    y: rounded(Math.min(Math.max(0, area.y + dy), 1 - area.height)),
  };
}

export function isTooSmall({ width, height }: Area): boolean {
  return width <= leastSide && height <= leastSide;
}

function inside(value: number): number {
  return Math.min(1, Math.max(0, value));
}

function rounded(value: number): number {
  return Math.round(value * 10_000) / 10_000;
}
