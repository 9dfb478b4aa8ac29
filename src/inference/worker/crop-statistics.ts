import type { CropStatistics } from '../../domain/face-models.ts';
import type { Pixels } from '../protocol.ts';

/** First row and column that is read of the 112x112 crop, and how many: the face without its rim. */
const first = 16;
const side = 80;

/**
 * Measures the middle 80x80 pixels of an aligned 112x112 crop, as training does: the figures
 * are an input of the fuse model, so that a change here makes its gate and weight wrong.
 * @throws RangeError for a picture that is smaller
 */
export function cropStatistics({ width, height, data }: Pixels): CropStatistics {
  if (width < first + side || height < first + side) {
    throw new RangeError(`Cannot measure a crop of ${width}x${height}: 112x112 is expected`);
  }
  const luma = new Float64Array(side * side);
  let sum = 0;
  for (let row = 0, at = 0; row < side; row += 1) {
    let from = ((first + row) * width + first) * 3;
    for (let column = 0; column < side; column += 1, at += 1, from += 3) {
      const y =
        0.299 * (data[from] as number) +
        0.587 * (data[from + 1] as number) +
        0.114 * (data[from + 2] as number);
      luma[at] = y;
      sum += y;
    }
  }
  const mean = sum / luma.length;
  let squares = 0;
  for (const y of luma) squares += (y - mean) ** 2;
  let energy = 0;
  for (let row = 0; row < side - 1; row += 1) {
    for (let column = 0; column < side - 1; column += 1) {
      const at = row * side + column;
      const y = luma[at] as number;
      energy += ((luma[at + 1] as number) - y) ** 2 + ((luma[at + side] as number) - y) ** 2;
    }
  }
  return {
    lumaMean: mean / 255,
    lumaDeviation: Math.sqrt(squares / luma.length) / 128,
    gradientEnergy: Math.log10(1 + energy / (side - 1) ** 2) / 3,
  };
}
