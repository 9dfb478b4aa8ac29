/** Axis-aligned box in pixels of its picture: left, top, width, height. */
export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** Intersection over union of two boxes, 0..1. */
export function intersectionOverUnion(a: Box, b: Box): number {
  const overlap = overlapArea(a, b);
  return overlap === 0 ? 0 : overlap / (a.width * a.height + b.width * b.height - overlap);
}

/** How much of the smaller of two boxes lies in the larger one, 0..1. */
export function shareOfSmaller(a: Box, b: Box): number {
  const overlap = overlapArea(a, b);
  return overlap === 0 ? 0 : overlap / Math.min(a.width * a.height, b.width * b.height);
}

function overlapArea(a: Box, b: Box): number {
  const width = Math.min(a.x + a.width, b.x + b.width) - Math.max(a.x, b.x);
  const height = Math.min(a.y + a.height, b.y + b.height) - Math.max(a.y, b.y);
  return width <= 0 || height <= 0 ? 0 : width * height;
}

/** The box grown by `factor` about its centre. */
export function expandBox(box: Box, factor: number): Box {
  const width = box.width * factor;
  const height = box.height * factor;
  return {
    x: box.x + (box.width - width) / 2,
    y: box.y + (box.height - height) / 2,
    width,
    height,
  };
}

/** The whole-pixel part of the box that lies within a picture; width or height 0 when none does. */
export function clipBox(box: Box, picture: { width: number; height: number }): Box {
  const x = Math.min(Math.max(Math.floor(box.x), 0), picture.width);
  const y = Math.min(Math.max(Math.floor(box.y), 0), picture.height);
  const right = Math.min(Math.max(Math.ceil(box.x + box.width), x), picture.width);
  const bottom = Math.min(Math.max(Math.ceil(box.y + box.height), y), picture.height);
  return { x, y, width: right - x, height: bottom - y };
}

/** The box in shares of a frame's width and height. */
export function shareOf(box: Box, frame: { readonly width: number; readonly height: number }): Box {
  return {
    x: box.x / frame.width,
    y: box.y / frame.height,
    width: box.width / frame.width,
    height: box.height / frame.height,
  };
}
