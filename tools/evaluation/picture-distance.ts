import type { RgbImage } from '../../src/domain/image/image.ts';

/** How far a picture lies from the truth. */
export interface PictureDistance {
  /** Peak signal-to-noise ratio over the three channels, decibels; Infinity when equal. */
  readonly psnr: number;
  /** Structural similarity of the luma, mean over 8x8 windows at every fourth pixel, -1..1. */
  readonly ssim: number;
}

const window = 8;
const step = 4;
const c1 = (0.01 * 255) ** 2;
const c2 = (0.03 * 255) ** 2;

/** Compares two pictures of one size. @throws RangeError when the sizes differ */
export function pictureDistance(picture: RgbImage, truth: RgbImage): PictureDistance {
  if (picture.width !== truth.width || picture.height !== truth.height) {
    throw new RangeError('Cannot compare pictures: their sizes differ');
  }
  let squares = 0;
  for (let i = 0; i < truth.data.length; i += 1) {
    squares += ((picture.data[i] as number) - (truth.data[i] as number)) ** 2;
  }
  const psnr = 10 * Math.log10((255 * 255 * truth.data.length) / squares);
  return { psnr, ssim: ssim(luma(picture), luma(truth), truth.width, truth.height) };
}

function luma({ data }: RgbImage): Float64Array {
  return Float64Array.from({ length: data.length / 3 }, (_, i) => {
    const [r, g, b] = [data[i * 3], data[i * 3 + 1], data[i * 3 + 2]] as [number, number, number];
    return 0.299 * r + 0.587 * g + 0.114 * b;
  });
}

function ssim(a: Float64Array, b: Float64Array, width: number, height: number): number {
  let total = 0;
  let windows = 0;
  const n = window * window;
  for (let y = 0; y + window <= height; y += step) {
    for (let x = 0; x + window <= width; x += step) {
      let [sa, sb, saa, sbb, sab] = [0, 0, 0, 0, 0];
      for (let dy = 0; dy < window; dy += 1) {
        for (let dx = 0; dx < window; dx += 1) {
          const i = (y + dy) * width + x + dx;
          const [p, q] = [a[i] as number, b[i] as number];
          sa += p;
          sb += q;
          saa += p * p;
          sbb += q * q;
          sab += p * q;
        }
      }
      const [ma, mb] = [sa / n, sb / n];
      const [va, vb, cov] = [saa / n - ma * ma, sbb / n - mb * mb, sab / n - ma * mb];
      total += ((2 * ma * mb + c1) * (2 * cov + c2)) / ((ma * ma + mb * mb + c1) * (va + vb + c2));
      windows += 1;
    }
  }
  return windows === 0 ? 1 : total / windows;
}
