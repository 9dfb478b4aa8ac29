import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseConfig } from '../../../src/config/load-config.ts';
import { durations, isWallTime, latestTime, longestTimer } from '../../../src/domain/bounds.ts';
import { systemClock } from '../../../src/domain/clock.ts';

describe('bounds of what comes from outside', () => {
  it('hold for every duration of the configuration, and the refusal names them', () => {
    const settings: readonly [string, string][] = [
      ['models:\n  timeout: 30d', 'from 1ms to 10m'],
      ['detection:\n  maxAge: 2m', 'from 0ms to 1m'],
      ['tracking:\n  maxOcclusion: 1h', 'from 0ms to 1m'],
      ['alerts:\n  quietPeriod: 8d', 'from 0ms to 7d'],
      ['alerts:\n  stillAfter: 1ms', 'from 1s to 7d'],
      ['audit:\n  retention: 999999999999d', 'from 1h to 3650d'],
      [`audit:\n  retention: ${'9'.repeat(400)}d`, 'from 1h to 3650d'],
    ];
    for (const [yaml, words] of settings) {
      assert.throws(
        () => parseConfig(yaml),
        (error: Error) => error.message.includes(words),
        yaml,
      );
    }
    for (const [least, most] of Object.values(durations)) assert.ok(least < most);
  });

  it('keep wall times to what a date can say', () => {
    assert.ok(isWallTime(latestTime) && isWallTime(0));
    for (const value of [-1, latestTime + 1, 9.1e15, Number.NaN, Infinity]) {
      assert.equal(isWallTime(value), false, String(value));
    }
    assert.equal(new Date(latestTime).toISOString(), '9999-12-31T23:59:59.999Z');
  });

  it('do not turn a long wait into none', (t) => {
    t.mock.timers.enable({ apis: ['setTimeout'] });
    let called = 0;
    systemClock.after(longestTimer * 2 + 5, () => {
      called += 1;
    });
    t.mock.timers.tick(longestTimer);
    t.mock.timers.tick(longestTimer);
    assert.equal(called, 0);
    t.mock.timers.tick(5);
    assert.equal(called, 1);
    const cancel = systemClock.after(longestTimer + 1, () => {
      called += 1;
    });
    t.mock.timers.tick(longestTimer);
    cancel();
    t.mock.timers.tick(longestTimer);
    assert.equal(called, 1);
  });
});
