import { type MutableRef, useRef, useState } from 'preact/hooks';
import {
  addShape,
  closeSketch,
  type Drawing,
  remember,
  replaceShape,
  selectShape,
  sketchPoint,
} from './drawing.ts';
import {
  cornersBetween,
  isTooSmall,
  movedBy,
  type Point,
  type Shape,
  shapeOf,
  withCorner,
} from './shapes.ts';

/** What the pointer does on the picture: move what is there, or draw. */
export type Tool = 'move' | 'zone' | 'mask' | 'rectangle';

/** What the pointer holds. */
type Drag =
  | { readonly kind: 'rectangle'; readonly from: Point }
  | { readonly kind: 'corner'; readonly at: number; readonly corner: number }
  | { readonly kind: 'shape'; readonly at: number; readonly from: Point; readonly shape: Shape };

/** So near to the first corner a click closes the polygon, CSS pixels. */
const closeBy = 14;

export interface StagePointerOptions {
  readonly stage: MutableRef<HTMLDivElement | null>;
  readonly tool: Tool;
  readonly drawing: Drawing;
  readonly onDrawing: (change: (drawing: Drawing) => Drawing) => void;
}

/** What the pointer does with the shapes on a stage: draws, moves a corner, moves a whole shape. */
export function useStagePointer({ stage, tool, drawing, onDrawing }: StagePointerOptions) {
  const drag = useRef<Drag>();
  const moved = useRef(false);
  const [pointer, setPointer] = useState<Point>();
  const [rectangle, setRectangle] = useState<readonly Point[]>();

  function pointOf(event: PointerEvent): Point {
    const room = stage.current?.getBoundingClientRect();
    if (room === undefined) return { x: 0, y: 0 };
    const share = (value: number) => Math.min(1, Math.max(0, value));
    return {
      x: share((event.clientX - room.left) / room.width),
      y: share((event.clientY - room.top) / room.height),
    };
  }

  function isAt(event: PointerEvent, point: Point | undefined): boolean {
    const room = stage.current?.getBoundingClientRect();
    if (room === undefined || point === undefined) return false;
    const dx = event.clientX - room.left - point.x * room.width;
    const dy = event.clientY - room.top - point.y * room.height;
    return Math.hypot(dx, dy) < closeBy;
  }

  function hold(event: PointerEvent, what: Drag): void {
    event.stopPropagation();
    stage.current?.setPointerCapture(event.pointerId);
    drag.current = what;
    moved.current = false;
  }

  /** On the picture itself: with a tool the drawing begins or goes on. */
  function begin(event: PointerEvent): void {
    if (event.button !== 0) return;
    const point = pointOf(event);
    if (tool === 'move') {
      onDrawing((now) => selectShape(now, null));
      return;
    }
    // The keys that close and cancel are heard where the drawing is.
    event.preventDefault();
    stage.current?.focus();
    if (tool === 'rectangle') {
      hold(event, { kind: 'rectangle', from: point });
      return;
    }
    const { sketch } = drawing;
    const closes = sketch !== null && sketch.points.length > 2 && isAt(event, sketch.points[0]);
    onDrawing((now) => (closes ? closeSketch(now) : sketchPoint(now, tool, point)));
  }

  function beginShape(event: PointerEvent, at: number): void {
    const shape = drawing.shapes[at];
    if (event.button !== 0 || tool !== 'move' || shape === undefined) return;
    onDrawing((now) => selectShape(now, at));
    hold(event, { kind: 'shape', at, from: pointOf(event), shape });
  }

  function beginCorner(event: PointerEvent, at: number, corner: number): void {
    if (event.button !== 0) return;
    onDrawing((now) => selectShape(now, at, corner));
    hold(event, { kind: 'corner', at, corner });
  }

  function move(event: PointerEvent): void {
    const held = drag.current;
    const to = pointOf(event);
    if (held === undefined) {
      if (drawing.sketch !== null) setPointer(to);
      return;
    }
    if (held.kind === 'rectangle') {
      setRectangle(cornersBetween(held.from, to));
      return;
    }
    const isFirst = !moved.current;
    moved.current = true;
    onDrawing((now) => {
      const from = isFirst ? remember(now) : now;
      if (held.kind === 'shape') {
        const shape = movedBy(held.shape, to.x - held.from.x, to.y - held.from.y);
        return replaceShape(from, held.at, shape);
      }
      const shape = from.shapes[held.at];
      if (shape === undefined) return from;
      return replaceShape(from, held.at, withCorner(shape, held.corner, to));
    });
    // Of a rectangle that is pulled past its opposite corner, another corner is held from then on.
    if (held.kind === 'corner') drag.current = { ...held, corner: cornerHeld(held, to) };
  }

  function cornerHeld({ at, corner }: { at: number; corner: number }, to: Point): number {
    const shape = drawing.shapes[at];
    if (shape?.form !== 'rectangle') return corner;
    const fixed = shape.points[(corner + 2) % 4];
    if (fixed === undefined) return corner;
    const corners = cornersBetween(fixed, to);
    const distance = ({ x, y }: Point) => Math.hypot(x - to.x, y - to.y);
    return corners.reduce(
      (best, point, index) => (distance(point) < distance(corners[best] as Point) ? index : best),
      0,
    );
  }

  function end(event: PointerEvent): void {
    const held = drag.current;
    drag.current = undefined;
    setRectangle(undefined);
    if (held?.kind !== 'rectangle') return;
    const to = pointOf(event);
    if (isTooSmall(held.from, to)) return;
    onDrawing((now) => addShape(now, shapeOf('mask', cornersBetween(held.from, to), 'rectangle')));
  }

  return { pointer, rectangle, begin, beginShape, beginCorner, move, end };
}
