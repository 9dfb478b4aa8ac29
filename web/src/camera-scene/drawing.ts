import { mostCorners, type Point, type Role, type Shape, shapeOf } from './shapes.ts';

/** Steps that can be undone. */
const mostSteps = 100;
/** As many of each as the configuration takes. */
const mostOf: Readonly<Record<Role, number>> = { zone: 16, mask: 32 };

/** A polygon that is being drawn. */
export interface Sketch {
  readonly role: Role;
  readonly points: readonly Point[];
}

/** The shapes of a camera while they are drawn. */
export interface Drawing {
  readonly shapes: readonly Shape[];
  /** Index of the shape that is worked at. */
  readonly selected: number | null;
  readonly corner: number;
  readonly sketch: Sketch | null;
  /** Shapes before each step. */
  readonly past: readonly (readonly Shape[])[];
}

export function drawingOf(shapes: readonly Shape[]): Drawing {
  return { shapes, selected: null, corner: 0, sketch: null, past: [] };
}

export function selectShape(drawing: Drawing, selected: number | null, corner = 0): Drawing {
  return { ...drawing, selected, corner };
}

/** The present shapes become a step to come back to. */
export function remember(drawing: Drawing): Drawing {
  return { ...drawing, past: [...drawing.past, drawing.shapes].slice(-mostSteps) };
}

/** Another shape in place of one, without a step of its own: what a pointer drags comes in many. */
export function replaceShape(drawing: Drawing, at: number, shape: Shape): Drawing {
  return { ...drawing, shapes: drawing.shapes.with(at, shape) };
}

/** Another shape in place of one. */
export function changeShape(drawing: Drawing, at: number, shape: Shape): Drawing {
  return drawing.shapes[at] === shape ? drawing : replaceShape(remember(drawing), at, shape);
}

export function mayAdd({ shapes }: Drawing, role: Role): boolean {
  return shapes.filter((shape) => shape.role === role).length < mostOf[role];
}

export function addShape(drawing: Drawing, shape: Shape): Drawing {
  if (!mayAdd(drawing, shape.role)) return { ...drawing, sketch: null };
  const shapes = [...drawing.shapes, shape];
  return { ...remember(drawing), shapes, selected: shapes.length - 1, corner: 0, sketch: null };
}

export function removeShape(drawing: Drawing, at: number): Drawing {
  return { ...remember(drawing), shapes: drawing.shapes.toSpliced(at, 1), selected: null };
}

/** The next corner of the polygon that is drawn; the first one begins it. */
export function sketchPoint(drawing: Drawing, role: Role, point: Point): Drawing {
  const points = drawing.sketch?.points ?? [];
  const last = points.at(-1);
  // A double click is meant as one corner.
  const same = last !== undefined && Math.hypot(last.x - point.x, last.y - point.y) < 0.005;
  if (same || points.length >= mostCorners) return drawing;
  return { ...drawing, selected: null, sketch: { role, points: [...points, point] } };
}

/** The polygon that is drawn becomes a shape once it has three corners. */
export function closeSketch(drawing: Drawing): Drawing {
  const { sketch } = drawing;
  if (sketch === null || sketch.points.length < 3) return drawing;
  return addShape(drawing, shapeOf(sketch.role, sketch.points));
}

export function cancelSketch(drawing: Drawing): Drawing {
  return { ...drawing, sketch: null };
}

export function canUndo({ past, sketch }: Drawing): boolean {
  return sketch !== null || past.length > 0;
}

/** Takes back the last corner of what is drawn, or the last step. */
export function undo(drawing: Drawing): Drawing {
  const { sketch, past } = drawing;
  if (sketch !== null) {
    const points = sketch.points.slice(0, -1);
    return { ...drawing, sketch: points.length === 0 ? null : { ...sketch, points } };
  }
  const before = past.at(-1);
  if (before === undefined) return drawing;
  return { ...drawing, shapes: before, past: past.slice(0, -1), selected: null, corner: 0 };
}
