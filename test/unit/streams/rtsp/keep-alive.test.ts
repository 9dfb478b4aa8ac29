import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { KeepAliveHabits } from '../../../../src/streams/rtsp/keep-alive.ts';

describe('keep-alive', () => {
  it('stays within bounds whatever time-out is named', () => {
    const habits = new KeepAliveHabits();
    for (const [timeout, interval] of [
      ['4294967295', 30_000],
      ['0', 24_000],
      ['1', 1_600],
      [undefined, 24_000],
      ['30', 12_000],
    ] as const) {
      habits.begin(timeout);
      assert.equal(habits.interval, interval, timeout);
    }
  });

  it('asks by GET_PARAMETER too where OPTIONS alone is offered, until it is heeded', () => {
    const habits = new KeepAliveHabits();
    habits.begin('60');
    assert.deepEqual(habits.next(['OPTIONS']), ['GET_PARAMETER', 'OPTIONS']);
    habits.answered('GET_PARAMETER', 200);
    assert.deepEqual(habits.next(['OPTIONS']), ['GET_PARAMETER']);
  });

  it('asks no more by what is refused, or ends the connection', () => {
    const refused = new KeepAliveHabits();
    refused.begin('60');
    refused.answered('GET_PARAMETER', 405);
    assert.deepEqual(refused.next(['OPTIONS', 'SET_PARAMETER']), ['OPTIONS']);
    const touchy = new KeepAliveHabits();
    touchy.begin('60');
    touchy.sent('GET_PARAMETER', 24_000);
    touchy.ended(24_200, 24_200);
    assert.deepEqual(touchy.next([]), ['OPTIONS']);
  });

  it('sends more, and earlier, where sessions run out all the same', () => {
    const habits = new KeepAliveHabits();
    habits.begin('60');
    habits.answered('GET_PARAMETER', 200);
    habits.ended(60_000, 60_000);
    assert.deepEqual(habits.next([]), ['GET_PARAMETER', 'OPTIONS']);
    habits.ended(60_000, 130_000);
    assert.deepEqual(habits.next([]), ['GET_PARAMETER', 'SET_PARAMETER', 'OPTIONS']);
    const impatient = new KeepAliveHabits();
    impatient.begin('60');
    impatient.ended(15_000, 15_000);
    impatient.ended(15_500, 40_000);
    assert.ok(impatient.interval <= 15_500 / 3);
  });
});
