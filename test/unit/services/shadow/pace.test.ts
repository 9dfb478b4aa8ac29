import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Pace } from '../../../../src/services/shadow/pace.ts';
import { FakeClock } from '../../../support/fake-clock.ts';

/** Lets what is due happen. */
const settle = () => new Promise((resolve) => setImmediate(resolve));

describe('Pace', () => {
  it('rests after each piece of work for as long as its share asks, and counts what it worked', async () => {
    const clock = new FakeClock();
    const pace = new Pace(clock, 0.2);
    const done: string[] = [];
    const work = (name: string) =>
      pace.run(async () => {
        clock.advance(100);
        done.push(name);
      });
    const [first, second] = [work('first'), work('second')];
    await first;
    await settle();
    assert.deepEqual(done, ['first']);
    clock.advance(399);
    await settle();
    assert.deepEqual(done, ['first']);
    clock.advance(1);
    await second;
    assert.deepEqual(done, ['first', 'second']);
    assert.equal(pace.busySeconds, 0.2);
  });

  it('goes on after work that failed, and refuses what comes after its end', async () => {
    const clock = new FakeClock();
    const pace = new Pace(clock, 1);
    await assert.rejects(pace.run(() => Promise.reject(new Error('no'))));
    assert.equal(await pace.run(async () => 7), 7);
    pace.close();
    await assert.rejects(
      pace.run(async () => 7),
      { code: 'INFERENCE_CLOSED' },
    );
  });

  it('does not keep who ends it waiting for its rest', async () => {
    const clock = new FakeClock();
    const pace = new Pace(clock, 0.01);
    await pace.run(async () => clock.advance(1000));
    const next = pace.run(async () => 7);
    await settle();
    pace.close();
    await assert.rejects(next, { code: 'INFERENCE_CLOSED' });
  });
});
