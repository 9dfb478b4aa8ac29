import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { alignTemplate, templateSide } from '../../../src/domain/geometry/align.ts';
import { alignedTemplate112, mapLandmarks } from '../../../src/domain/geometry/landmarks.ts';
import { windowFor } from '../../../src/inference/alignments.ts';
import { cropForWorker } from '../../../src/inference/crop-for-worker.ts';
import { fitInput } from '../../../src/inference/detector.ts';
import { defaultRegionSizes, regionSide } from '../../../src/inference/enhancer.ts';
import { unpackLandmarks } from '../../../src/inference/landmark-pack.ts';
import { recognisabilityFromDistance } from '../../../src/inference/recognisability.ts';
import { handOver, transferablesOf } from '../../../src/inference/transfer.ts';
import { PictureTensor, toPixels } from '../../../src/inference/worker/picture-tensor.ts';

const free = { width: null, height: null };
const options = { inputWidth: 640, maxUpscale: 2 };

describe('fitInput', () => {
  it('scales the longest side and pads to multiples of 32', () => {
    assert.deepEqual(fitInput({ width: 768, height: 432 }, free, options), {
      width: 640,
      height: 360,
      inputWidth: 640,
      inputHeight: 384,
    });
    assert.deepEqual(fitInput({ width: 432, height: 768 }, free, options), {
      width: 360,
      height: 640,
      inputWidth: 384,
      inputHeight: 640,
    });
  });

  it('enlarges small pictures within bounds', () => {
    const fit = fitInput({ width: 100, height: 50 }, free, options);
    assert.deepEqual(
      [fit.width, fit.height, fit.inputWidth, fit.inputHeight],
      [200, 100, 224, 128],
    );
  });

  it('fills a fixed input as far as the proportions go', () => {
    const fit = fitInput({ width: 1920, height: 1080 }, { width: 320, height: 320 }, options);
    assert.deepEqual(
      [fit.width, fit.height, fit.inputWidth, fit.inputHeight],
      [320, 180, 320, 320],
    );
  });

  it('gives an extreme picture at least one pixel', () => {
    assert.equal(fitInput({ width: 4000, height: 1 }, free, options).height, 1);
  });
});

describe('PictureTensor', () => {
  const input = {
    name: 'input',
    layout: 'NCHW' as const,
    channels: 'RGB' as const,
    mean: [10, 20, 30] as [number, number, number],
    scale: [1, 2, 4] as [number, number, number],
    height: null,
    width: null,
  };
  const picture = { width: 2, height: 1, data: Uint8Array.from([10, 20, 30, 12, 24, 38]) };

  it('is planar and normalised a channel, black where the picture ends', () => {
    const { data, dims } = new PictureTensor(input).fill([picture], 3, 2);
    assert.deepEqual(dims, [1, 3, 2, 3]);
    assert.deepEqual([...data.subarray(0, 6)], [0, 2, -10, -10, -10, -10]);
    assert.deepEqual([...data.subarray(6, 12)], [0, 2, -10, -10, -10, -10]);
    assert.deepEqual([...data.subarray(12, 18)], [0, 2, -7.5, -7.5, -7.5, -7.5]);
  });

  it('swaps channels and interleaves where the model wants it', () => {
    const bgr = new PictureTensor({ ...input, channels: 'BGR', mean: [0, 0, 0], scale: [1, 1, 1] });
    assert.deepEqual([...bgr.fill([picture], 2, 1).data], [30, 38, 20, 24, 10, 12]);
    const nhwc = new PictureTensor({ ...input, layout: 'NHWC', mean: [0, 0, 0], scale: [1, 1, 1] });
    const { data, dims } = nhwc.fill([picture], 2, 1);
    assert.deepEqual([dims, [...data]], [[1, 1, 2, 3], [...picture.data]]);
  });

  it('forgets the batch before', () => {
    const tensor = new PictureTensor({ ...input, mean: [0, 0, 0], scale: [1, 1, 1] });
    tensor.fill([{ width: 2, height: 2, data: new Uint8Array(12).fill(255) }], 2, 2);
    const { data } = tensor.fill([{ width: 1, height: 1, data: new Uint8Array(3).fill(7) }], 2, 2);
    assert.deepEqual([...data.subarray(0, 4)], [7, 0, 0, 0]);
  });

  for (const channels of ['RGB', 'BGR'] as const) {
    for (const [width, height] of [
      [64, 7],
      [50, 9],
      [15, 3],
      [37, 40],
    ] as const) {
      it(`gives what plain arithmetic gives, ${channels}, ${width}x${height} in 64x40, a batch`, () => {
        const mean: [number, number, number] = [123.675, 116.28, 103.53];
        const scale: [number, number, number] = [58.395, 57.12, 57.375];
        const pictures = [3, 5].map((seed) => ({
          ...{ width, height },
          data: new Uint8Array(width * height * 3).map((_, i) => (i * 7919 * seed + seed) % 256),
        }));
        const tensor = new PictureTensor({ ...input, channels, mean, scale });
        const { data, dims } = tensor.fill(pictures, 64, 40);
        assert.deepEqual(dims, [2, 3, 40, 64]);
        for (const [n, picture] of pictures.entries()) {
          for (let channel = 0; channel < 3; channel += 1) {
            const source = channels === 'RGB' ? channel : 2 - channel;
            for (let at = 0; at < 64 * 40; at += 1) {
              const [x, y] = [at % 64, Math.floor(at / 64)];
              const inside = x < width && y < height;
              const value = inside ? (picture.data[(y * width + x) * 3 + source] as number) : 0;
              const expected = (value - (mean[channel] as number)) / (scale[channel] as number);
              const found = data[(n * 3 + channel) * 64 * 40 + at] as number;
              assert.ok(Math.abs(found - expected) < 1e-5, `${n} ${channel} ${x},${y}: ${found}`);
            }
          }
        }
      });
    }
  }

  it('refuses a picture larger than the input', () => {
    assert.throws(() => new PictureTensor(input).fill([picture], 1, 1), RangeError);
  });

  it('comes back as the same pixels, clipped', () => {
    const values = new PictureTensor(input).fill([picture], 2, 1);
    assert.deepEqual(toPixels(values, 0, input), picture);
    values.data[0] = 1000;
    values.data[1] = -1000;
    assert.deepEqual([...toPixels(values, 0, input).data], [255, 20, 30, 0, 24, 38]);
  });
});

describe('cropForWorker', () => {
  const data = new Uint8Array(400 * 300 * 3).map((_, i) => (i * 7919) % 251);
  const image = { width: 400, height: 300, data };
  for (const [name, k, dx, dy] of [
    ['in the middle', 0.6, 150, 90],
    ['at the edge', 1.4, -30, 170],
    ['a small one', 0.2, 360, 3],
  ] as const) {
    it(`leaves nothing out that alignment reads: ${name}`, () => {
      const landmarks = mapLandmarks(alignedTemplate112, ({ x, y }) => ({
        x: k * (0.9 * x - 0.3 * y) + dx,
        y: k * (0.3 * x + 0.9 * y) + dy,
      }));
      const cut = cropForWorker({ image, landmarks });
      assert.ok(cut.pixels.data.length < data.length / 2);
      const whole = alignTemplate(image, landmarks);
      const part = alignTemplate(cut.pixels, unpackLandmarks(cut.landmarks));
      let differing = 0;
      for (const [i, value] of whole.data.entries()) {
        if (Math.abs(value - (part.data[i] as number)) > 1) differing += 1;
      }
      assert.equal(differing, 0);
      assert.equal(image.data.length, 400 * 300 * 3);
    });
  }
});

describe('windowFor', () => {
  it('stretches the middle columns for retail-0095', () => {
    const crop = { width: templateSide, height: templateSide, data: new Uint8Array(112 * 112 * 3) };
    for (let y = 0; y < 112; y += 1) {
      for (let x = 0; x < 112; x += 1)
        crop.data.fill(x * 2, (y * 112 + x) * 3, (y * 112 + x) * 3 + 3);
    }
    const face = windowFor('retail-0095', crop);
    assert.deepEqual([face.width, face.height], [128, 128]);
    // The middle of the input is the middle of the crop; a column is 0.75 of a crop's column.
    const at = (x: number) => face.data[(64 * 128 + x) * 3] as number;
    assert.ok(Math.abs(at(64) - 2 * (8 + 64.5 * 0.75 - 0.5)) <= 1);
    assert.ok(Math.abs(at(100) - at(60) - 60) <= 1);
  });

  it('leaves an aligned face as it is for arcface-112', () => {
    const crop = { width: 112, height: 112, data: new Uint8Array(112 * 112 * 3) };
    assert.equal(windowFor('arcface-112', crop), crop);
  });
});

describe('handOver', () => {
  it('copies what is still needed or lies in a pool, hands over what is owned', () => {
    const own = new Uint8Array([1, 2, 3]);
    assert.equal(handOver(own, true).buffer, own.buffer);
    assert.notEqual(handOver(own, false).buffer, own.buffer);
    const pooled = Buffer.from([1, 2, 3]);
    const copy = handOver(pooled, true);
    assert.deepEqual([copy.byteLength, copy.buffer.byteLength, ...copy], [3, 3, 1, 2, 3]);
  });

  it('shares shared memory, and transfers it not', () => {
    const shared = new Uint8Array(new SharedArrayBuffer(3));
    assert.equal(handOver(shared, false), shared);
    assert.deepEqual(
      transferablesOf([
        { branch: 'raw', pixels: { width: 1, height: 1, data: shared }, landmarks: null },
      ]),
      [],
    );
  });
});

describe('regionSide', () => {
  it('grows with the face, and ends', () => {
    const sides = [6, 11, 11.1, 24, 24.1].map((ied) => regionSide(ied, defaultRegionSizes));
    assert.deepEqual(sides, [32, 32, 48, 48, null]);
  });
});

describe('recognisabilityFromDistance', () => {
  it('rises with the inter-eye distance, and does not guess where it is unknown', () => {
    assert.equal(recognisabilityFromDistance(null), 0.5);
    assert.equal(recognisabilityFromDistance(10), 0.38);
    assert.equal(recognisabilityFromDistance(500), 0.92);
    const steps = [0, 3, 6, 7, 9, 12, 20, 30].map(recognisabilityFromDistance);
    assert.deepEqual(
      steps,
      steps.toSorted((a, b) => a - b),
    );
  });
});
