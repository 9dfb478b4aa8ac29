import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createAlertIds, isAlertId } from '../../../../src/services/alerts/alert-id.ts';

describe('createAlertIds', () => {
  it('makes ids that begin with the time', () => {
    const next = createAlertIds({ clock: { now: () => 1_469_918_176_385 }, random: () => 31 });
    // The time of the ULID specification's own example.
    assert.equal(next(), '01ARYZ6S41ZZZZZZZZZZZZZZZZ');
  });

  it('makes ids that sort by creation, within a millisecond and when the clock is set back', () => {
    const times = [5, 5, 5, 9, 3, 3, 10];
    const next = createAlertIds({ clock: { now: () => times.shift() ?? 10 } });
    const ids = Array.from({ length: 9 }, next);
    assert.deepEqual(ids.toSorted(), ids);
    assert.equal(new Set(ids).size, ids.length);
    assert.ok(ids.every(isAlertId));
  });

  it('counts on into the time when the random part runs over', () => {
    const next = createAlertIds({ clock: { now: () => 7 }, random: () => 31 });
    const [first, second] = [next(), next()];
    assert.equal(first, '0000000007ZZZZZZZZZZZZZZZZ');
    assert.equal(second.slice(0, 10), '0000000008');
  });

  it('goes on after the greatest id of an earlier run', () => {
    const after = '7ZZZZZZZZ0ZZZZZZZZZZZZZZZZ';
    const next = createAlertIds({ clock: { now: () => 7 }, after });
    assert.ok(next() > after);
  });

  it('refuses to go on after something else', () => {
    assert.throws(() => createAlertIds({ clock: { now: () => 0 }, after: 'first' }), RangeError);
  });
});

describe('isAlertId', () => {
  it('tells ids from other text', () => {
    assert.equal(isAlertId('01ARYZ6S41TSV4RRFFQ69G5FAV'), true);
    for (const text of [
      '',
      '01arYZ6S41TSV4RRFFQ69G5FAV',
      '01ARYZ6S41TSV4RRFFQ69G5FAI',
      '8'.repeat(26),
    ]) {
      assert.equal(isAlertId(text), false, text);
    }
  });
});
