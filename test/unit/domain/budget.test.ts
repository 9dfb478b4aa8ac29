import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Budget } from '../../../src/domain/budget.ts';
import { isNightglassError } from '../../../src/domain/errors.ts';
import { FakeClock } from '../../support/fake-clock.ts';

function setUp({ capacity = 100, maxWaiting = 2, waitMs = 1000 } = {}) {
  const clock = new FakeClock();
  const queue: number[] = [];
  let refused = 0;
  const budget = new Budget({
    name: 'uploads',
    ...{ capacity, maxWaiting, waitMs, clock },
    onQueue: (waiting) => queue.push(waiting),
    onRefused: () => {
      refused += 1;
    },
  });
  return { budget, clock, queue, refused: () => refused };
}

const isBusy = (error: unknown) => isNightglassError(error, 'BUSY');

describe('a budget', () => {
  it('never gives out more than it has, and serves in the order of asking', async () => {
    const { budget } = setUp();
    const order: string[] = [];
    const first = await budget.take(60);
    const large = budget.take(80).then((share) => {
      order.push('large');
      return share;
    });
    // It would fit, and would keep the larger one waiting for ever.
    const small = budget.take(10).then((share) => {
      order.push('small');
      return share;
    });
    await new Promise((resolve) => setImmediate(resolve));
    assert.deepEqual(order, []);
    assert.equal(budget.held, 60);
    first[Symbol.dispose]();
    first[Symbol.dispose]();
    const shares = [await large, await small];
    assert.deepEqual(order, ['large', 'small']);
    assert.equal(budget.held, 90);
    for (const share of shares) share[Symbol.dispose]();
    assert.equal(budget.held, 0);
  });

  it('lets what is larger than all of it pass alone', async () => {
    const { budget } = setUp();
    using _share = await budget.take(1000);
    assert.equal(budget.held, 100);
  });

  it('refuses who finds the queue full, and who waits too long, and says how many wait', async () => {
    const { budget, clock, queue, refused } = setUp();
    const first = await budget.take(100);
    const late = assert.rejects(budget.take(100), isBusy);
    const other = assert.rejects(budget.take(1), isBusy);
    await assert.rejects(budget.take(1), isBusy);
    assert.equal(refused(), 1);
    clock.advance(1000);
    await Promise.all([late, other]);
    assert.equal(refused(), 3);
    assert.deepEqual([queue.at(1), queue.at(-1)], [2, 0]);
    first[Symbol.dispose]();
    (await budget.take(100))[Symbol.dispose]();
    assert.equal(budget.held, 0);
  });

  it('lets those behind pass when the one before them gives up', async () => {
    const { budget, clock } = setUp();
    using _first = await budget.take(50);
    const large = assert.rejects(budget.take(80), isBusy);
    clock.advance(500);
    const small = budget.take(10);
    clock.advance(500);
    await large;
    (await small)[Symbol.dispose]();
  });
});
