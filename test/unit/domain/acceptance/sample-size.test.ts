import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { facesNeeded, walksNeeded } from '../../../../src/domain/acceptance/sample-size.ts';
import { binomialInterval } from '../../../../src/domain/binomial-interval.ts';

/**
 * Clopper and Pearson's 95 % intervals in Newcombe, Two-sided confidence intervals for the single proportion: comparison
 * of seven methods, Statistics in Medicine 17 (1998) 857-872, table I, method 5.
 */
const newcombe = [
  [81, 263, 0.2527, 0.3676],
  [15, 148, 0.0578, 0.1617],
  [0, 20, 0, 0.1684],
  [1, 29, 0.0009, 0.1776],
] as const;

describe('intervals and sizes of samples', () => {
  it('agree with published exact intervals', () => {
    for (const [count, trials, low, high] of newcombe) {
      const found = binomialInterval(count, trials);
      assert.ok(Math.abs(found[0] - low) < 6e-5, `${count}/${trials}: ${found}`);
      assert.ok(Math.abs(found[1] - high) < 6e-5, `${count}/${trials}: ${found}`);
    }
  });

  it('are enough walks, and one fewer is not', () => {
    for (const [rate, halfWidth] of [
      [0.9, 0.05],
      [0.5, 0.1],
      [0.99, 0.02],
    ] as const) {
      const walks = walksNeeded(rate, halfWidth);
      const width = (n: number) => {
        const [low, high] = binomialInterval(Math.round(rate * n), n);
        return (high - low) / 2;
      };
      assert.ok(width(walks) <= halfWidth, `${walks} walks`);
      assert.ok(width(walks - 1) > halfWidth, `${walks - 1} walks`);
    }
  });

  it('follow the closed form where every walk is found', () => {
    // Width 1 - 0.025^(1/n).
    assert.equal(walksNeeded(1, 0.05), Math.ceil(Math.log(0.025) / Math.log(1 - 0.1)));
    assert.equal(walksNeeded(1, 0.05), 36);
  });

  it('are the faces of the rule of three, with a tail of 2.5 %', () => {
    assert.equal(facesNeeded(0.001), 3688);
    for (const fpir of [0.1, 0.01, 0.001]) {
      const faces = facesNeeded(fpir);
      assert.ok(binomialInterval(0, faces)[1] <= fpir);
      assert.ok(binomialInterval(0, faces - 1)[1] > fpir);
    }
  });

  it('refuse what nobody can plan', () => {
    for (const [rate, halfWidth] of [
      [1.1, 0.05],
      [-0.1, 0.05],
      [0.9, 0],
      [0.9, 0.5],
      [0.5, 0.0001],
      [Number.NaN, 0.05],
    ] as const) {
      assert.throws(() => walksNeeded(rate, halfWidth), RangeError);
    }
    for (const fpir of [0, 1, -1, Number.NaN]) assert.throws(() => facesNeeded(fpir), RangeError);
  });
});
