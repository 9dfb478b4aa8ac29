import { type Canvas, paintRegion } from './canvas.ts';
import { cloth, eyeRow, type Figure, type Layer, paintLayer } from './figure.ts';
import { paintHairBehind, paintHead } from './paint-head.ts';
import { lit, mix, ramp } from './ray-cast.ts';
import type { Outfit } from './scene.ts';

/** Paints body, hair and face of a figure, with its shadow on the ground. */
export function paintPerson(canvas: Canvas, figure: Figure): void {
  paintShadow(canvas, figure);
  const { scale, outfit } = figure;
  const eyes = (figure.ground - eyeRow(figure)) / scale;
  const shoulder = eyes - 0.208;
  const sway = 0.012 * figure.walking * Math.sin(figure.stride);
  paintLayer(canvas, figure, [-0.34, 0.3], [0, 1], legs(outfit, figure));
  paintHairBehind(canvas, figure, eyes, shoulder);
  paintLayer(
    canvas,
    figure,
    [-0.36, 0.36],
    [0.7, shoulder + 0.12],
    torso(outfit, figure, shoulder, sway),
  );
  paintLayer(
    canvas,
    figure,
    [-0.09, 0.09],
    [shoulder - 0.08, eyes - 0.05],
    neck(figure, eyes, shoulder),
  );
  paintHead(canvas, figure, eyes);
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
    const slope = top - 0.52 * Math.max(0, side - 0.045) - 3 * Math.max(0, side - 0.14) ** 2;
    const trunk = Math.max(side - width, (v - slope) * 0.92, 0.8 - v);
    const armLeft = rod(x, v, -0.172, shoulder - 0.066, -0.21, 0.84 + swing, 0.055, 0.04);
    const armRight = rod(x, v, 0.172, shoulder - 0.066, 0.21, 0.84 - swing, 0.055, 0.04);
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
    // Muscles widen it downwards; the shirt's round collar ends it.
    const width = 0.051 + 0.024 * ramp(shoulder + 0.1, shoulder + 0.03, v) ** 2;
    const collar = shoulder + 0.022 + 9 * u * u;
    ink.cover = Math.max(Math.abs(u) - width, collar - v, v - eyes + 0.07);
    const shadow = 0.6 + 0.32 * ramp(eyes - 0.115, shoulder + 0.03, v);
    ink.colour = lit(skin, shadow * (0.78 + 0.22 * Math.sqrt(Math.max(0, 1 - (u / 0.07) ** 2))));
  };
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
