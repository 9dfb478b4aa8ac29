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

  const pointOf = (event: PointerEvent) => pointOn(stage.current, event);

  function hold(event: PointerEvent, what: Drag): void {
    event.stopPropagation();
    stage.current?.setPointerCapture(event.pointerId);
    drag.current = what;
    moved.current = false;
  }

  /** On the picture itself: with a tool the drawing begins or goes on. */
  function begin(event: PointerEvent): void {
    if (event.button === 0 && tool === 'move') onDrawing((now) => selectShape(now, null));
    if (event.button !== 0 || tool === 'move') return;
    const point = pointOf(event);
    // The keys that close and cancel are heard where the drawing is.
    event.preventDefault();
    stage.current?.focus();
    if (tool === 'rectangle') {
      hold(event, { kind: 'rectangle', from: point });
      return;
    }
    const { sketch } = drawing;
    const closes =
      sketch !== null && sketch.points.length > 2 && isAt(stage.current, event, sketch.points[0]);
    onDrawing((now) => (closes ? closeSketch(now) : sketchPoint(now, tool, point)));
  }

  function beginShape(event: PointerEvent, at: number): void {
    const shape = tool === 'move' ? drawing.shapes[at] : undefined;
    if (event.button !== 0 || shape === undefined) return;
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
    onDrawing((now) => dragged(isFirst ? remember(now) : now, held, to));
    // Of a rectangle that is pulled past its opposite corner, another corner is held from then on.
    if (held.kind === 'corner') {
      drag.current = { ...held, corner: cornerHeld(drawing.shapes[held.at], held.corner, to) };
    }
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

/** Where an event is, in shares of an element's sides. */
function pointOn(element: Element | null, event: PointerEvent): Point {
  const room = element?.getBoundingClientRect();
  if (room === undefined) return { x: 0, y: 0 };
  const share = (value: number) => Math.min(1, Math.max(0, value));
  return {
    x: share((event.clientX - room.left) / room.width),
    y: share((event.clientY - room.top) / room.height),
  };
}

/** Whether an event is so near to a corner that this is meant. */
function isAt(element: Element | null, event: PointerEvent, point: Point | undefined): boolean {
  const room = element?.getBoundingClientRect();
  if (room === undefined || point === undefined) return false;
  const dx = event.clientX - room.left - point.x * room.width;
  const dy = event.clientY - room.top - point.y * room.height;
  return Math.hypot(dx, dy) < closeBy;
}

/** The drawing with what is held at another place. */
function dragged(drawing: Drawing, held: Exclude<Drag, { kind: 'rectangle' }>, to: Point): Drawing {
  if (held.kind === 'shape') {
    const shape = movedBy(held.shape, to.x - held.from.x, to.y - held.from.y);
    return replaceShape(drawing, held.at, shape);
  }
  const shape = drawing.shapes[held.at];
  if (shape === undefined) return drawing;
  return replaceShape(drawing, held.at, withCorner(shape, held.corner, to));
}

/** Which corner of a rectangle is held once its corners are in order again. */
function cornerHeld(shape: Shape | undefined, corner: number, to: Point): number {
  const fixed = shape?.points[(corner + 2) % 4];
  if (shape?.form !== 'rectangle' || fixed === undefined) return corner;
  const distances = cornersBetween(fixed, to).map(({ x, y }) => Math.hypot(x - to.x, y - to.y));
  return distances.indexOf(Math.min(...distances));
}
