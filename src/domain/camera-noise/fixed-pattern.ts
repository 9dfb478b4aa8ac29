import type { NoiseSums } from './noise-gatherer.ts';
import { robustCovariance } from './robust-covariance.ts';
import { tileSide } from './tiles.ts';

/** What stands in every picture whatever the scene: deviations, grey values 0..255. */
export interface FixedPattern {
  readonly column: number;
  readonly row: number;
  readonly pixel: number;
  /** Pixels that stand out from all their neighbours, brightest first, at most 500; places in the picture part. */
  readonly hot: readonly { readonly x: number; readonly y: number; readonly above: number }[];
  /** Share of such pixels among those looked at. */
  readonly hotShare: number;
}

const mostHot = 500;
/** A pixel that is hot stands at least so far above all eight neighbours, grey values. */
const leastAbove = 16;
/** Share of tiles that count as flat: those with least structure beyond single pixels. */
const flatShare = 0.4;

/**
 * Pattern of columns, rows and pixels in the mean over time. What pictures of even and of odd number
 * have in common counts, so noise that is left in a mean does not; structure of the scene is kept
 * out by the choice of flat tiles and by differences that slopes do not touch.
 */
export function fixedPattern(sums: NoiseSums): FixedPattern {
  const means = [meanOf(sums, 'even'), meanOf(sums, 'odd')] as const;
  const flat = flatTiles(sums, means[0]);
  const lines = (vertical: boolean) => linePattern(means, sums, { flat, vertical });
  const hot = hotPixels(sums, means);
  return {
    column: lines(true),
    row: lines(false),
    pixel: pixelPattern(means, sums, flat),
    hot: hot.toSorted((a, b) => b.above - a.above).slice(0, mostHot),
    hotShare: hot.length / (sums.width * sums.height),
  };
}

/** The mean over time of the pixels; NaN in tiles that never stood still. */
export function meanOf(sums: NoiseSums, half: 'even' | 'odd'): Float32Array {
  const pictures = half === 'even' ? sums.evenPictures : sums.oddPictures;
  const across = sums.width / tileSide;
  return sums[half].map((sum, at) => {
    const tile =
      Math.floor(at / sums.width / tileSide) * across + Math.floor((at % sums.width) / tileSide);
    const count = pictures[tile] ?? 0;
    return count === 0 ? Number.NaN : sum / count;
  });
}

/** Numbers of the tiles whose quarters differ least. */
export function flatTiles({ width, height }: NoiseSums, mean: Float32Array): Uint8Array {
  const across = width / tileSide;
  const count = across * (height / tileSide);
  const structure = Array.from({ length: count }, (_, tile) => {
    const left = (tile % across) * tileSide;
    const top = Math.floor(tile / across) * tileSide;
    const part = tileSide / 4;
    const blocks = Array.from({ length: 16 }, (__, block) => {
      const [x, y] = [left + (block % 4) * part, top + Math.floor(block / 4) * part];
      let sum = 0;
      for (let row = y; row < y + part; row += 1)
        for (let at = row * width + x; at < row * width + x + part; at += 1) sum += mean[at] ?? 0;
      return sum / part ** 2;
    });
    const all = blocks.reduce((sum, block) => sum + block, 0) / blocks.length;
    return blocks.reduce((sum, block) => sum + (block - all) ** 2, 0);
  });
  const known = structure.filter((value) => Number.isFinite(value)).toSorted((a, b) => a - b);
  const limit = known[Math.floor(known.length * flatShare)] ?? 0;
  return Uint8Array.from(structure, (value) => (value <= limit ? 1 : 0));
}

/** Of a line's second difference the variance is 1.5 times that of the line's own offset. */
const lineGain = 1.5;

function linePattern(
  means: readonly [Float32Array, Float32Array],
  { width, height }: NoiseSums,
  { flat, vertical }: { readonly flat: Uint8Array; readonly vertical: boolean },
): number {
  const lines = vertical ? width : height;
  const alongTiles = (vertical ? height : width) / tileSide;
  const across = width / tileSide;
  const step = vertical ? 1 : width;
  const along = vertical ? width : 1;
  const pairs: [number, number][] = [];
  for (let line = 0; line < lines; line += 1) {
    // Within a tile, so that both neighbours belong to it.
    if (line % tileSide === 0 || line % tileSide === tileSide - 1) continue;
    const found: [number, number][] = [];
    for (let part = 0; part < alongTiles; part += 1) {
      const own = Math.floor(line / tileSide);
      const tile = vertical ? part * across + own : own * across + part;
      if (flat[tile] !== 1) continue;
      const start = line * step + part * tileSide * along;
      const [even, odd] = means.map((mean) => secondDifference(mean, start, { step, along }));
      if (even !== undefined && odd !== undefined) found.push([even, odd]);
    }
    if (found.length < 2) continue;
    // Tiles of even number in pictures of even number against the others: only what all have counts.
    const half = (odd: boolean) =>
      medianOf(found.filter((_, at) => at % 2 === (odd ? 1 : 0)).map((of) => of[odd ? 1 : 0]));
    pairs.push([half(false), half(true)]);
  }
  return Math.sqrt(Math.max(0, robustCovariance(pairs)) / lineGain);
}

/** The mean along one tile of what a line has over its neighbours. */
function secondDifference(
  mean: Float32Array,
  start: number,
  { step, along }: { readonly step: number; readonly along: number },
): number {
  let sum = 0;
  for (let part = 0; part < tileSide; part += 1) {
    const at = start + part * along;
    sum += (mean[at] ?? 0) - ((mean[at - step] ?? 0) + (mean[at + step] ?? 0)) / 2;
  }
  return sum / tileSide;
}

/** Of a pixel's difference over both diagonals the variance is four times that of the pixel's own offset. */
const pixelGain = 4;

function pixelPattern(
  [even, odd]: readonly [Float32Array, Float32Array],
  { width, height }: NoiseSums,
  flat: Uint8Array,
): number {
  const across = width / tileSide;
  const pairs: [number, number][] = [];
  for (let tile = 0; tile < flat.length; tile += 1) {
    if (flat[tile] !== 1) continue;
    const left = (tile % across) * tileSide;
    const top = Math.floor(tile / across) * tileSide;
    // Every other one: they overlap, and these say as much.
    for (let y = top; y < Math.min(height, top + tileSide) - 1; y += 2) {
      for (let x = left; x < left + tileSide - 1; x += 2) {
        const at = y * width + x;
        pairs.push([crossOf(even, at, width), crossOf(odd, at, width)]);
      }
    }
  }
  return Math.sqrt(Math.max(0, robustCovariance(pairs)) / pixelGain);
}

/** Slopes, and offsets of whole rows and columns, take themselves off. */
function crossOf(mean: Float32Array, at: number, width: number): number {
  return (
    (mean[at] ?? 0) - (mean[at + 1] ?? 0) - (mean[at + width] ?? 0) + (mean[at + width + 1] ?? 0)
  );
}

function hotPixels(
  { width, height }: NoiseSums,
  [even, odd]: readonly [Float32Array, Float32Array],
): { x: number; y: number; above: number }[] {
  const found: { x: number; y: number; above: number }[] = [];
  for (let y = 1; y < height - 1; y += 1) {
    for (let x = 1; x < width - 1; x += 1) {
      const at = y * width + x;
      const above = Math.min(standsOut(even, at, width), standsOut(odd, at, width));
      if (above >= leastAbove) found.push({ x, y, above: Math.round(above) });
    }
  }
  return found;
}

/** How far a pixel lies above its neighbours, 0 where these differ: small things of the scene have a surround that does. */
function standsOut(mean: Float32Array, at: number, width: number): number {
  const own = mean[at] ?? 0;
  const around = [-width - 1, -width, -width + 1, -1, 1, width - 1, width, width + 1];
  let [highest, lowest] = [0, 255];
  for (const step of around) {
    highest = Math.max(highest, mean[at + step] ?? 255);
    lowest = Math.min(lowest, mean[at + step] ?? 0);
  }
  const above = own - highest;
  return Number.isFinite(above) && highest - lowest < above / 2 ? above : 0;
}

function medianOf(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length / 2;
  const [low, high] = [sorted[Math.ceil(middle) - 1] ?? 0, sorted[Math.floor(middle)] ?? 0];
  return (low + high) / 2;
}
