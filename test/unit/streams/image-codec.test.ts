import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { describe, it } from 'node:test';
import { isNightglassError } from '../../../src/domain/errors.ts';
import type { RgbImage } from '../../../src/domain/image/image.ts';
import { createImageCodec } from '../../../src/streams/image-codec.ts';
import { withOrientation } from '../../support/images/exif.ts';
import { animatedGif } from '../../support/images/gif.ts';
import { animatedPng, blackPng, encodePng } from '../../support/images/png.ts';
import { animatedWebp, disagreeingWebp, plainWebp } from '../../support/images/webp.ts';

const codec = createImageCodec();

/** Left half red, right half blue; the top left quarter is lighter. */
function sample(width: number, height: number): RgbImage {
  const data = new Uint8Array(width * height * 3);
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      const left = x < width / 2;
      const light = left && y < height / 2 ? 60 : 0;
      data.set(left ? [180 + light, light, light] : [20, 20, 200], (y * width + x) * 3);
    }
  }
  return { width, height, data };
}

function meanDifference(a: RgbImage, b: RgbImage): number {
  assert.deepEqual([a.width, a.height, a.data.length], [b.width, b.height, b.data.length]);
  return (
    a.data.reduce((sum, value, index) => sum + Math.abs(value - (b.data[index] ?? 0)), 0) /
    a.data.length
  );
}

function bmp({ width, height, data }: RgbImage): Buffer {
  const stride = Math.ceil((width * 3) / 4) * 4;
  const file = Buffer.alloc(54 + stride * height);
  file.write('BM', 0, 'latin1');
  file.writeUInt32LE(file.length, 2);
  file.writeUInt32LE(54, 10);
  file.writeUInt32LE(40, 14);
  file.writeInt32LE(width, 18);
  file.writeInt32LE(height, 22);
  file.writeUInt16LE(1, 26);
  file.writeUInt16LE(24, 28);
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      const [r = 0, g = 0, b = 0] = data.subarray((y * width + x) * 3);
      file.set([b, g, r], 54 + (height - 1 - y) * stride + x * 3);
    }
  }
  return file;
}

/** 20x12 pixels of (200, 100, 50), lossless. */
const webp = Buffer.from('UklGRh4AAABXRUJQVlA4TBEAAAAvE8ACAAdQsiJXpv+BiOh/AAA=', 'base64');

function rejectsWith(code: 'IMAGE_INVALID' | 'IMAGE_TOO_LARGE') {
  return (error: unknown) => isNightglassError(error, code);
}

describe('image codec', () => {
  it('round-trips a JPEG within its loss, at odd sizes too', async () => {
    for (const [width, height] of [
      [64, 48],
      [33, 17],
      [1, 1],
    ] as const) {
      const image = sample(width, height);
      const bytes = await codec.encodeJpeg(image, 95);
      assert.ok(meanDifference(await codec.decode(bytes), image) < 4, `${width}x${height}`);
    }
  });

  it('spends fewer bytes on a lower quality', async () => {
    const image = sample(160, 120);
    for (const index of image.data.keys()) image.data[index] = (index * 7919) % 251;
    const [low, high] = [await codec.encodeJpeg(image, 30), await codec.encodeJpeg(image, 90)];
    assert.ok(low.length < high.length / 2);
  });

  it('decodes PNG and BMP exactly', async () => {
    const image = sample(31, 22);
    assert.equal(meanDifference(await codec.decode(encodePng(image)), image), 0);
    assert.equal(meanDifference(await codec.decode(bmp(image)), image), 0);
  });

  it('decodes WebP', async () => {
    const image = await codec.decode(webp);
    assert.deepEqual(
      [image.width, image.height, ...image.data.subarray(0, 3)],
      [20, 12, 200, 100, 50],
    );
  });

  it('turns a picture upright for each EXIF orientation', async () => {
    const image = sample(40, 20);
    const stored = await codec.encodeJpeg(image, 95);
    // Where the light quarter, stored at the top left, belongs once the picture is upright.
    const corner = { 1: 'tl', 2: 'tr', 3: 'br', 4: 'bl', 5: 'tl', 6: 'tr', 7: 'br', 8: 'bl' };
    for (const [orientation, expected] of Object.entries(corner)) {
      const turned = await codec.decode(withOrientation(stored, Number(orientation)));
      const side = Number(orientation) >= 5;
      assert.deepEqual([turned.width, turned.height], side ? [20, 40] : [40, 20], orientation);
      const x = expected[1] === 'l' ? 2 : turned.width - 3;
      const y = expected[0] === 't' ? 2 : turned.height - 3;
      const [red = 0, green = 0] = turned.data.subarray((y * turned.width + x) * 3);
      assert.ok(
        red > 220 && green > 40,
        `orientation ${orientation} puts ${expected} at ${red},${green}`,
      );
    }
  });

  it('refuses what claims more pixels than allowed, before decoding', async () => {
    const bomb = encodePng(sample(8, 8));
    bomb.writeUInt32BE(30_000, 16);
    bomb.writeUInt32BE(30_000, 20);
    await assert.rejects(codec.decode(bomb), rejectsWith('IMAGE_TOO_LARGE'));
    const bytes = await codec.encodeJpeg(sample(64, 48));
    await assert.rejects(
      codec.decode(bytes, { maxPixels: 64 * 48 - 1 }),
      rejectsWith('IMAGE_TOO_LARGE'),
    );
    assert.equal((await codec.decode(bytes, { maxPixels: 64 * 48 })).width, 64);
  });

  it('refuses a picture whose data are larger than its header says, before the memory is taken', async () => {
    assert.equal((await codec.decode(plainWebp(100, 100))).width, 100);
    const before = process.resourceUsage().maxRSS;
    await assert.rejects(codec.decode(disagreeingWebp(100, 12_000)), rejectsWith('IMAGE_INVALID'));
    const grownKib = process.resourceUsage().maxRSS - before;
    assert.ok(grownKib < 100 * 1024, `took ${grownKib} KiB`);
    await assert.rejects(codec.decode(blackPng(10_000, 10_000)), rejectsWith('IMAGE_TOO_LARGE'));
  });

  it('refuses what is animated: nobody knows which picture is meant', async () => {
    const animated = (error: unknown) =>
      isNightglassError(error, 'IMAGE_INVALID') && /animated/.test(error.message);
    await assert.rejects(codec.decode(animatedPng(encodePng(sample(8, 8)))), animated);
    await assert.rejects(codec.decode(animatedWebp(16)), animated);
    await assert.rejects(codec.decode(animatedGif), rejectsWith('IMAGE_INVALID'));
  });

  it('reads a JPEG of four inks as the colours that it shows', async () => {
    const file = new URL('../../fixtures/cmyk-portrait.jpg', import.meta.url);
    const { width, height, data } = await codec.decode(await readFile(file));
    assert.deepEqual([width, height], [288, 320]);
    const middle = (160 * 288 + 144) * 3;
    for (const [at, colour] of [
      [0, [160, 168, 170]],
      [middle, [150, 93, 76]],
    ] as const) {
      for (const [channel, value] of colour.entries()) {
        assert.ok(Math.abs((data[at + channel] ?? 0) - value) < 8, `${data.subarray(at, at + 3)}`);
      }
    }
  });

  it('refuses a file cut off anywhere', async () => {
    const image = sample(64, 48);
    const files = {
      jpeg: Buffer.from(await codec.encodeJpeg(image)),
      png: encodePng(image),
      bmp: bmp(image),
      webp,
    };
    for (const [kind, bytes] of Object.entries(files)) {
      for (const share of [0, 0.1, 0.5, 0.9]) {
        const cut = bytes.subarray(0, Math.floor(bytes.length * share));
        await assert.rejects(
          codec.decode(cut),
          rejectsWith('IMAGE_INVALID'),
          `${kind} cut at ${share}`,
        );
      }
    }
  });

  it('survives every kind of garbage', async () => {
    const start = await codec.encodeJpeg(sample(64, 48));
    await assert.rejects(codec.decode(new Uint8Array(0)), rejectsWith('IMAGE_INVALID'));
    await assert.rejects(
      codec.decode(Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"/>')),
      rejectsWith('IMAGE_INVALID'),
    );
    for (let seed = 1; seed <= 100; seed += 1) {
      const bytes = Buffer.from(start);
      for (let k = 0; k < 20; k += 1)
        bytes[(seed * 7919 + k * 104_729) % bytes.length] = (seed * 31 + k * 17) & 255;
      await codec.decode(bytes).then(
        (image) => assert.equal(image.data.length, image.width * image.height * 3),
        (error) =>
          assert.ok(isNightglassError(error, 'IMAGE_INVALID', 'IMAGE_TOO_LARGE'), String(error)),
      );
    }
  });

  it('rejects what a caller got wrong', async () => {
    const image = sample(8, 8);
    await assert.rejects(codec.encodeJpeg(image, 0), RangeError);
    await assert.rejects(codec.encodeJpeg({ ...image, width: 9 }), RangeError);
  });
});
