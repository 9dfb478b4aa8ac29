import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { fuseQualityNames } from '../../../src/inference/manifest-schema.ts';
import { qualityVector } from '../../../src/inference/quality-vector.ts';
import { cropStatistics } from '../../../src/inference/worker/crop-statistics.ts';

/** 112x112 RGB from a formula of row, column and channel. */
function crop(value: (row: number, column: number, channel: number) => number) {
  const data = new Uint8Array(112 * 112 * 3);
  for (let at = 0; at < data.length; at += 1) {
    const pixel = Math.floor(at / 3);
    data[at] = value(Math.floor(pixel / 112), pixel % 112, at % 3);
  }
  return { width: 112, height: 112, data };
}

function near(actual: readonly number[], expected: readonly number[]): void {
  assert.equal(actual.length, expected.length);
  for (const [i, value] of expected.entries()) {
    assert.ok(Math.abs((actual[i] as number) - value) < 1e-6, `${actual} is not ${expected}`);
  }
}

const numbersOf = (picture: ReturnType<typeof crop>) => {
  const { lumaMean, lumaDeviation, gradientEnergy } = cropStatistics(picture);
  return [lumaMean, lumaDeviation, gradientEnergy];
};

describe('cropStatistics', () => {
  it('gives the golden values of training, computed with NumPy in double precision', () => {
    const textured = crop((y, x, c) => (7 * x + 13 * y + 29 * c + ((x * y) % 31)) % 256);
    near(numbersOf(textured), [0.501368074, 0.459167073, 1.129089457]);
    const shaded = crop((y, x, c) => Math.floor((x * 2 + y) / 2) + 10 * c);
    near(numbersOf(shaded), [0.35745098, 0.201692666, 0.132279712]);
  });

  it('reads the middle alone, and nothing of a flat picture but its mean', () => {
    const middle = crop((y, x) => (Math.min(y, x) >= 16 && Math.max(y, x) < 96 ? 51 : 255));
    near(numbersOf(middle), [0.2, 0, 0]);
  });

  it('refuses a picture that is no crop', () => {
    assert.throws(
      () => cropStatistics({ width: 95, height: 112, data: new Uint8Array(95 * 112 * 3) }),
      RangeError,
    );
  });
});

describe('qualityVector', () => {
  const raw = {
    vector: new Float32Array(2),
    recognisability: 0.5,
    crop: { lumaMean: 0.25, lumaDeviation: 0.75, gradientEnergy: 0.125 },
  };
  const enhanced = { vector: new Float32Array(2), recognisability: 0.25 };

  it('holds the components in the order asked for', () => {
    const face = { raw, enhanced, interEyeDistance: 8 };
    assert.deepEqual(
      [...qualityVector(fuseQualityNames, face)],
      [-1, 0.5, 0.25, 0.25, 0.75, 0.125],
    );
    assert.deepEqual([...qualityVector(['luma_mean', 'log_ied'], face)], [0.25, -1]);
  });

  it('clamps the distance of the eyes, and has 0 where nothing was enhanced', () => {
    const of = (interEyeDistance: number) => [
      ...qualityVector(['log_ied', 'recognisability_enhanced'], {
        raw,
        enhanced: null,
        interEyeDistance,
      }),
    ];
    assert.deepEqual(
      [of(1), of(4), of(16), of(64), of(500)],
      [
        [-2, 0],
        [-2, 0],
        [0, 0],
        [2, 0],
        [2, 0],
      ],
    );
  });
});
