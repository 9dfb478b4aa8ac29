import type { LumaImage } from '../image/image.ts';

/**
 * Deviations of the blur that is added to learn how blurred an edge was, pixels, and half the room that
 * an edge needs: a soft edge takes a stronger one to be seen in its slope.
 */
const looks = [
  { added: 1, room: 6, upTo: 1.4 },
  { added: 3, room: 14, upTo: Number.POSITIVE_INFINITY },
] as const;
type Look = (typeof looks)[number];
/** Grey values of a step from which on it counts as an edge. */
const leastStep = 12;
/** Of the edges, sharpest first, the one that speaks for the camera: the scene has soft ones of its own. */
const share = 0.15;
/** Fewer edges say nothing. */
const leastEdges = 40;

/** Along which lines edges are looked for: the least step of one, grey values; null: not there. */
export interface EdgeWays {
  readonly across: number | null;
  readonly down: number | null;
}

/**
 * The blur of a still picture, as the deviation of a Gaussian in pixels: an edge is blurred once more
 * by a known amount, and the ratio of the slopes says how much it was blurred before (Zhuo and Sim,
 * Defocus map estimation from a single image, 2011). The light that a pixel gathers counts as blur, too.
 * @param mean a mean over time, so that noise makes no edges; NaN where nothing is known
 * @returns null where there are too few edges
 */
export function edgeBlur(
  { width, height, mean }: Pick<LumaImage, 'width' | 'height'> & { readonly mean: Float32Array },
  ways: EdgeWays = { across: 0, down: 0 },
): number | null {
  for (const look of looks) {
    const found: number[] = [];
    if (ways.across !== null)
      collect(found, look, {
        lines: height,
        length: width,
        step: 1,
        next: width,
        mean,
        least: ways.across,
      });
    if (ways.down !== null)
      collect(found, look, {
        lines: width,
        length: height,
        step: width,
        next: 1,
        mean,
        least: ways.down,
      });
    if (found.length < leastEdges) continue;
    const blur = found.toSorted((a, b) => a - b)[Math.floor(found.length * share)] ?? 0;
    if (blur <= look.upTo) return blur;
  }
  return null;
}

interface Lines {
  readonly lines: number;
  readonly length: number;
  readonly step: number;
  readonly next: number;
  readonly mean: Float32Array;
  readonly least: number;
}

/** Blurs across straight edges that stand across the line: those that are alike in the lines beside. */
function collect(
  found: number[],
  look: Look,
  { lines, length, step, next, mean, least }: Lines,
): void {
  const line = new Float64Array(length);
  const slope = (at: number) => Math.abs((line[at + 1] ?? 0) - (line[at - 1] ?? 0)) / 2;
  for (let number = 1; number < lines - 1; number += 1) {
    const start = number * next;
    // Three lines together: less of what noise is left, and none of edges that are not straight.
    for (let at = 0; at < length; at += 1) {
      const place = start + at * step;
      line[at] = ((mean[place - next] ?? 0) + (mean[place] ?? 0) + (mean[place + next] ?? 0)) / 3;
    }
    const blurred = gaussian(line, look.added);
    for (let at = look.room; at < length - look.room; at += 1) {
      const own = slope(at);
      if (!(own >= leastStep / look.room) || own < slope(at - 1) || own <= slope(at + 1)) continue;
      if (!isAlone(line, at, look.room, Math.max(least, leastStep))) continue;
      const after = Math.abs((blurred[at + 1] ?? 0) - (blurred[at - 1] ?? 0)) / 2;
      const ratio = own / after;
      if (ratio > 1.02) found.push(blurOf(ratio, look.added));
    }
  }
}

/** Whether an edge is one step between two levels, not a line or a corner: it goes one way, and stops. */
function isAlone(line: Float64Array, at: number, room: number, least: number): boolean {
  const whole = (line[at + room] ?? 0) - (line[at - room] ?? 0);
  const near = (line[at + 1] ?? 0) - (line[at - 1] ?? 0);
  if (Math.sign(whole) !== Math.sign(near) || Math.abs(whole) < least) return false;
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (let place = at - room; place <= at + room; place += 1) {
    low = Math.min(low, line[place] ?? 0);
    high = Math.max(high, line[place] ?? 0);
  }
  return high - low < 1.15 * Math.abs(whole);
}

/**
 * The blur of an edge whose slope a blur by `added` made smaller by `ratio`. The slope is taken as a
 * difference over two pixels, which is a blur of its own: of both values it is the same.
 */
function blurOf(ratio: number, added: number): number {
  const seen = (deviation: number) => erf(1 / (Math.SQRT2 * deviation));
  const ratioOf = (deviation: number) =>
    seen(deviation) / seen(Math.sqrt(deviation ** 2 + added ** 2));
  let [low, high] = [0.05, 12];
  for (let round = 0; round < 40; round += 1) {
    const middle = (low + high) / 2;
    if (ratioOf(middle) > ratio) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

/** The error function, to 1.5e-7 (Abramowitz and Stegun 7.1.26). */
function erf(x: number): number {
  const t = 1 / (1 + 0.3275911 * x);
  const series =
    ((((1.061405429 * t - 1.453152027) * t + 1.421413741) * t - 0.284496736) * t + 0.254829592) * t;
  return 1 - series * Math.exp(-x * x);
}

function gaussian(line: Float64Array, deviation: number): Float64Array {
  const reach = Math.ceil(4 * deviation);
  const taps = Array.from({ length: 2 * reach + 1 }, (_, at) =>
    Math.exp(-((at - reach) ** 2) / (2 * deviation ** 2)),
  );
  const total = taps.reduce((sum, tap) => sum + tap, 0);
  return line.map((_, at) => {
    let sum = 0;
    for (let tap = 0; tap < taps.length; tap += 1) {
      const place = Math.min(line.length - 1, Math.max(0, at + tap - reach));
      sum += (taps[tap] ?? 0) * (line[place] ?? 0);
    }
    return sum / total;
  });
}
