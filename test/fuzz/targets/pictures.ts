import { NightglassError } from '../../../src/domain/errors.ts';
import { createImageCodec } from '../../../src/streams/image-codec.ts';
import { withOrientation } from '../../support/images/exif.ts';
import { animatedGif } from '../../support/images/gif.ts';
import { blackPng } from '../../support/images/png.ts';
import { plainWebp } from '../../support/images/webp.ts';
import type { FuzzTarget } from './fuzz-target.ts';

const side = 48;
/** Larger ones are refused by their header: a fuzzer that decodes millions of pixels finds less. */
const maxPixels = 256 * 256;

/** Pictures that are uploaded. */
export const pictures: FuzzTarget = {
  name: 'pictures',
  about: 'JPEG, PNG, WebP and BMP files',
  async seeds() {
    const data = Uint8Array.from({ length: side * side * 3 }, (_, index) => (index * 31) & 0xff);
    const jpeg = await createImageCodec().encodeJpeg({ width: side, height: side, data }, 80);
    const bmp = Buffer.alloc(54 + 4 * 4 * 3, 9);
    bmp.write('BM', 0, 'latin1');
    for (const [at, value] of [
      [2, bmp.length],
      [6, 0],
      [10, 54],
      [14, 40],
      [18, 4],
      [22, 4],
      [26, 0x180001],
      [30, 0],
      [34, 48],
    ] as const) {
      bmp.writeUInt32LE(value, at);
    }
    return [
      jpeg,
      withOrientation(jpeg, 6),
      blackPng(side, side),
      plainWebp(side, side),
      bmp,
      animatedGif,
    ];
  },
  async open() {
    const codec = createImageCodec();
    return {
      async feed(input) {
        try {
          await codec.decode(input, { maxPixels });
        } catch (error) {
          if (!(error instanceof NightglassError)) throw error;
        }
      },
      [Symbol.asyncDispose]: async () => undefined,
    };
  },
};
