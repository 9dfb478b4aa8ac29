import { type Canvas, paintRegion } from './canvas.ts';
import { paintedFaceEyes } from './face-painter.ts';
import { cloth, eyeDistance, eyeRow, type Figure, type Layer, paintLayer } from './figure.ts';
import { lit, mix, ramp } from './ray-cast.ts';

/** Long hair that hangs behind neck and shoulders; nothing for short hair. */
export function paintHairBehind(
  canvas: Canvas,
  figure: Figure,
  eyes: number,
  shoulder: number,
): void {
  const { hair, hairColour } = figure.outfit;
  if (hair === 'short') return;
  const layer: Layer = (u, v, ink) => {
    const width = 0.086 + 0.024 * ramp(eyes, shoulder, v) + 0.005 * cloth(v * 20, 3);
    ink.cover = Math.max(Math.abs(u) - width, shoulder - 0.06 - v, v - eyes - 0.03);
    ink.colour = lit(hairColour, 0.72 + 0.3 * cloth(u * 70, v * 6));
  };
  paintLayer(canvas, figure, [-0.16, 0.16], [shoulder - 0.1, eyes + 0.1], layer);
}

/** Skull, ears, face and hair. `eyes`: height of the eyes, metres. */
export function paintHead(canvas: Canvas, figure: Figure, eyes: number): void {
  const bounds = [eyes - 0.16, eyes + 0.17] as const;
  paintLayer(canvas, figure, [-0.14, 0.14], bounds, skull(figure, eyes));
  paintFace(canvas, figure);
  paintLayer(canvas, figure, [-0.14, 0.14], bounds, hairInFront(figure, eyes));
}

/** What stands behind the face: hair above, cheeks' sides and ears below. */
function skull(figure: Figure, eyes: number): Layer {
  const { skin } = figure.head;
  const { hairColour, hair } = figure.outfit;
  const turn = turned(figure, eyes);
  return (u, v, ink) => {
    const [x, y] = turn(u, v);
    const distance = dome(x / 0.078, (y - 0.012) / (y > 0.012 ? 0.1 : 0.117), y) - 1;
    const ears = Math.hypot((Math.abs(x) - 0.077) / 0.012, (y + 0.02) / 0.032) - 1;
    const ear = hair === 'short' ? ears * 0.014 : 1;
    ink.cover = Math.min(distance * 0.09, ear);
    if (ink.cover * figure.scale > 0.5) return;
    const side = lit(skin, distance < 0 ? 0.7 : 0.82);
    ink.colour = mix(hairColour, side, ramp(0.03, 0, y));
  };
}

/** Hair over the upper rim of the face, with a soft and uneven line. */
function hairInFront(figure: Figure, eyes: number): Layer {
  const { hair, hairColour, height } = figure.outfit;
  const turn = turned(figure, eyes);
  const part = Math.sin(height * 50) * 0.03;
  const softness = Math.max(0.007, 0.6 / figure.scale);
  const highlight = lit(hairColour, 1.5);
  return (u, v, ink) => {
    const [x, y] = turn(u, v);
    const strands = cloth(x * 120 + height * 77, y * 14);
    const outer = (dome(x / 0.0815, (y - 0.012) / 0.108, y) - 1) * 0.09 + 0.0022 * strands;
    // The line stands high above the eyes and comes down at the temples.
    const line = 0.068 - 5.5 * (x - part * 0.4) ** 2 - 1900 * x ** 4 + 0.004 * strands;
    const front = ramp(line - softness, line + softness, y);
    const sides = ramp(0.058, 0.066, Math.abs(x)) * ramp(-0.13, -0.08, y);
    ink.opacity = Math.max(front, hair === 'long' ? sides : 0);
    ink.cover = ink.opacity > 0 ? outer : 1;
    if (ink.cover * figure.scale > 0.5) return;
    const gloss = ramp(0.05, 0, Math.abs(y - 0.1 + 2 * (x - part) ** 2)) * 0.4;
    const shade = 0.8 + 0.28 * strands - 0.25 * ramp(-0.01, 0.006, outer);
    ink.colour = lit(mix(hairColour, highlight, gloss), shade);
  };
}

/** Distance from the middle of a head-like shape, 1 on its line: flatter than an ellipse above. */
function dome(across: number, along: number, y: number): number {
  const power = y > 0.012 ? 2.5 : 2;
  return (Math.abs(across) ** power + Math.abs(along) ** power) ** (1 / power);
}

/** Turns a point by the lean of the head, about the middle between the eyes. */
function turned(figure: Figure, eyes: number): (u: number, v: number) => readonly [number, number] {
  const cos = Math.cos(figure.roll);
  const sin = Math.sin(figure.roll);
  return (u, v) => [cos * u - sin * (v - eyes), sin * u + cos * (v - eyes)];
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
    const faceX = paintedFaceEyes.x + cos * dx + sin * dy;
    const faceY = paintedFaceEyes.y - sin * dx + cos * dy;
    head.read(faceX, faceY, span, sample);
    const alpha = sample[3] ?? 0;
    if (alpha < 0.004) return;
    brush.coverage = alpha;
    brush.red = ((sample[0] ?? 0) / alpha) * light[0];
    brush.green = ((sample[1] ?? 0) / alpha) * light[1];
    brush.blue = ((sample[2] ?? 0) / alpha) * light[2];
  });
}
