import type { RgbImage } from '../../../src/domain/image/image.ts';
import { createImageCodec } from '../../../src/streams/image-codec.ts';
import { demoFootage } from '../live/demo-footage.ts';

const codec = createImageCodec();

/** Portraits of the demo's wanted person, who does not exist, each with another look. */
export async function portraits(): Promise<readonly RgbImage[]> {
  const { people } = await demoFootage();
  return people[0]?.enrolment ?? [];
}

export async function toJpeg(image: RgbImage, quality = 95): Promise<Buffer> {
  return Buffer.from(await codec.encodeJpeg(image, quality));
}

/** The picture a quarter turned against the clock: EXIF orientation 6 brings it upright. */
export function turnedLeft({ width, height, data }: RgbImage): RgbImage {
  const turned = new Uint8Array(data.length);
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      const from = (y * width + x) * 3;
      turned.set(data.subarray(from, from + 3), ((width - 1 - x) * height + y) * 3);
    }
  }
  return { width: height, height: width, data: turned };
}

/** Two pictures of one height beside each other. */
export function besideEachOther(left: RgbImage, right: RgbImage): RgbImage {
  const width = left.width + right.width;
  const data = new Uint8Array(width * left.height * 3);
  for (let y = 0; y < left.height; y += 1) {
    data.set(left.data.subarray(y * left.width * 3, (y + 1) * left.width * 3), y * width * 3);
    data.set(
      right.data.subarray(y * right.width * 3, (y + 1) * right.width * 3),
      (y * width + left.width) * 3,
    );
  }
  return { width, height: left.height, data };
}

/** A wall without anybody: grey with a fixed grain. */
export function emptyScene(width = 320, height = 240): RgbImage {
  const data = new Uint8Array(width * height * 3);
  for (const at of data.keys()) data[at] = 120 + ((at * 7919) % 23);
  return { width, height, data };
}
