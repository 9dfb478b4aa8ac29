import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { assign } from '../../../../src/operators/tracking/assignment.ts';

const none = Number.POSITIVE_INFINITY;

describe('assign', () => {
  it('finds the cheapest pairing where the greedy one is dearer', () => {
    assert.deepEqual(
      assign([
        [1, 2],
        [2, 9],
      ]),
      [1, 0],
    );
  });

  it('pairs as many as it may, and leaves the forbidden apart', () => {
    assert.deepEqual(
      assign([
        [1, none, none],
        [1, 5, none],
        [none, none, none],
      ]),
      [0, 1, -1],
    );
  });

  it('takes more rows than columns and the reverse', () => {
    assert.deepEqual(assign([[3], [1], [2]]), [-1, 0, -1]);
    assert.deepEqual(assign([[3, 1, 2]]), [1]);
  });

  it('takes nothing', () => {
    assert.deepEqual(assign([]), []);
    assert.deepEqual(assign([[], []]), [-1, -1]);
  });

  it('is as cheap as the best of all pairings', () => {
    let state = 7;
    const random = (): number => {
      state = (state * 48_271) % 2_147_483_647;
      return (state % 100) + 1;
    };
    for (let round = 0; round < 50; round += 1) {
      const costs = [0, 1, 2, 3].map(() => [0, 1, 2, 3].map(random));
      const total = assign(costs).reduce(
        (sum, column, row) => sum + (costs[row]?.[column] ?? 0),
        0,
      );
      assert.equal(total, cheapest(costs, 0, new Set()));
    }
  });
});

function cheapest(costs: readonly (readonly number[])[], row: number, taken: Set<number>): number {
  const line = costs[row];
  if (!line) return 0;
  let best = none;
  for (const [column, cost] of line.entries()) {
    if (taken.has(column)) continue;
    taken.add(column);
    best = Math.min(best, cost + cheapest(costs, row + 1, taken));
    taken.delete(column);
  }
  return best;
}
