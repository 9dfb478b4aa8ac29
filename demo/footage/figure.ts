import { type Brush, type Canvas, type Colour, paintRegion } from './canvas.ts';
import type { HeadSampler } from './head-sampler.ts';
import { createTexture } from './noise-texture.ts';
import type { Outfit } from './scene.ts';

/** Metres between the eyes of everybody. */
export const eyeDistance = 0.063;

/** A person at one moment, in the picture. */
export interface Figure {
  /** Column between the eyes, pixels. */
  readonly x: number;
  /** Row of the ground under the feet, pixels. */
  readonly ground: number;
  /** Pixels a metre. */
  readonly scale: number;
  /** Metres from the camera. */
  readonly depth: number;
  readonly outfit: Outfit;
  readonly head: HeadSampler;
  /** Lean of the head, radians. */
  readonly roll: number;
  /** Where in the step, radians. */
  readonly stride: number;
  /** 0 standing .. 1 walking. */
  readonly walking: number;
  readonly light: Colour;
}

/** What a layer leaves at a point. */
export interface Ink {
  /** Signed distance to the layer's edge, metres, negative within. */
  cover: number;
  /** 0..1, 1 unless the layer says otherwise. */
  opacity: number;
  colour: Colour;
}

/**
 * Tells the ink at a point: u metres right of the middle, v up from the
 * ground. Outside it may leave opacity and colour out.
 */
export type Layer = (u: number, v: number, ink: Ink) => void;

/** Weave and strands. */
export const cloth = createTexture(5, 3);

/** Row of the eyes of a figure. */
export function eyeRow(figure: Figure): number {
  const bob = 0.014 * figure.walking * Math.cos(2 * figure.stride);
  return figure.ground - (figure.outfit.height - 0.115 + bob) * figure.scale;
}

/** Paints a layer within bounds in metres, left to right and bottom to top. */
export function paintLayer(
  canvas: Canvas,
  figure: Figure,
  [left, right]: readonly [number, number],
  [low, high]: readonly [number, number],
  layer: Layer,
): void {
  const { x, ground, scale, depth, light } = figure;
  const ink: Ink = { cover: 0, opacity: 1, colour: [0, 0, 0] };
  const area = {
    left: x + left * scale - 1,
    right: x + right * scale + 1,
    top: ground - high * scale - 1,
    bottom: ground - low * scale + 1,
  };
  paintRegion(canvas, area, depth, (column, row, brush: Brush) => {
    ink.opacity = 1;
    layer((column - x) / scale, (ground - row) / scale, ink);
    const cover = Math.min(Math.max(0.5 - ink.cover * scale, 0), 1);
    if (cover === 0) return;
    brush.coverage = cover * ink.opacity;
    brush.red = ink.colour[0] * light[0];
    brush.green = ink.colour[1] * light[1];
    brush.blue = ink.colour[2] * light[2];
  });
}
