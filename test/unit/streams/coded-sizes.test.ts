import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { CodedSizes } from '../../../src/streams/coded-sizes.ts';

describe('CodedSizes', () => {
  const steady = (around: number, by: number) => {
    const sizes = new CodedSizes();
    for (let at = 0; at < 60; at += 1) sizes.isUnusual(around + (at % 2 === 0 ? by : -by));
    return sizes;
  };

  it('finds movement in a clean picture', () => {
    assert.equal(steady(400, 20).isUnusual(900), true);
  });

  it('takes the swing of a noisy picture for what it is', () => {
    assert.equal(steady(15_000, 700).isUnusual(16_500), false);
    assert.equal(steady(15_000, 700).isUnusual(21_000), true);
  });

  it('finds nothing unusual before it knows what is usual', () => {
    const sizes = new CodedSizes();
    for (let at = 0; at < 10; at += 1) sizes.isUnusual(400);
    assert.equal(sizes.isUnusual(40_000), false);
  });

  it('gets used to a scene that needs more', () => {
    const sizes = steady(400, 20);
    assert.equal(sizes.isUnusual(2_000), true);
    for (let at = 0; at < 60; at += 1) sizes.isUnusual(2_000);
    assert.equal(sizes.isUnusual(2_100), false);
  });
});
