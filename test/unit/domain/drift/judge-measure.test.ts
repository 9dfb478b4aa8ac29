import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { mulberry32 } from '../../../../demo/media/random.ts';
import { simulateCamera } from '../../../../scripts/drift/simulated-camera.ts';
import {
  dayOfText,
  dayPart,
  dayText,
  mondayOf,
  startOfDay,
} from '../../../../src/domain/drift/day-part.ts';
import {
  type DriftDay,
  emptyDriftDay,
  quantileIn,
} from '../../../../src/domain/drift/drift-histogram.ts';
import { type DriftMeasure, driftBin } from '../../../../src/domain/drift/drift-measure.ts';
import { driftWeeks } from '../../../../src/domain/drift/drift-week.ts';
import { inOrder, judgeMeasure } from '../../../../src/domain/drift/judge-measure.ts';
import { atOnce } from '../../../../src/services/in-turns.ts';

const first = dayOfText('2026-10-01');

/** A day with so many values about each, by day (12 to 15) and by night (21 to 24). */
function day(measure: DriftMeasure, at: number, byDay: number, byNight: number): DriftDay {
  const parts = emptyDriftDay();
  for (const [part, value] of [
    [4, byDay],
    [7, byNight],
  ] as const) {
    for (const apart of [-0.06, 0, 0.06]) {
      const bin = driftBin(measure, value + apart + 0.01 * Math.sin(at * 3));
      const counts = parts[part];
      if (counts !== undefined) counts[bin] = (counts[bin] ?? 0) + 10;
    }
  }
  return { day: first + at, parts };
}

const judge = (measure: DriftMeasure, days: readonly DriftDay[]) =>
  atOnce(judgeMeasure(measure, days));

describe('a judged measure', () => {
  it('says since when a camera is blurred, with medians and counts before and since', () => {
    const days = Array.from({ length: 60 }, (_, at) => {
      const level = at < 54 ? 0.62 : 0.31;
      return day('sharpness', at, level, level);
    });
    const { change } = judge('sharpness', days);
    assert.ok(change);
    assert.equal(change.measure, 'sharpness');
    assert.equal(change.direction, 'down');
    assert.equal(change.isWorse, true);
    assert.equal(change.time, 'always');
    assert.equal(dayText(change.since), '2026-11-24');
    assert.ok(Math.abs(change.before.median - 0.62) < 0.05, String(change.before.median));
    assert.ok(Math.abs(change.after.median - 0.31) < 0.05, String(change.after.median));
    assert.deepEqual([change.after.count, change.after.days], [6 * 60, 6]);
    assert.equal(change.before.count, change.before.days * 60);
  });

  it('tells a lamp that fails at night apart', () => {
    const days = Array.from({ length: 60 }, (_, at) =>
      day('sharpness', at, 0.6, at < 54 ? 0.6 : 0.3),
    );
    const { change } = judge('sharpness', days);
    assert.equal(change?.time, 'night');
    assert.equal(change?.after.count, 6 * 30, 'counted at night alone');
  });

  it('says what became better, and that it is', () => {
    const days = Array.from({ length: 60 }, (_, at) => {
      return day('sharpness', at, at < 54 ? 0.3 : 0.6, at < 54 ? 0.3 : 0.6);
    });
    const { change } = judge('sharpness', days);
    assert.equal(change?.isWorse, false);
    assert.ok(change);
    const worse = { ...change, measure: 'confirmedScore' as const, isWorse: true };
    assert.deepEqual(inOrder([change, worse]), [worse, change]);
  });

  it('is found on a simulated camera, and mostly not without a change', () => {
    const shift = { measure: 'sharpness', day: 70, by: -0.19 } as const;
    let [found, wrong] = [0, 0];
    for (let seed = 0; seed < 5; seed += 1) {
      for (const changed of [shift, null]) {
        const cameras = simulateCamera(mulberry32(seed), 80, changed, ['sharpness']);
        for (const [measure, days] of cameras) {
          const { change } = judge(measure, days);
          if (changed !== null && change !== null && Math.abs(change.since - 70) <= 1) found += 1;
          if (changed === null && change !== null) wrong += 1;
        }
      }
    }
    assert.deepEqual({ found, wrong }, { found: 5, wrong: 0 });
  });
});

describe('weeks of a measure', () => {
  it('begin on Mondays and hold quartiles', () => {
    const weeks = driftWeeks(
      'sharpness',
      Array.from({ length: 10 }, (_, at) => day('sharpness', at, 0.5, 0.5)),
    );
    assert.deepEqual(
      weeks.map(({ from, count }) => [dayText(from), count]),
      [
        ['2026-09-28', 240],
        ['2026-10-05', 360],
      ],
    );
    const [week = assert.fail()] = weeks;
    assert.ok(week.low < week.median && week.median < week.high);
    assert.equal(dayText(mondayOf(first)), '2026-09-28');
    assert.equal(mondayOf(mondayOf(first)), mondayOf(first));
  });

  it('are days by the clock on the wall', () => {
    assert.equal(dayPart(startOfDay(first)).day, first);
    assert.equal(dayPart(startOfDay(first) - 1).day, first - 1);
    assert.ok(Number.isNaN(dayOfText('yesterday')));
    assert.equal(quantileIn(new Uint32Array(32), 0.5), null);
  });
});
