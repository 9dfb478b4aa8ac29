import type { BlockGrid } from './block-grid.ts';
import { type EdgeWays, edgeBlur } from './edge-blur.ts';
import { type FixedPattern, fixedPattern, meanOf } from './fixed-pattern.ts';
import { lag, type NoiseSums } from './noise-gatherer.ts';
import { type PhotonTransfer, photonTransfer } from './photon-transfer.ts';
import { tileSide } from './tiles.ts';

/** Noise of a camera, measured from still parts of its pictures. Levels are grey values 0..255 of luma in full range. */
export interface CameraNoise {
  /** Size of the part that was looked at, pixels, and pictures. */
  readonly width: number;
  readonly height: number;
  readonly pictures: number;
  /** Share of the parts that were left out, as something moved there. */
  readonly moved: number;
  readonly transfer: PhotonTransfer;
  /** Noise of whole rows, deviation from picture to picture. */
  readonly rowNoise: number;
  /** Likeness of the noise of neighbours: correlation with the pixel right of it, and below. 0: none. */
  readonly alike: { readonly right: number; readonly below: number };
  readonly fixed: FixedPattern;
  /** Deviation of a Gaussian, pixels; null where there are too few edges. */
  readonly blur: number | null;
}

/** Variance that rounding to whole grey values adds. */
const rounding = 1 / 12;
/** Pairs of a tile below which its variance is not used. */
const leastPairs = 12;

/** @returns null where nothing stood still for long enough */
export function cameraNoise(sums: NoiseSums): CameraNoise | null {
  const even = meanOf(sums, 'even');
  const levels = levelsOf(sums, even);
  const known = levels.filter(({ pairs }) => pairs >= leastPairs);
  const rowVariance = sums.rows === 0 ? 0 : Math.max(0, sums.rowProducts / sums.rows / 2);
  const transfer = photonTransfer(
    known.map(({ level, variance }) => ({
      level,
      // What whole rows have in common is told by itself.
      variance: Math.max(0, variance - rounding - rowVariance),
    })),
  );
  if (transfer === null) return null;
  const fixed = fixedPattern(sums);
  const total = (of: Float64Array) => of.reduce((sum, value) => sum + value, 0);
  const variance = Math.max(1e-9, total(sums.variance));
  return {
    width: sums.width,
    height: sums.height,
    pictures: sums.pictures,
    moved: sums.movedPairs / Math.max(1, sums.allPairs),
    transfer,
    rowNoise: Math.sqrt(rowVariance),
    alike: {
      right: total(sums.besideRight) / variance,
      below: total(sums.besideBelow) / variance,
    },
    fixed,
    blur: edgeBlur({ width: sums.width, height: sums.height, mean: even }, waysOf(fixed)),
  };
}

/** A pattern of columns makes edges along rows, and none along columns: the way with less of it is taken. */
function waysOf({ column, row }: FixedPattern): EdgeWays {
  const seen = 0.3;
  const leastStep = (pattern: number) => 10 * pattern;
  return {
    across: column < seen || column <= row ? leastStep(column) : null,
    down: row < seen || row < column ? leastStep(row) : null,
  };
}

/** Level, variance and number of pairs of each tile. */
function levelsOf(
  { width, pairs, variance }: NoiseSums,
  mean: Float32Array,
): { level: number; variance: number; pairs: number }[] {
  const across = width / tileSide;
  return Array.from(pairs, (count, tile) => {
    const left = (tile % across) * tileSide;
    const top = Math.floor(tile / across) * tileSide;
    let sum = 0;
    const first = mean[top * width + left] ?? 0;
    let isOneValue = true;
    for (let y = top; y < top + tileSide; y += 1)
      for (let at = y * width + left; at < y * width + left + tileSide; at += 1) {
        sum += mean[at] ?? 0;
        if (mean[at] !== first) isOneValue = false;
      }
    return {
      level: sum / tileSide ** 2,
      // A difference has the variance of both pictures.
      variance: (variance[tile] ?? 0) / Math.max(1, count) / 2,
      // What a mask hides is one value, which no sensor gives.
      pairs: Number.isFinite(sum) && !isOneValue ? count : 0,
    };
  });
}

/** Pictures that a measurement takes at least: from the first comparison on, as many again as a tile needs. */
export const leastPictures = lag + 2 * leastPairs;

/** The whole profile of a camera, as it is written. */
export interface NoiseProfile {
  /** Of this format. */
  readonly version: 1;
  readonly source: string;
  readonly measuredAt: string;
  readonly seconds: number;
  readonly video: { readonly width: number; readonly height: number };
  /**
   * Noise in the unit of a degradation on pictures of 0..1: variance = shot^2 * level + read^2,
   * deviations of columns, rows (fixed), rows (from picture to picture) and pixels, share of hot pixels.
   */
  readonly noise: {
    readonly shot: number;
    readonly read: number;
    readonly column: number;
    readonly row: number;
    readonly rowNoise: number;
    readonly pixel: number;
    readonly hot: number;
    /** Deviation of a blur of white noise that is as alike in neighbours, pixels; 0: white. */
    readonly grain: number;
  };
  readonly blur: number | null;
  readonly infrared: boolean;
  /** Mean difference of the colour channels, grey values. */
  readonly colour: number;
  readonly grid: BlockGrid | null;
  /** Mean quantiser: of H.264 0..51, null where the decoder does not tell. */
  readonly quantiser: number | null;
  readonly bitsPerPixel: number | null;
  readonly frameRate: {
    readonly mean: number;
    readonly jitterMs: number;
    readonly missing: number;
  };
  readonly measured: CameraNoise;
}

/** White noise that a Gaussian of this deviation blurred is so much alike in neighbours. */
export function grainOf({ right, below }: CameraNoise['alike']): number {
  const alike = Math.min(0.99, (right + below) / 2);
  return alike < 0.05 ? 0 : 1 / (2 * Math.sqrt(-Math.log(alike)));
}
