import { flatTiles, meanOf } from './fixed-pattern.ts';
import type { NoiseSums } from './noise-gatherer.ts';
import { tileSide } from './tiles.ts';

/** The fixed pattern of a part of the picture, one byte a pixel: 128 nothing, each grey value `gain` steps. */
export interface PatternMap {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8Array;
}

/** Largest part that is shown, pixels, whole tiles. */
const most = { width: 480, height: 272 };
/** Steps of the map for each grey value. */
const gain = 10;
/** Half the side of the surround that is taken off, pixels. */
const reach = 2;

/**
 * What each pixel of the middle stands out by from the median of its surround in the mean over time.
 * Only flat tiles are shown, so that the scene is not.
 */
export function patternMap(sums: NoiseSums): PatternMap {
  const [even, odd] = [meanOf(sums, 'even'), meanOf(sums, 'odd')];
  const mean = even.map((value, at) => (value + (odd[at] ?? 0)) / 2);
  const flat = flatTiles(sums, even);
  const width = Math.min(sums.width, most.width);
  const height = Math.min(sums.height, most.height);
  const inTiles = (pixels: number) => Math.floor(pixels / 2 / tileSide) * tileSide;
  const left = inTiles(sums.width - width);
  const top = inTiles(sums.height - height);
  const data = new Uint8Array(width * height).fill(128);
  const across = sums.width / tileSide;
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      const [ownX, ownY] = [left + x, top + y];
      const tile = Math.floor(ownY / tileSide) * across + Math.floor(ownX / tileSide);
      if (flat[tile] !== 1) continue;
      const out = (mean[ownY * sums.width + ownX] ?? 0) - surround(mean, sums, ownX, ownY);
      if (Number.isFinite(out)) data[y * width + x] = Math.min(255, Math.max(0, 128 + gain * out));
    }
  }
  return { width, height, data };
}

/** The median along row and column: a line of a pattern stands out from the ones beside it. */
function surround(mean: Float32Array, { width, height }: NoiseSums, x: number, y: number): number {
  const values: number[] = [];
  for (let step = -reach; step <= reach; step += 1) {
    if (step === 0) continue;
    if (x + step >= 0 && x + step < width) values.push(mean[y * width + x + step] ?? 0);
    if (y + step >= 0 && y + step < height) values.push(mean[(y + step) * width + x] ?? 0);
  }
  values.sort((a, b) => a - b);
  const middle = values.length / 2;
  return ((values[Math.ceil(middle) - 1] ?? 0) + (values[Math.floor(middle)] ?? 0)) / 2;
}
