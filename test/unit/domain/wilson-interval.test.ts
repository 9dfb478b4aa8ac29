import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { wilsonInterval } from '../../../src/domain/wilson-interval.ts';

const near = (found: readonly number[], expected: readonly number[]) => {
  for (const [at, value] of expected.entries()) {
    assert.ok(Math.abs((found[at] ?? Number.NaN) - value) < 5e-4, `${found} for ${expected}`);
  }
};

describe('wilsonInterval', () => {
  it("gives the values of Newcombe's tables (Statistics in Medicine 17, 1998)", () => {
    near(wilsonInterval(81, 263), [0.2553, 0.3662]);
    near(wilsonInterval(15, 148), [0.0624, 0.1605]);
    near(wilsonInterval(0, 20), [0, 0.1611]);
    near(wilsonInterval(1, 29), [0.0061, 0.1718]);
  });

  it('knows nothing without trials, and refuses what is no count', () => {
    assert.deepEqual(wilsonInterval(0, 0), [0, 1]);
    assert.equal(wilsonInterval(7, 7)[1], 1);
    for (const [count, trials] of [
      [2, 1],
      [-1, 3],
      [0.5, 3],
    ] as const) {
      assert.throws(() => wilsonInterval(count, trials), RangeError);
    }
  });
});
