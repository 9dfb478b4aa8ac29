import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { findLimit, mostHeld } from '../../../bench/find-limit.ts';

const ladder = [1, 2, 4, 8, 12, 16];

async function search(limit: number, options: { runs?: number; exact?: boolean } = {}) {
  const measured: number[] = [];
  const steps = await findLimit<boolean>({
    ...{ ladder, runs: options.runs ?? 1, exact: options.exact ?? true },
    holds: (held) => held,
    async measure(cameras) {
      measured.push(cameras);
      return cameras <= limit;
    },
  });
  return { measured, held: mostHeld(steps), steps };
}

describe('findLimit', () => {
  it('finds the exact number between two steps of the ladder', async () => {
    assert.equal((await search(10)).held, 10);
    assert.equal((await search(1)).held, 1);
    assert.equal((await search(0)).held, 0);
  });

  it('stays on the ladder when that is enough', async () => {
    const { held, measured } = await search(10, { exact: false });
    assert.equal(held, 8);
    assert.deepEqual(measured, [1, 2, 4, 8, 12]);
  });

  it('ends with the ladder when everything is held', async () => {
    assert.equal((await search(99)).held, 16);
  });

  it('measures the border several times, and lets most decide', async () => {
    let first = true;
    const steps = await findLimit<boolean>({
      ...{ ladder: [1, 2, 4], runs: 3, exact: false },
      holds: (held) => held,
      async measure(cameras) {
        if (cameras !== 2 || !first) return true;
        first = false;
        return false;
      },
    });
    assert.equal(mostHeld(steps), 4);
    assert.deepEqual(
      steps.map(({ cameras, results }) => [cameras, results.length]),
      [
        [1, 1],
        [2, 3],
        [4, 3],
      ],
    );
  });
});
