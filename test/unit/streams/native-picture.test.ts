import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  AV_PIX_FMT_GRAY8,
  AV_PIX_FMT_NV12,
  AV_PIX_FMT_YUV420P,
  AV_PIX_FMT_YUV420P10LE,
  AV_PIX_FMT_YUV422P,
  AV_PIX_FMT_YUV444P,
  AV_PIX_FMT_YUVJ420P,
  AVCOL_RANGE_JPEG,
  AVCOL_RANGE_MPEG,
  AVCOL_SPC_BT709,
  AVCOL_SPC_SMPTE170M,
  type AVPixelFormat,
} from 'node-av/constants';
import { avImageGetBufferSize, type Frame } from 'node-av/lib';
import type { RgbImage } from '../../../src/domain/image/image.ts';
import { createImageCodec } from '../../../src/streams/image-codec.ts';
import { frameFromBytes } from '../../../src/streams/native-frame.ts';
import { NativePicture } from '../../../src/streams/native-picture.ts';

const width = 98;
const height = 66;

/** A picture of deterministic noise in any format, smoothed a little by its own size. */
function noise(format: AVPixelFormat, set?: (frame: Frame) => void): NativePicture {
  const bytes = Buffer.alloc(avImageGetBufferSize(format, width, height, 1));
  const wide = format === AV_PIX_FMT_YUV420P10LE;
  for (const index of bytes.keys()) {
    const value = (Math.imul(index + 1, 2654435761) >>> 24) & 0xff;
    bytes[index] = wide && index % 2 === 1 ? value & 3 : 16 + (value % 200);
  }
  const frame = frameFromBytes(bytes, { width, height, format });
  set?.(frame);
  return NativePicture.create(frame);
}

function cut(image: RgbImage, x: number, y: number, w: number, h: number): Uint8Array {
  const out = new Uint8Array(w * h * 3);
  for (let row = 0; row < h; row += 1) {
    const start = ((y + row) * image.width + x) * 3;
    out.set(image.data.subarray(start, start + w * 3), row * w * 3);
  }
  return out;
}

const formats = {
  yuv420p: AV_PIX_FMT_YUV420P,
  yuvj420p: AV_PIX_FMT_YUVJ420P,
  yuv422p: AV_PIX_FMT_YUV422P,
  yuv444p: AV_PIX_FMT_YUV444P,
  nv12: AV_PIX_FMT_NV12,
  gray: AV_PIX_FMT_GRAY8,
  '10 bit': AV_PIX_FMT_YUV420P10LE,
};

describe('native picture', () => {
  for (const [name, format] of Object.entries(formats)) {
    it(`cuts ${name} exactly where it is told, at any coordinate`, async () => {
      using picture = disposing(noise(format));
      const full = await picture.rgb({ width, height });
      for (const [x, y, w, h] of [
        [0, 0, 64, 48],
        [1, 0, 31, 20],
        [0, 1, 20, 31],
        [13, 7, 33, 29],
        [97, 65, 1, 1],
        [65, 35, 33, 31],
      ] as const) {
        const part = await picture.rgb({
          width: w,
          height: h,
          crop: { x, y, width: w, height: h },
        });
        const expected = cut(full, x, y, w, h);
        // Chroma at a cut's rim lacks its neighbour: interpolation differs there, by little.
        const worst = part.data.reduce((most, value, at) => {
          const column = Math.floor(at / 3) % w;
          const row = Math.floor(at / 3 / w);
          const rim = column < 4 || row < 4 || column >= w - 4 || row >= h - 4;
          return rim ? most : Math.max(most, Math.abs(value - (expected[at] ?? 0)));
        }, 0);
        assert.ok(worst <= 2, `${w}x${h} at ${x},${y} differs by ${worst}`);
      }
    });
  }

  it('clips a crop to the picture and grows fractions outwards', async () => {
    using picture = disposing(noise(AV_PIX_FMT_YUV420P));
    const full = await picture.rgb({ width, height });
    const crop = { x: -10.5, y: -3, width: 30.2, height: 20.5 };
    const part = await picture.rgb({ width: 20, height: 18, crop });
    assert.deepEqual(part.data.subarray(0, 30), cut(full, 0, 0, 20, 18).subarray(0, 30));
  });

  it('scales to exactly the size asked for', async () => {
    using picture = disposing(noise(AV_PIX_FMT_YUV420P));
    for (const [w, h] of [
      [1, 1],
      [33, 17],
      [98, 66],
      [211, 99],
    ] as const) {
      const image = await picture.rgb({
        width: w,
        height: h,
        crop: { x: 5, y: 5, width: 51, height: 33 },
      });
      assert.deepEqual([image.width, image.height, image.data.length], [w, h, w * h * 3]);
    }
  });

  it('averages when minifying', async () => {
    const bytes = new Uint8Array(64 * 64).map((_, index) => (index % 2 === 0 ? 16 : 235));
    const frame = frameFromBytes(bytes, { width: 64, height: 64, format: AV_PIX_FMT_GRAY8 });
    using picture = disposing(NativePicture.create(frame));
    const { data } = await picture.rgb({ width: 16, height: 16 });
    for (const value of data) assert.ok(Math.abs(value - 126) < 6, String(value));
  });

  it('follows the colour matrix and range that the frame names', async () => {
    const of = async (space: number, range: number) => {
      const bytes = Buffer.alloc((64 * 64 * 3) / 2, 120);
      bytes.fill(90, 64 * 64, (64 * 64 * 5) / 4);
      bytes.fill(180, (64 * 64 * 5) / 4);
      const frame = frameFromBytes(bytes, { width: 64, height: 64, format: AV_PIX_FMT_YUV420P });
      frame.colorSpace = space as typeof frame.colorSpace;
      frame.colorRange = range as typeof frame.colorRange;
      using picture = disposing(NativePicture.create(frame));
      const whole = await picture.rgb({ width: 64, height: 64 });
      const crop = { x: 8, y: 8, width: 16, height: 16 };
      const part = await picture.rgb({ width: 16, height: 16, crop });
      assert.deepEqual([...part.data.subarray(0, 3)], [...whole.data.subarray(0, 3)]);
      return [...whole.data.subarray(0, 3)];
    };
    // By the formulas of ITU-R BT.601 and BT.709.
    near(await of(AVCOL_SPC_SMPTE170M, AVCOL_RANGE_MPEG), [204, 93, 44]);
    near(await of(AVCOL_SPC_BT709, AVCOL_RANGE_MPEG), [214, 102, 41]);
    near(await of(AVCOL_SPC_SMPTE170M, AVCOL_RANGE_JPEG), [193, 96, 53]);
  });

  it('encodes JPEG with the colours of the picture, cut and scaled down', async () => {
    const frame = frameFromBytes(Buffer.alloc((64 * 64 * 3) / 2, 150), {
      width: 64,
      height: 64,
      format: AV_PIX_FMT_YUV420P,
    });
    using picture = disposing(NativePicture.create(frame));
    const [whole, small] = await Promise.all([
      picture.jpeg(),
      picture.jpeg({ crop: { x: 3, y: 3, width: 40, height: 20 }, maxWidth: 20, quality: 60 }),
    ]);
    const { decode } = createImageCodec();
    const [a, b] = await Promise.all([decode(whole), decode(small)]);
    assert.deepEqual([a.width, a.height, b.width, b.height], [64, 64, 20, 10]);
    const expected = await picture.rgb({ width: 64, height: 64 });
    near([...a.data.subarray(0, 3)], [...expected.data.subarray(0, 3)], 4);
  });

  for (const [name, space] of [
    ['BT.601', AVCOL_SPC_SMPTE170M],
    ['BT.709', AVCOL_SPC_BT709],
  ] as const) {
    it(`encodes the whole picture without a way through RGB in the same colours, ${name}`, async () => {
      const bytes = Buffer.alloc((64 * 64 * 3) / 2, 120);
      bytes.fill(90, 64 * 64, (64 * 64 * 5) / 4);
      bytes.fill(180, (64 * 64 * 5) / 4);
      const frame = frameFromBytes(bytes, { width: 64, height: 64, format: AV_PIX_FMT_YUV420P });
      frame.colorSpace = space;
      frame.colorRange = AVCOL_RANGE_MPEG;
      using picture = disposing(NativePicture.create(frame));
      const { data } = await createImageCodec().decode(await picture.jpeg());
      const expected = await picture.rgb({ width: 64, height: 64 });
      near([...data.subarray(0, 3)], [...expected.data.subarray(0, 3)], 4);
    });
  }

  it('puts pixels into memory that it is given, whatever the row length', async () => {
    using picture = disposing(noise(AV_PIX_FMT_YUV420P));
    for (const size of [
      { width: 98, height: 66 },
      { width: 31, height: 17 },
    ]) {
      const into = new Uint8Array(new SharedArrayBuffer(size.width * size.height * 3));
      const image = await picture.rgb({ ...size, into });
      assert.equal(image.data, into);
      assert.deepEqual([...into], [...(await picture.rgb(size)).data]);
    }
    const short = new Uint8Array(5);
    await assert.rejects(picture.rgb({ width: 8, height: 8, into: short }), RangeError);
  });

  it('reads many parts at once', async () => {
    using picture = disposing(noise(AV_PIX_FMT_YUV420P));
    const read = (index: number) =>
      picture.rgb({ width: 40, height: 30, crop: { x: index, y: index, width: 40, height: 30 } });
    const alone: RgbImage[] = [];
    for (let index = 0; index < 24; index += 1) alone.push(await read(index));
    const together = await Promise.all(alone.map((_, index) => read(index)));
    assert.deepEqual(together, alone);
  });

  it('finishes a read in flight when it is disposed, and refuses new ones', async () => {
    const picture = noise(AV_PIX_FMT_YUV420P);
    const reads = [picture.rgb({ width: 64, height: 64 }), picture.jpeg()];
    picture.dispose();
    picture.dispose();
    await Promise.all(reads);
    await assert.rejects(picture.rgb({ width: 8, height: 8 }), TypeError);
    await assert.rejects(picture.jpeg(), TypeError);
  });

  it('rejects impossible sizes and crops', async () => {
    using picture = disposing(noise(AV_PIX_FMT_YUV420P));
    await assert.rejects(picture.rgb({ width: 0, height: 8 }), RangeError);
    await assert.rejects(picture.rgb({ width: 8.5, height: 8 }), RangeError);
    const outside = { x: 500, y: 0, width: 10, height: 10 };
    await assert.rejects(picture.rgb({ width: 8, height: 8, crop: outside }), RangeError);
  });
});

function disposing(picture: NativePicture): NativePicture & Disposable {
  return Object.assign(picture, { [Symbol.dispose]: () => picture.dispose() });
}

function near(actual: number[], expected: number[], tolerance = 3): void {
  for (const [index, value] of actual.entries()) {
    assert.ok(
      Math.abs(value - (expected[index] ?? 0)) <= tolerance,
      `${actual} is not ${expected}`,
    );
  }
}
