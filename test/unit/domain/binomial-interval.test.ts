import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { binomialInterval } from '../../../src/domain/binomial-interval.ts';

function near(actual: readonly number[], expected: readonly number[]): void {
  for (const [i, value] of expected.entries()) {
    assert.ok(Math.abs((actual[i] as number) - value) < 1e-6, `${actual} is not ${expected}`);
  }
}

describe('binomialInterval', () => {
  it('gives the values of SciPy (beta.ppf)', () => {
    near(binomialInterval(0, 10), [0.0, 0.308497108]);
    near(binomialInterval(6, 2000), [0.001101718, 0.006518219]);
    near(binomialInterval(0, 2000), [0.0, 0.00184274]);
    near(binomialInterval(20, 2000), [0.006118658, 0.015402126]);
    near(binomialInterval(10, 10), [0.691502892, 1.0]);
    near(binomialInterval(500, 1000), [0.468549173, 0.531450827]);
  });

  it('knows nothing without a trial', () => {
    assert.deepEqual(binomialInterval(0, 0), [0, 1]);
  });

  it('refuses what is no count', () => {
    for (const [count, trials] of [
      [-1, 3],
      [4, 3],
      [0.5, 3],
    ] as const) {
      assert.throws(() => binomialInterval(count, trials), RangeError);
    }
  });
});
