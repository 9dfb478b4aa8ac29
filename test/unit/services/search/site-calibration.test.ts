import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { calibrateSite } from '../../../../src/services/search/site-calibration.ts';

const histogram = (...bins: readonly (readonly [from: number, count: number])[]) => ({
  watchlistId: 'w',
  bins: bins.map(([from, count]) => ({ from, count })),
});

describe('calibrateSite', () => {
  it('gives the lowest threshold that has the rate', () => {
    const { strangers, point } = calibrateSite(histogram([0.1, 900], [0.3, 90], [0.5, 10]), 0.01);
    assert.equal(strangers, 1000);
    assert.deepEqual([point?.threshold, point?.falsePositives, point?.fpir], [0.5, 10, 0.01]);
    assert.ok((point?.interval[0] ?? 1) < 0.01 && (point?.interval[1] ?? 0) > 0.01);
  });

  it('is sure of it only where the whole interval lies below', () => {
    const many = calibrateSite(histogram([0.1, 9_000], [0.3, 950], [0.5, 50]), 0.01);
    assert.equal(many.point?.threshold, 0.5);
    assert.equal(many.careful?.threshold, 0.5);
    const { point, careful, needed } = calibrateSite(histogram([0.1, 99], [0.5, 1]), 0.01);
    assert.equal(point?.threshold, 0.5);
    assert.equal(careful, null);
    // Without a false positive the interval of 368 ends at one in a hundred.
    assert.equal(needed, 368);
    const enough = calibrateSite(histogram([0.1, needed]), 0.01);
    assert.deepEqual([enough.careful?.threshold, enough.careful?.falsePositives], [0.105, 0]);
  });

  it('goes above all scores where even the highest bin holds too many', () => {
    const { point } = calibrateSite(histogram([0.4, 3], [0.6, 7]), 0.01);
    assert.deepEqual([point?.threshold, point?.falsePositives], [0.605, 0]);
  });

  it('says nothing without strangers, and refuses what is no rate', () => {
    const { point, careful, strangers } = calibrateSite(histogram(), 0.01);
    assert.deepEqual([point, careful, strangers], [null, null, 0]);
    assert.throws(() => calibrateSite(histogram(), 0), RangeError);
  });
});
