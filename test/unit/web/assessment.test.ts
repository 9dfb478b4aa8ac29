import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { shareFrom } from '../../../web/src/assessment/share-from.ts';
import { isBeyond, placeOf } from '../../../web/src/charts/histogram-places.ts';

describe('places in a histogram', () => {
  const edges = [1, 2, 4, 8];

  it('are straight within bins that are all as wide', () => {
    for (const [value, place] of [
      [1, 0],
      [1.5, 1 / 6],
      [2, 1 / 3],
      [3, 1 / 2],
      [8, 1],
    ] as const) {
      assert.equal(placeOf(value, edges), place, `${value}`);
    }
  });

  it('outside stand at the ends', () => {
    assert.equal(placeOf(-5, edges), 0);
    assert.equal(placeOf(100, edges), 1);
  });

  it('a bin is beyond a border by its middle', () => {
    const beyond = (good: { from: number | null; to: number | null }) =>
      [0, 1, 2].map((bin) => isBeyond(bin, edges, good));
    assert.deepEqual(beyond({ from: null, to: null }), [false, false, false]);
    assert.deepEqual(beyond({ from: 2, to: null }), [true, false, false]);
    assert.deepEqual(beyond({ from: null, to: 4 }), [false, false, true]);
    assert.deepEqual(beyond({ from: 2, to: 5 }), [true, false, true]);
  });
});

describe('share at least so large', () => {
  const seen = { edges: [0, 10, 20, 40], counts: [2, 4, 4] };

  it('counts the bin that holds the value in part', () => {
    assert.equal(shareFrom(0, seen), 1);
    assert.equal(shareFrom(10, seen), 0.8);
    assert.equal(shareFrom(15, seen), 0.6);
    assert.equal(shareFrom(40, seen), 0);
  });

  it('is none of nothing', () => {
    assert.equal(shareFrom(10, { edges: [0, 10], counts: [0] }), null);
  });
});
