import { encodeFootage } from '../../../demo/media/encode-footage.ts';
import type { EncodedSource, VideoCodec } from '../../../demo/media/encoded-source.ts';
import type { RgbImage } from '../../../src/domain/image/image.ts';

/** Pictures of a moving gradient with texture, so that coded pictures have some weight. */
export function* movingPictures(width: number, height: number, count: number): Generator<RgbImage> {
  for (let index = 0; index < count; index += 1) {
    const data = new Uint8Array(width * height * 3);
    for (let at = 0; at < width * height; at += 1) {
      data[at * 3] = (at % width) + index * 8;
      data[at * 3 + 1] = Math.floor(at / width) + index;
      data[at * 3 + 2] = Math.imul(at + index, 7919) >> 5;
    }
    yield { width, height, data };
  }
}

/** A loop of two seconds at 20 frames a second, a key picture every half second. */
export function testFootage(
  options: { codec?: VideoCodec; width?: number; height?: number; count?: number } = {},
): Promise<EncodedSource> {
  const { codec = 'h264', width = 192, height = 128, count = 40 } = options;
  return encodeFootage(movingPictures(width, height, count), {
    codec,
    framesPerSecond: 20,
    keyInterval: 10,
  });
}
