import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { bootstrapByPerson } from '../../../../src/domain/acceptance/bootstrap-by-person.ts';

const people = (counts: readonly number[], trials: number) =>
  counts.map((count) => ({ count, trials }));
const half = (n: number, found: number) =>
  Array.from({ length: n }, (_, at) => (at % 2 === 0 ? found : 0));

describe('bootstrapByPerson', () => {
  it('is the interval over trials where each person has one', () => {
    const [low, high] = bootstrapByPerson(people(half(100, 1), 1)) ?? [0, 0];
    // Normal approximation: 0.5 -+ 1.96 * 0.05.
    assert.ok(Math.abs(low - 0.402) < 0.02, String(low));
    assert.ok(Math.abs(high - 0.598) < 0.02, String(high));
  });

  it('is as wide with ten equal trials a person as with one', () => {
    const [low, high] = bootstrapByPerson(people(half(100, 10), 10)) ?? [0, 0];
    assert.ok(Math.abs(low - 0.402) < 0.02 && Math.abs(high - 0.598) < 0.02, `${low} ${high}`);
  });

  it('has no width where all people are alike', () => {
    assert.deepEqual(bootstrapByPerson(people([3, 3, 3, 3, 3], 4)), [0.75, 0.75]);
  });

  it('is the same each time', () => {
    const given = people([1, 2, 3, 4, 5, 0, 2], 5);
    assert.deepEqual(bootstrapByPerson(given), bootstrapByPerson(given));
  });

  it('is none for fewer than five people with trials', () => {
    assert.equal(bootstrapByPerson(people([1, 1, 1, 1], 1)), null);
    assert.equal(bootstrapByPerson([...people([1, 1, 1, 1], 1), { count: 0, trials: 0 }]), null);
  });
});
