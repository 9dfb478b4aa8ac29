import { encodeFootage } from '../../../demo/media/encode-footage.ts';
import type { EncodedSource } from '../../../demo/media/encoded-source.ts';
import type { RgbImage } from '../../../src/domain/image/image.ts';

const width = 640;
const height = 480;
const framesPerSecond = 10;

/** A stretch of the loop: what hangs on the wall, and where its left edge is. */
export interface PosterStretch {
  readonly seconds: number;
  readonly picture: RgbImage | null;
  /** Pixels; default 300. */
  readonly left?: number;
  /** Coarse fields on the wall, or their negative; default an even wall. */
  readonly pattern?: 'fields' | 'negative';
}

/** Footage of a wall on which pictures hang for a while, with a little noise; loops. */
export function posterFootage(stretches: readonly PosterStretch[]): Promise<EncodedSource> {
  return encodeFootage(frames(stretches), { framesPerSecond, keyInterval: 10 });
}

function* frames(stretches: readonly PosterStretch[]): Generator<RgbImage> {
  for (const { seconds, picture, left = 300, pattern } of stretches) {
    for (let index = 0; index < seconds * framesPerSecond; index += 1) {
      yield paint(picture, left, pattern, index);
    }
  }
}

function paint(
  picture: RgbImage | null,
  left: number,
  pattern: PosterStretch['pattern'],
  seed: number,
): RgbImage {
  const data = new Uint8Array(width * height * 3).fill(138);
  if (pattern !== undefined) fields(data, pattern === 'negative');
  if (picture !== null) hang(data, picture, left, 120, 220);
  for (let at = 0; at < data.length; at += 1) {
    const noise = (Math.imul(at + seed * 7919, 2654435761) >>> 29) - 3;
    data[at] = Math.min(255, Math.max(0, (data[at] as number) + noise));
  }
  return { width, height, data };
}

/** Scales by the nearest pixel. */
function hang(data: Uint8Array, picture: RgbImage, left: number, top: number, side: number): void {
  const tall = Math.round((side * picture.height) / picture.width);
  for (let y = 0; y < tall && top + y < height; y += 1) {
    for (let x = 0; x < side && left + x < width; x += 1) {
      const from =
        (Math.floor((y * picture.height) / tall) * picture.width +
          Math.floor((x * picture.width) / side)) *
        3;
      const to = ((top + y) * width + left + x) * 3;
      data.set(picture.data.subarray(from, from + 3), to);
    }
  }
}

/** Fields of 80 pixels, each of a brightness of its own. */
function fields(data: Uint8Array, negative: boolean): void {
  for (let at = 0; at < width * height; at += 1) {
    const field = Math.floor((at % width) / 80) + 8 * Math.floor(at / width / 80);
    const value = Math.imul(field + 5, 2654435761) >>> 24;
    data.fill(negative ? 255 - value : value, at * 3, at * 3 + 3);
  }
}
