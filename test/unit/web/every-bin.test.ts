import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { everyBin } from '../../../web/src/calibration/every-bin.ts';

describe('everyBin', () => {
  it('fills the bins that nobody fell into, below zero too', () => {
    const bins = [
      { from: -0.01, count: 2 },
      { from: 0.005, count: 7 },
      { from: 0.01, count: 1 },
    ];
    assert.deepEqual(everyBin(bins), [
      { from: -0.01, count: 2 },
      { from: -0.005, count: 0 },
      { from: 0, count: 0 },
      { from: 0.005, count: 7 },
      { from: 0.01, count: 1 },
    ]);
    assert.deepEqual(everyBin([]), []);
  });
});
