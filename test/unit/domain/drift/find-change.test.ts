import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { mulberry32, normal } from '../../../../demo/media/random.ts';
import { changeRules, findChange } from '../../../../src/domain/drift/find-change.ts';
import type { HalfDay } from '../../../../src/domain/drift/half-day.ts';
import { medianOf, usualDays } from '../../../../src/domain/drift/usual-days.ts';
import { atOnce } from '../../../../src/services/in-turns.ts';

const first = 20_000;

/** Days with one part each, at the levels given. */
function daysOf(levels: readonly number[], count = 100): HalfDay[] {
  return levels.map((median, at) => ({
    ...{ day: first + at, count },
    parts: [{ part: 3, median, count }],
  }));
}

/** Levels that vary by 0.01 about 0.5. */
function steady(length: number, seed = 1): number[] {
  const gauss = normal(mulberry32(seed));
  return Array.from({ length }, () => 0.5 + 0.01 * gauss());
}

const find = (days: readonly HalfDay[], least = 0.04) => atOnce(findChange(days, least));

describe('a change of a camera', () => {
  it('is found as the cumulative sum of Page (1954) says, and dated to its first day', () => {
    // Ten deviations a day, clipped to 5, less 1.5: the sum is 3.5, 7, 10.5 and beyond 10 on the third.
    const levels = [...steady(40), 0.4, 0.4, 0.4];
    const { change, compared } = find(daysOf(levels));
    assert.ok(change);
    assert.equal(change.direction, 'down');
    assert.equal(change.since, first + 40);
    assert.equal(change.foundOn, first + 42);
    assert.ok(Math.abs(change.shift + 0.1) < 0.01);
    assert.equal(compared, 43 - changeRules.usual[0] - changeRules.gap);
    assert.equal(find(daysOf(levels.slice(0, -1))).change, null, 'two days are not enough');
  });

  it('is told up as well as down', () => {
    const { change } = find(daysOf([...steady(40), 0.6, 0.6, 0.6, 0.6]));
    assert.equal(change?.direction, 'up');
  });

  it('is not told of one odd day, however far off, nor of what is too small to matter', () => {
    assert.equal(find(daysOf([...steady(40), 0.1, ...steady(20, 2)])).change, null);
    const small = steady(40).concat(steady(30, 3).map((level) => level + 0.03));
    assert.equal(find(daysOf(small)).change, null);
    assert.ok(find(daysOf(small), 0.02).change, 'the same is found where it matters');
  });

  it('is not told before there are usual days to compare with', () => {
    const { change, compared } = find(daysOf([...steady(10), ...Array(5).fill(0.2)]));
    assert.deepEqual({ change, compared }, { change: null, compared: 0 });
  });

  it('stands while it lasts, and ends when days are as usual again', () => {
    const changed = [...steady(40), ...steady(20, 2).map((level) => level - 0.2)];
    const standing = find(daysOf(changed));
    assert.equal(standing.change?.since, first + 40);
    const ended = find(daysOf([...changed, ...steady(6, 4)]));
    assert.equal(ended.change, null);
    assert.equal(ended.found.length, 1);
  });

  it('moves with seasons, and is not raised by them', () => {
    const season = Array.from({ length: 120 }, (_, at) => 0.05 * Math.sin(at / 58));
    const levels = steady(120).map((level, at) => level + (season[at] ?? 0));
    assert.deepEqual(find(daysOf(levels)).found, []);
  });

  it('is not raised by weekends that differ', () => {
    const levels = steady(120).map((level, at) => level - ((first + at) % 7 < 2 ? 0.08 : 0));
    assert.deepEqual(find(daysOf(levels)).found, []);
  });

  it('is not raised by days with few to count', () => {
    const gauss = normal(mulberry32(9));
    const days = daysOf(steady(60)).map((day, at) => {
      if (at < 50) return day;
      // A tenth of the faces: its median varies three times as much.
      const parts = [{ part: 3, median: 0.5 + 0.03 * gauss(), count: 10 }];
      return { ...day, parts, count: 10 };
    });
    assert.equal(find(days, 0.01).change, null);
  });
});

describe('usual days', () => {
  it('compare like hours with like hours: who comes when shifts nothing', () => {
    const day = (at: number, parts: HalfDay['parts']): HalfDay => ({
      ...{ day: first + at, parts },
      count: parts.reduce((sum, { count }) => sum + count, 0),
    });
    const dark = { part: 7, median: 0.2, count: 50 };
    const bright = { part: 4, median: 0.8, count: 50 };
    const usual = usualDays(Array.from({ length: 20 }, (_, at) => day(at, [dark, bright])));
    assert.equal(usual.distance(day(21, [dark])), 0);
    assert.equal(usual.distance(day(21, [{ ...bright, count: 900 }])), 0);
    assert.equal(usual.distance(day(21, [{ part: 1, median: 0.3, count: 50 }])), null);
    // One of two parts alone is no change of the camera by half.
    const odd = usual.distance(day(22, [dark, { ...bright, median: 0.6 }])) ?? assert.fail();
    assert.ok(Math.abs(odd + 0.1) < 1e-9);
  });

  it('vary by their median absolute deviation times 1.4826', () => {
    const levels = [0.4, 0.44, 0.5, 0.56, 0.6].flatMap((level) => Array(5).fill(level));
    // Spread over weekdays so that none has a level of its own.
    const days = daysOf(levels).map((each, at) => ({ ...each, day: first + at * 7 }));
    const usual = usualDays(days.slice(0, 25));
    assert.ok(usual.deviation > 0.05 && usual.deviation < 0.1, String(usual.deviation));
    assert.equal(medianOf([3, 1, 2]), 2);
    assert.equal(medianOf([4, 1, 2, 3]), 2.5);
    assert.equal(medianOf([]), null);
  });
});
