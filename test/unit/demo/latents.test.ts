import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { appearanceLatent, betweenLooks, identityLatent } from '../../../demo/footage/latents.ts';

const near = (actual: Float32Array, expected: readonly number[]): void => {
  expected.forEach((value, index) => {
    assert.ok(Math.abs((actual[index] ?? Number.NaN) - value) < 1e-5, `number ${index}`);
  });
};

describe('latents', () => {
  it('draws the numbers that training/generator/latents.py draws', () => {
    near(identityLatent(7), [0.14197, 0.058241, -0.864253, -2.605681, -1.006366]);
    assert.equal(identityLatent(7).length, 64);
    near(appearanceLatent(1_000_000), [0.391531, -0.691124, -0.121579]);
    assert.equal(appearanceLatent(1).length, 16);
  });

  it('scales and blends looks', () => {
    const full = appearanceLatent(5);
    near(
      appearanceLatent(5, 0.5),
      [...full].map((value) => value / 2),
    );
    near(betweenLooks(Float32Array.of(0, 2), Float32Array.of(4, 2), 0.25), [1, 2]);
  });
});
