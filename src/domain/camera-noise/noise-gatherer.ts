import type { LumaImage } from '../image/image.ts';
import { middleOf, tileSide } from './tiles.ts';

/** Pictures between those that are compared: noise that a camera smooths over time is alike in neighbours. */
export const lag = 4;
/** Largest part of a picture that is looked at, from its middle, pixels. */
const mostWide = 1920;
const mostHigh = 1080;
/** Steps of a tile's mean beyond chance after which something moved there. */
const moved = { deviations: 5, least: 0.6 };

/** What was gathered of still parts of pictures. Levels are grey values 0..255. */
export interface NoiseSums {
  /** Pixels, whole tiles. */
  readonly width: number;
  readonly height: number;
  readonly pictures: number;
  /** Sums of grey values of each pixel, of pictures of even and of odd number. */
  readonly even: Float32Array;
  readonly odd: Float32Array;
  /** Of each tile: pictures in each of these sums. */
  readonly evenPictures: Uint32Array;
  readonly oddPictures: Uint32Array;
  /** Of each tile: pairs compared, variances of their difference, and products with the pixel right of it and below. */
  readonly pairs: Uint32Array;
  readonly variance: Float64Array;
  readonly besideRight: Float64Array;
  readonly besideBelow: Float64Array;
  /** Of rows: products of the difference's mean over tiles of even and odd number, and how many. */
  readonly rowProducts: number;
  readonly rows: number;
  /** Pairs of tiles that were left out, as something moved there, and all. */
  readonly movedPairs: number;
  readonly allPairs: number;
}

/**
 * Gathers the noise of a camera that stands still from its pictures: differences in time of parts
 * where nothing moves, after photon transfer (Janesick, 2007), and means over time. Nothing of a
 * picture is kept but these sums and the last few pictures.
 */
export class NoiseGatherer {
  #sums: Mutable<NoiseSums> | null = null;
  #size = '';
  readonly #last: Uint8Array[] = [];

  /** @returns what there is, null before there are pairs of pictures */
  get sums(): NoiseSums | null {
    return this.#sums === null || this.#sums.pictures <= lag ? null : this.#sums;
  }

  /** A picture in its own pixels. One of another size begins anew. */
  add(picture: LumaImage): void {
    const size = `${picture.width}x${picture.height}`;
    if (size !== this.#size) {
      this.#size = size;
      this.#sums = null;
      this.#last.length = 0;
    }
    const part = middleOf(picture, mostWide, mostHigh);
    if (part === null) return;
    this.#sums ??= noSums(part.width, part.height);
    const sums = this.#sums;
    const before = this.#last.length < lag ? undefined : this.#last.shift();
    this.#last.push(part.data);
    sums.pictures += 1;
    if (before === undefined) return;
    const tiles = compare(sums, part.data, before);
    addMeans(sums, part.data, tiles);
  }
}

type Mutable<T> = { -readonly [Key in keyof T]: T[Key] };

function noSums(width: number, height: number): Mutable<NoiseSums> {
  const tiles = (width / tileSide) * (height / tileSide);
  return {
    ...{ width, height, pictures: 0 },
    even: new Float32Array(width * height),
    odd: new Float32Array(width * height),
    evenPictures: new Uint32Array(tiles),
    oddPictures: new Uint32Array(tiles),
    pairs: new Uint32Array(tiles),
    variance: new Float64Array(tiles),
    besideRight: new Float64Array(tiles),
    besideBelow: new Float64Array(tiles),
    ...{ rowProducts: 0, rows: 0, movedPairs: 0, allPairs: 0 },
  };
}

/** Adds the difference of two pictures where nothing moved. @returns of each tile, whether it stood still */
function compare(sums: Mutable<NoiseSums>, now: Uint8Array, before: Uint8Array): Uint8Array {
  const { width, height } = sums;
  const across = width / tileSide;
  const count = across * (height / tileSide);
  const found = Array.from({ length: count }, (_, tile) => tileOf(tile, width, now, before));
  // Light that flickers moves all of the picture alike.
  const flicker = medianOf(found.map(({ mean }) => mean));
  const still = new Uint8Array(count);
  const pixels = tileSide * tileSide;
  for (const [tile, { mean, square, right, below }] of found.entries()) {
    const off = mean - flicker;
    const variance = Math.max(0, square - mean * mean);
    const mostly = (sums.variance[tile] ?? 0) / Math.max(1, sums.pairs[tile] ?? 0);
    // Noise that is alike in neighbours makes means vary more than their number says.
    const chance = moved.least + moved.deviations * Math.sqrt(variance / pixels);
    const isStill =
      Math.abs(off) < chance && ((sums.pairs[tile] ?? 0) < 8 || variance < 4 * mostly + 1);
    sums.allPairs += 1;
    if (!isStill) {
      sums.movedPairs += 1;
      continue;
    }
    still[tile] = 1;
    sums.pairs[tile] = (sums.pairs[tile] ?? 0) + 1;
    sums.variance[tile] = (sums.variance[tile] ?? 0) + variance;
    sums.besideRight[tile] = (sums.besideRight[tile] ?? 0) + right - mean * mean;
    sums.besideBelow[tile] = (sums.besideBelow[tile] ?? 0) + below - mean * mean;
  }
  addRows(sums, now, before, { still, flicker });
  return still;
}

interface TileDifference {
  readonly mean: number;
  readonly square: number;
  readonly right: number;
  readonly below: number;
}

function tileOf(tile: number, width: number, now: Uint8Array, before: Uint8Array): TileDifference {
  const across = width / tileSide;
  const left = (tile % across) * tileSide;
  const top = Math.floor(tile / across) * tileSide;
  let [sum, square, right, below] = [0, 0, 0, 0];
  for (let y = top; y < top + tileSide; y += 1) {
    const isLastRow = y === top + tileSide - 1;
    for (let x = left; x < left + tileSide; x += 1) {
      const at = y * width + x;
      const difference = (now[at] ?? 0) - (before[at] ?? 0);
      sum += difference;
      square += difference * difference;
      if (x < left + tileSide - 1)
        right += difference * ((now[at + 1] ?? 0) - (before[at + 1] ?? 0));
      if (!isLastRow) below += difference * ((now[at + width] ?? 0) - (before[at + width] ?? 0));
    }
  }
  const pixels = tileSide * tileSide;
  const pairs = tileSide * (tileSide - 1);
  return {
    mean: sum / pixels,
    square: square / pixels,
    right: right / pairs,
    below: below / pairs,
  };
}

/**
 * Noise that a whole row has in common: what the row's mean over tiles of even number has in common
 * with that over tiles of odd number, so that the noise of single pixels does not count.
 */
function addRows(
  sums: Mutable<NoiseSums>,
  now: Uint8Array,
  before: Uint8Array,
  { still, flicker }: { readonly still: Uint8Array; readonly flicker: number },
): void {
  const { width, height } = sums;
  const across = width / tileSide;
  for (let y = 0; y < height; y += 1) {
    const firstTile = Math.floor(y / tileSide) * across;
    const halves = [
      { sum: 0, count: 0 },
      { sum: 0, count: 0 },
    ] satisfies [object, object];
    for (let tile = 0; tile < across; tile += 1) {
      if (still[firstTile + tile] !== 1) continue;
      const half = tile % 2 === 0 ? halves[0] : halves[1];
      const start = y * width + tile * tileSide;
      for (let at = start; at < start + tileSide; at += 1)
        half.sum += (now[at] ?? 0) - (before[at] ?? 0);
      half.count += tileSide;
    }
    const [one, other] = halves;
    if (one.count < 4 * tileSide || other.count < 4 * tileSide) continue;
    sums.rowProducts += (one.sum / one.count - flicker) * (other.sum / other.count - flicker);
    sums.rows += 1;
  }
}

function addMeans(sums: Mutable<NoiseSums>, now: Uint8Array, still: Uint8Array): void {
  const { width, height } = sums;
  const isEven = sums.pictures % 2 === 0;
  const [into, pictures] = isEven ? [sums.even, sums.evenPictures] : [sums.odd, sums.oddPictures];
  const across = width / tileSide;
  for (let tile = 0; tile < still.length; tile += 1) {
    if (still[tile] !== 1) continue;
    pictures[tile] = (pictures[tile] ?? 0) + 1;
    const left = (tile % across) * tileSide;
    const top = Math.floor(tile / across) * tileSide;
    for (let y = top; y < Math.min(height, top + tileSide); y += 1) {
      for (let at = y * width + left; at < y * width + left + tileSide; at += 1)
        into[at] = (into[at] ?? 0) + (now[at] ?? 0);
    }
  }
}

function medianOf(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}
