import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  falseMatchRateFor,
  identificationRateFor,
  thresholdAt,
  thresholdFor,
  uncalibratedThreshold,
} from '../../../../src/services/search/calibration.ts';

const calibration = {
  impostorQuantiles: [
    [1e-2, 0.2],
    [1e-4, 0.4],
    [1e-3, 0.3],
  ],
} as const;
const near = (actual: number, expected: number, tolerance = 1e-9) =>
  assert.ok(Math.abs(actual - expected) <= tolerance, `${actual} is not ${expected}`);

describe('falseMatchRateFor', () => {
  it('is the rate itself for one template', () => near(falseMatchRateFor(0.01, 1), 0.01));

  it('inverts FPIR(n) = 1 - (1 - fmr)^n', () => {
    for (const templates of [1, 2, 100, 1e5]) {
      const fmr = falseMatchRateFor(0.01, templates);
      near(1 - (1 - fmr) ** templates, 0.01, 1e-8);
      near(identificationRateFor(fmr, templates), 0.01, 1e-12);
    }
  });

  it('keeps its digits for a small rate and a large gallery', () => {
    const fmr = falseMatchRateFor(1e-6, 1e6);
    near(fmr / 1e-12, 1, 1e-5);
  });

  it('refuses rates and sizes that mean nothing', () => {
    for (const [fpir, templates] of [
      [0, 1],
      [1, 1],
      [Number.NaN, 1],
      [0.1, 0],
    ] as const) {
      assert.throws(() => falseMatchRateFor(fpir, templates), RangeError);
    }
  });
});

describe('thresholdAt', () => {
  it('meets the measured points, whatever their order', () => {
    for (const [fmr, threshold] of calibration.impostorQuantiles) {
      near(thresholdAt(fmr, calibration), threshold);
    }
  });

  it('is linear over the logarithm between them', () => {
    near(thresholdAt(10 ** -2.5, calibration), 0.25);
    near(thresholdAt(10 ** -3.1, calibration), 0.31);
  });

  it('goes on with the outer slope, within the range of a cosine', () => {
    near(thresholdAt(1e-5, calibration), 0.5);
    near(thresholdAt(1e-1, calibration), 0.1);
    assert.equal(thresholdAt(1e-30, calibration), 1);
  });

  it('never falls as the rate falls, not even with a noisy table', () => {
    const noisy = {
      impostorQuantiles: [
        [1e-1, 0.2],
        [1e-2, 0.35],
        [1e-3, 0.3],
        [1e-4, 0.4],
      ],
    } as const;
    let last = -1;
    for (let exponent = 0.5; exponent < 6; exponent += 0.1) {
      const threshold = thresholdAt(10 ** -exponent, noisy);
      assert.ok(threshold >= last, `at 1e-${exponent}`);
      last = threshold;
    }
  });

  it('refuses a table that says nothing', () => {
    for (const impostorQuantiles of [
      [],
      [[1e-2, 0.3]],
      [
        [0, 0.3],
        [1, 0.1],
        [1e-2, 0.2],
      ],
    ] as const) {
      assert.throws(() => thresholdAt(1e-3, { impostorQuantiles }), RangeError);
    }
  });
});

describe('thresholdFor', () => {
  const base = { fpir: 0.01, templates: 1, fixedThreshold: null, calibration };

  it('rises with the size of the list', () => {
    near(thresholdFor(base).threshold, 0.2);
    assert.ok(thresholdFor({ ...base, templates: 100 }).threshold > 0.39);
  });

  it('takes a fixed threshold before all', () => {
    assert.deepEqual(thresholdFor({ ...base, fixedThreshold: 0 }), {
      threshold: 0,
      calibrated: true,
    });
  });

  it('says so when it has to stand in', () => {
    assert.deepEqual(thresholdFor({ ...base, calibration: undefined }), {
      threshold: uncalibratedThreshold,
      calibrated: false,
    });
  });
});
