import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Limiter } from '../../../src/gateway/access/limiter.ts';
import { PasswordThrottle } from '../../../src/gateway/access/password-throttle.ts';
import { FakeClock } from '../../support/fake-clock.ts';

const second = 1000;

function setUp(perNetwork = 1000) {
  const clock = new FakeClock();
  const throttle = new PasswordThrottle(clock, new Limiter(clock, perNetwork));
  const attempt = (name: string, network = 'net', browser?: string) => ({ name, network, browser });
  const fail = (...of: Parameters<typeof attempt>) => {
    const wait = throttle.enter(attempt(...of));
    if (wait === 0) throttle.failed(attempt(...of));
    return wait;
  };
  return { clock, throttle, attempt, fail };
}

describe('PasswordThrottle', () => {
  it('lets people mistype, then doubles the wait up to a quarter of an hour', () => {
    const { clock, fail } = setUp();
    for (let n = 0; n < 5; n += 1) assert.equal(fail('ann', `net ${n}`), 0);
    const waits: number[] = [];
    for (let n = 0; n < 12; n += 1) {
      // Wherever it comes from.
      const wait = fail('ann', `other ${n}`);
      waits.push(wait);
      clock.advance(wait * second);
      assert.equal(fail('ann', `other ${n}`), 0);
    }
    assert.deepEqual(waits, [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900]);
    assert.equal(fail('bob'), 0);
  });

  it('counts many at once as one after the other, and forgets all once it was right', () => {
    const { throttle, attempt } = setUp();
    const waits = Array.from({ length: 20 }, () => throttle.enter(attempt('ann')));
    assert.equal(waits.filter((wait) => wait === 0).length, 5);
    throttle.succeeded(attempt('ann'));
    assert.equal(throttle.enter(attempt('ann')), 0);
  });

  it('counts no attempt that was not made', () => {
    const { throttle, attempt } = setUp();
    for (let n = 0; n < 50; n += 1) {
      assert.equal(throttle.enter(attempt('ann')), 0);
      throttle.withdrawn(attempt('ann'));
    }
  });

  it('keeps no known browser out, whatever others guess, from the same network too', () => {
    const { clock, fail } = setUp(30);
    for (let n = 0; n < 200; n += 1) {
      fail('ann');
      clock.advance(100);
    }
    assert.ok(fail('ann') > 0);
    assert.equal(fail('ann', 'net', 'known'), 0);
    // It is counted, too: nobody guesses with a stolen cookie.
    for (let n = 0; n < 4; n += 1) assert.equal(fail('ann', 'net', 'known'), 0);
    assert.ok(fail('ann', 'net', 'known') > 0);
  });

  it('counts a known browser for each name by itself: people share one', () => {
    const { fail, throttle, attempt } = setUp();
    for (let n = 0; n < 6; n += 1) fail('ann', 'net', 'shared');
    assert.ok(fail('ann', 'net', 'shared') > 0);
    assert.equal(fail('bob', 'net', 'shared'), 0);
    // Nor does a right password of one let the other guess on.
    throttle.succeeded(attempt('bob', 'net', 'shared'));
    assert.ok(fail('ann', 'net', 'shared') > 0);
  });

  it('counts a network whatever the names', () => {
    const { clock, fail } = setUp(10);
    for (let n = 0; n < 10; n += 1) assert.equal(fail(`name ${n}`), 0);
    assert.ok(fail('another') > 0);
    assert.equal(fail('another', 'elsewhere'), 0);
    clock.advance(61 * second);
    assert.equal(fail('another'), 0);
  });
});
