import type { Frame } from '../../../src/domain/frame/frame.ts';
import type { RgbImage } from '../../../src/domain/image/image.ts';
import { type FootagePicture, footageFrames } from '../../../src/streams/recorded/footage.ts';
import { pictureFromRgb } from '../../../src/streams/rgb-picture.ts';
import type { FrameSource } from './footage-analysis.ts';

const width = 640;
const height = 480;
const side = 250;
const interval = 100;

/** What is seen before the wall for some seconds. */
export interface Stretch {
  readonly seconds: number;
  readonly image: RgbImage;
}

/**
 * Footage of one wall before which one picture gives way to the next in the same place, as people
 * do who step past one another; nothing of the scene changes with them.
 */
export function portraitFootage(stretches: readonly Stretch[]): FrameSource {
  return (options): AsyncIterable<Frame> => footageFrames(pictures(stretches), options);
}

async function* pictures(stretches: readonly Stretch[]): AsyncGenerator<FootagePicture> {
  let mediaTime = 0;
  for (const { seconds, image } of stretches) {
    const picture = pictureFromRgb(image);
    const portrait = await picture.rgb({ width: side, height: side });
    picture.dispose();
    for (let index = 0; index < (seconds * 1_000) / interval; index += 1) {
      yield { picture: pictureFromRgb(paint(portrait, index)), mediaTime };
      mediaTime += interval;
    }
  }
}

/** Fields of 80 pixels, and the portrait before them, swaying by some pixels. */
function paint(portrait: RgbImage, index: number): RgbImage {
  const data = new Uint8Array(width * height * 3);
  for (let at = 0; at < width * height; at += 1) {
    const field = Math.floor((at % width) / 80) + 8 * Math.floor(at / width / 80);
    data.fill(Math.imul(field + 5, 2654435761) >>> 24, at * 3, at * 3 + 3);
  }
  const left = 195 + Math.round(4 * Math.sin(index / 3));
  for (let y = 0; y < side; y += 1) {
    const row = portrait.data.subarray(y * side * 3, (y + 1) * side * 3);
    data.set(row, ((115 + y) * width + left) * 3);
  }
  return { width, height, data };
}
