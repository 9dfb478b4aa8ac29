/** Where a corner stands, in shares of the sides of the picture. */
export interface Point {
  readonly x: number;
  readonly y: number;
}

interface Outline {
  /** A rectangle keeps its right angles; its corners go clockwise from the left upper one. */
  readonly form: 'polygon' | 'rectangle';
  readonly points: readonly Point[];
}

/** A part of the picture in which faces count. */
export interface ZoneShape extends Outline {
  readonly role: 'zone';
  readonly name: string;
  /** What of a person must be in it. */
  readonly by: 'face' | 'foot';
}

/** A part that is blackened. */
export interface MaskShape extends Outline {
  readonly role: 'mask';
}

export type Shape = ZoneShape | MaskShape;
export type Role = Shape['role'];

/** The least side of a rectangle: one that is smaller was a slip of the hand. */
const leastSide = 0.01;
/** Share of the picture that an area has at least, as the configuration demands. */
const leastArea = 0.0001;
export const mostCorners = 32;

/** A square in the middle, for who adds a shape by keyboard. */
export function middleOf(role: Role, form: Shape['form'] = 'polygon'): Shape {
  return shapeOf(role, cornersBetween({ x: 0.375, y: 0.375 }, { x: 0.625, y: 0.625 }), form);
}

export function shapeOf(
  role: Role,
  corners: readonly Point[],
  form: Shape['form'] = 'polygon',
): Shape {
  const points = corners.map(within);
  return role === 'mask' ? { role, form, points } : { role, form, points, name: '', by: 'face' };
}

/** The corners of the rectangle between two opposite ones, within the picture. */
export function cornersBetween(a: Point, b: Point): Point[] {
  const [left, right] = sides(a.x, b.x);
  const [top, bottom] = sides(a.y, b.y);
  return [
    { x: left, y: top },
    { x: right, y: top },
    { x: right, y: bottom },
    { x: left, y: bottom },
  ];
}

/** Both within the picture, and never closer than the least side. */
function sides(a: number, b: number): [number, number] {
  const low = rounded(Math.min(inside(a), inside(b), 1 - leastSide));
  return [low, rounded(Math.max(inside(a), inside(b), low + leastSide))];
}

/** A shape with one corner elsewhere; of a rectangle the opposite corner stays. */
export function withCorner<S extends Shape>(shape: S, corner: number, to: Point): S {
  if (shape.form === 'rectangle') {
    const fixed = shape.points[(corner + 2) % 4] ?? to;
    return { ...shape, points: cornersBetween(fixed, to) };
  }
  return { ...shape, points: shape.points.with(corner, within(to)) };
}

/** A shape with a corner more, half-way to the next one. A rectangle becomes a polygon. */
export function withCornerAfter<S extends Shape>(shape: S, corner: number): S {
  if (shape.points.length >= mostCorners) return shape;
  const points = shape.points.toSpliced(corner + 1, 0, halfWay(shape.points, corner));
  return { ...shape, form: 'polygon', points };
}

/** A shape without a corner; three are the least. A rectangle becomes a polygon. */
export function withoutCorner<S extends Shape>(shape: S, corner: number): S {
  if (shape.points.length <= 3) return shape;
  return { ...shape, form: 'polygon', points: shape.points.toSpliced(corner, 1) };
}

/** Between a corner and the next one. */
export function halfWay(points: readonly Point[], corner: number): Point {
  const from = points[corner] ?? { x: 0, y: 0 };
  const to = points[(corner + 1) % points.length] ?? from;
  return within({ x: (from.x + to.x) / 2, y: (from.y + to.y) / 2 });
}

/** The whole shape moved, within the picture. */
export function movedBy<S extends Shape>(shape: S, dx: number, dy: number): S {
  const xs = shape.points.map(({ x }) => x);
  const ys = shape.points.map(({ y }) => y);
  const byX = Math.min(Math.max(dx, -Math.min(...xs)), 1 - Math.max(...xs));
  const byY = Math.min(Math.max(dy, -Math.min(...ys)), 1 - Math.max(...ys));
  return { ...shape, points: shape.points.map(({ x, y }) => within({ x: x + byX, y: y + byY })) };
}

/** Whether two corners were meant to make an area at all. */
export function isTooSmall(a: Point, b: Point): boolean {
  return Math.abs(a.x - b.x) <= leastSide && Math.abs(a.y - b.y) <= leastSide;
}

/** Why a shape cannot be stored: its sides cross or touch, or it encloses next to nothing. */
export function faultOf({ points }: Shape): 'crossing' | 'small' | undefined {
  if (areaOf(points) < leastArea) return 'small';
  return isCrossing(points) ? 'crossing' : undefined;
}

function areaOf(points: readonly Point[]): number {
  const twice = points.reduce((sum, a, at) => {
    const b = points[(at + 1) % points.length] ?? a;
    return sum + a.x * b.y - b.x * a.y;
  }, 0);
  return Math.abs(twice) / 2;
}

/** Whether sides that are not neighbours meet, or neighbours fold back onto one another. */
function isCrossing(points: readonly Point[]): boolean {
  const count = points.length;
  const at = (index: number) => points[index % count] as Point;
  for (let one = 0; one < count; one += 1) {
    const [a, b, next] = [at(one), at(one + 1), at(one + 2)];
    if (turn(a, b, next) === 0 && isBetween(a, b, next)) return true;
    for (let other = one + 2; other < count && other < one + count - 1; other += 1) {
      if (meet(a, b, at(other), at(other + 1))) return true;
    }
  }
  return false;
}

/** On a common line with `b`: whether `a` and `c` lie on the same side of it. */
function isBetween(a: Point, b: Point, c: Point): boolean {
  return (a.x - b.x) * (c.x - b.x) + (a.y - b.y) * (c.y - b.y) >= 0;
}

function meet(a: Point, b: Point, c: Point, d: Point): boolean {
  const [ac, ad, ca, cb] = [turn(a, b, c), turn(a, b, d), turn(c, d, a), turn(c, d, b)];
  const on = (value: number, from: Point, to: Point, point: Point) =>
    value === 0 &&
    (point.x - from.x) * (point.x - to.x) + (point.y - from.y) * (point.y - to.y) <= 0;
  if (on(ac, a, b, c) || on(ad, a, b, d) || on(ca, c, d, a) || on(cb, c, d, b)) return true;
  return ac * ad < 0 && ca * cb < 0;
}

/** Above 0 where `c` lies on one side of the line from `a` to `b`, below on the other, 0 on it. */
function turn(a: Point, b: Point, c: Point): number {
  const value = (b.x - a.x) * (c.y - a.y) - (b.y - a.y) * (c.x - a.x);
  return Math.abs(value) < 1e-12 ? 0 : value;
}

function within({ x, y }: Point): Point {
  return { x: rounded(inside(x)), y: rounded(inside(y)) };
}

function inside(value: number): number {
  return Math.min(1, Math.max(0, value));
}

function rounded(value: number): number {
  return Math.round(value * 10_000) / 10_000;
}
