import { type Brush, type Canvas, type Colour, paintRegion } from './canvas.ts';
import { paintedFaceEyes } from './face-painter.ts';
import type { HeadSampler } from './head-sampler.ts';
import { createTexture } from './noise-texture.ts';
import { lit, mix, ramp } from './ray-cast.ts';
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

/**
 * Signed distance (metres, in `cover`) and shade of a layer at a point: u metres
 * right of the middle, v up from the ground. Outside it may leave the shade out.
 */
type Layer = (u: number, v: number, ink: { cover: number; colour: Colour }) => void;

const cloth = createTexture(5, 3);

/** Row of the eyes of a figure. */
export function eyeRow(figure: Figure): number {
  const bob = 0.014 * figure.walking * Math.cos(2 * figure.stride);
  return figure.ground - (figure.outfit.height - 0.115 + bob) * figure.scale;
}

/** Paints body, hair and face of a figure, with its shadow on the ground. */
export function paintPerson(canvas: Canvas, figure: Figure): void {
  paintShadow(canvas, figure);
  const { scale, outfit } = figure;
  const eyes = (figure.ground - eyeRow(figure)) / scale;
  const shoulder = eyes - 0.245;
  const sway = 0.012 * figure.walking * Math.sin(figure.stride);
  paintLayer(canvas, figure, [-0.34, 0.3], [0, 1], legs(outfit, figure));
  if (outfit.hair === 'long') {
    paintLayer(
      canvas,
      figure,
      [-0.16, 0.16],
      [shoulder - 0.1, eyes + 0.1],
      longHair(figure, eyes, shoulder),
    );
  }
  paintLayer(
    canvas,
    figure,
    [-0.09, 0.09],
    [shoulder - 0.08, eyes - 0.05],
    neck(figure, eyes, shoulder),
  );
  paintLayer(
    canvas,
    figure,
    [-0.36, 0.36],
    [0.7, shoulder + 0.12],
    torso(outfit, figure, shoulder, sway),
  );
  paintLayer(canvas, figure, [-0.14, 0.14], [eyes - 0.16, eyes + 0.16], crown(figure, eyes));
  paintFace(canvas, figure);
}

function paintLayer(
  canvas: Canvas,
  figure: Figure,
  [left, right]: readonly [number, number],
  [low, high]: readonly [number, number],
  layer: Layer,
): void {
  const { x, ground, scale, depth, light } = figure;
  const ink = { cover: 0, colour: [0, 0, 0] as Colour };
  const area = {
    left: x + left * scale - 1,
    right: x + right * scale + 1,
    top: ground - high * scale - 1,
    bottom: ground - low * scale + 1,
  };
  paintRegion(canvas, area, depth, (column, row, brush: Brush) => {
    layer((column - x) / scale, (ground - row) / scale, ink);
    const cover = Math.min(Math.max(0.5 - ink.cover * scale, 0), 1);
    if (cover === 0) return;
    brush.coverage = cover;
    brush.red = ink.colour[0] * light[0];
    brush.green = ink.colour[1] * light[1];
    brush.blue = ink.colour[2] * light[2];
  });
}

/** Signed distance to a rod from (ax, ay) to (bx, by), thinner towards its end. */
function rod(
  u: number,
  v: number,
  ax: number,
  ay: number,
  bx: number,
  by: number,
  r0: number,
  r1: number,
): number {
  const dx = bx - ax;
  const dy = by - ay;
  const share = Math.min(Math.max(((u - ax) * dx + (v - ay) * dy) / (dx * dx + dy * dy), 0), 1);
  return Math.hypot(u - ax - dx * share, v - ay - dy * share) - (r0 + (r1 - r0) * share);
}

function legs(outfit: Outfit, figure: Figure): Layer {
  const lift = 0.09 * figure.walking;
  const left = Math.max(0, Math.sin(figure.stride)) * lift;
  const right = Math.max(0, -Math.sin(figure.stride)) * lift;
  return (u, v, ink) => {
    const a = rod(u, v, -0.095, 0.95, -0.1, 0.06 + left, 0.095, 0.062);
    const b = rod(u, v, 0.095, 0.95, 0.1, 0.06 + right, 0.095, 0.062);
    const near = Math.min(a, b);
    ink.cover = near;
    if (near * figure.scale > 0.5) return;
    const round = 0.62 + 0.38 * Math.min(1, -near / 0.07);
    ink.colour = v < 0.1 + (a < b ? left : right) ? [30, 28, 28] : lit(outfit.trousers, round);
  };
}

function torso(outfit: Outfit, figure: Figure, shoulder: number, sway: number): Layer {
  const swing = 0.05 * figure.walking * Math.sin(figure.stride);
  const top = shoulder + 0.055;
  const { scale } = figure;
  /** Coverage 0..1 of what lies at a signed distance, with an edge of one pixel. */
  const within = (distance: number): number => Math.min(Math.max(0.5 - distance * scale, 0), 1);
  const collar = lit(outfit.coat, 0.74);
  return (u, v, ink) => {
    const x = u - sway;
    const side = Math.abs(x);
    const width =
      0.15 + 0.03 * ramp(shoulder - 0.42, shoulder - 0.05, v) + 0.02 * ramp(1.05, 0.8, v);
    const slope = top - 0.4 * Math.max(0, side - 0.05) - 4 * Math.max(0, side - 0.13) ** 2;
    const trunk = Math.max(side - width, (v - slope) * 0.92, 0.8 - v);
    const armLeft = rod(x, v, -0.172, shoulder - 0.056, -0.21, 0.84 + swing, 0.055, 0.04);
    const armRight = rod(x, v, 0.172, shoulder - 0.056, 0.21, 0.84 - swing, 0.055, 0.04);
    const arm = Math.min(armLeft, armRight);
    ink.cover = Math.min(trunk, arm);
    if (ink.cover * scale > 0.5) return;
    const fold = cloth(x * 14 + outfit.height * 31, v * 5) * 0.1 + cloth(x * 60, v * 60) * 0.03;
    // Sleeves part from the trunk below the shoulder only, with a dark crease between.
    const parted = ramp(shoulder - 0.03, shoulder - 0.17, v);
    const body = 0.64 + 0.36 * Math.sqrt(Math.max(0, 1 - (x / 0.24) ** 2)) - 0.06 * x;
    const sleeve = 0.6 + 0.36 * Math.min(1, Math.max(0, -arm) / 0.045);
    const onSleeve = within(width - 0.012 - side) * parted;
    const crease = 0.3 * parted * Math.exp(-(((side - width + 0.012) / 0.011) ** 2));
    const shade = body + (sleeve - body) * onSleeve - crease;
    const drop = ramp(0.9, shoulder, v) * 0.14 + 0.86;
    const neckline = top - v;
    const opening = side - 0.052 + 0.3 * neckline;
    const flap = within(Math.max(opening - 0.022, neckline - 0.2));
    const shirt = within(Math.max(opening, neckline - 0.17));
    const zip = within(Math.max(side - 0.003, 0.18 - neckline)) * Math.min(1, 0.006 * scale);
    let colour = mix(outfit.coat, collar, Math.max(flap, zip));
    if (shirt > 0) colour = mix(colour, outfit.shirt, shirt);
    ink.colour = lit(colour, (shade + fold) * drop);
  };
}

function neck(figure: Figure, eyes: number, shoulder: number): Layer {
  const { skin } = figure.head;
  return (u, v, ink) => {
    const flare = 0.035 * ramp(shoulder + 0.09, shoulder, v);
    ink.cover = Math.max(Math.abs(u) - 0.057 - flare, shoulder - 0.06 - v, v - eyes + 0.08);
    const shadow = 0.42 + 0.34 * ramp(eyes - 0.13, shoulder + 0.02, v);
    ink.colour = lit(skin, shadow * (0.75 + 0.25 * Math.sqrt(Math.max(0, 1 - (u / 0.06) ** 2))));
  };
}

/** Hair and skull behind the face. */
function crown(figure: Figure, eyes: number): Layer {
  const { hair, skin } = figure.head;
  const lean = Math.sin(figure.roll);
  return (u, v, ink) => {
    const x = u + lean * (v - eyes);
    const y = v - eyes - 0.012;
    const above = y > 0;
    const distance = Math.hypot(x / 0.079, y / (above ? 0.112 : 0.12)) - 1;
    ink.cover = distance * 0.09;
    if (ink.cover * figure.scale > 0.5) return;
    const strand = 0.86 + 0.22 * cloth(x * 90, y * 12 + figure.outfit.height * 9);
    // Below the temples the side of the head is skin in shadow, unless hair falls over it.
    const share = figure.outfit.hair === 'long' ? 0 : ramp(-0.015, -0.05, y);
    ink.colour = lit(mix(hair, lit(skin, 0.6), share), strand);
  };
}

function longHair(figure: Figure, eyes: number, shoulder: number): Layer {
  const { hair } = figure.head;
  return (u, v, ink) => {
    const width = 0.088 + 0.022 * ramp(eyes, shoulder, v) + 0.006 * cloth(v * 20, 3);
    ink.cover = Math.max(Math.abs(u) - width, shoulder - 0.07 - v, v - eyes - 0.03);
    ink.colour = lit(hair, 0.72 + 0.25 * cloth(u * 70, v * 6));
  };
}

function paintFace(canvas: Canvas, figure: Figure): void {
  const { scale, light, head, roll } = figure;
  const span = paintedFaceEyes.distance / (eyeDistance * scale);
  const row = eyeRow(figure);
  const column = figure.x;
  const cos = Math.cos(roll) * span;
  const sin = Math.sin(roll) * span;
  const reach = 92 / span;
  const sample = new Float32Array(4);
  const area = {
    left: column - reach,
    right: column + reach,
    top: row - reach,
    bottom: row + reach,
  };
  paintRegion(canvas, area, figure.depth, (x, y, brush) => {
    const dx = x - column;
    const dy = y - row;
    head.read(
      paintedFaceEyes.x + cos * dx + sin * dy,
      paintedFaceEyes.y - sin * dx + cos * dy,
      span,
      sample,
    );
    const alpha = sample[3] ?? 0;
    if (alpha < 0.004) return;
    brush.coverage = alpha;
    brush.red = ((sample[0] ?? 0) / alpha) * light[0];
    brush.green = ((sample[1] ?? 0) / alpha) * light[1];
    brush.blue = ((sample[2] ?? 0) / alpha) * light[2];
  });
}

function paintShadow(canvas: Canvas, figure: Figure): void {
  const { x, ground, scale } = figure;
  const wide = 0.42 * scale;
  const flat = 0.09 * scale;
  const area = { left: x - wide, right: x + wide, top: ground - flat, bottom: ground + flat };
  paintRegion(canvas, area, figure.depth + 0.4, (column, row, brush) => {
    const distance = Math.hypot((column - x) / wide, (row - ground) / flat);
    brush.coverage = 0.5 * ramp(1, 0.2, distance);
    brush.red = brush.green = brush.blue = 20;
  });
}
