import type { LumaImage } from '../image/image.ts';

/** Side of the squares that are looked at by themselves, pixels; a multiple of every codec's block up to it. */
export const tileSide = 16;

/**
 * The middle of a picture in whole tiles that stand on its own grid of 16 pixels, in memory of its own.
 * @returns null for a picture of less than 8 tiles a side
 */
export function middleOf(picture: LumaImage, mostWide: number, mostHigh: number): LumaImage | null {
  const width = inTiles(Math.min(picture.width, mostWide));
  const height = inTiles(Math.min(picture.height, mostHigh));
  if (width < 8 * tileSide || height < 8 * tileSide) return null;
  const left = inTiles((picture.width - width) / 2);
  const top = inTiles((picture.height - height) / 2);
  const data = new Uint8Array(width * height);
  for (let y = 0; y < height; y += 1) {
    const start = (top + y) * picture.width + left;
    data.set(picture.data.subarray(start, start + width), y * width);
  }
  return { width, height, data };
}

function inTiles(pixels: number): number {
  return Math.floor(pixels / tileSide) * tileSide;
}
