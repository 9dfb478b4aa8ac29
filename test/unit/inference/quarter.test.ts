import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { quarter } from '../../../src/inference/worker/quarter.ts';

describe('quarter', () => {
  it('makes one pixel of four by four, each channel by itself', () => {
    const data = new Uint8Array(8 * 4 * 3);
    for (let y = 0; y < 4; y += 1) {
      for (let x = 0; x < 8; x += 1) data.set([x < 4 ? 10 : 200, y * 10, 7], (y * 8 + x) * 3);
    }
    const small = quarter({ width: 8, height: 4, data });
    assert.deepEqual([small.width, small.height], [2, 1]);
    assert.deepEqual([...small.data], [10, 15, 7, 200, 15, 7]);
  });

  it('means what is left at the right and lower border', () => {
    const data = new Uint8Array(6 * 5 * 3).fill(40);
    // The two columns and the row beyond the last whole four.
    for (let y = 0; y < 5; y += 1) data.fill(90, (y * 6 + 4) * 3, (y * 6 + 6) * 3);
    const small = quarter({ width: 6, height: 5, data });
    assert.deepEqual([small.width, small.height], [2, 2]);
    assert.deepEqual([...small.data], [40, 40, 40, 90, 90, 90, 40, 40, 40, 90, 90, 90]);
  });
});
