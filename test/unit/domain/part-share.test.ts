import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { PartShare } from '../../../src/domain/part-share.ts';
import { FakeClock } from '../../support/fake-clock.ts';

describe('the share of closer looks', () => {
  it('gives one camera what it wants, within the bound', () => {
    const share = new PartShare({ total: 8, clock: new FakeClock() });
    assert.equal(share.take('a', 3).count, 3);
    assert.equal(share.take('a', 9).count, 5);
    assert.equal(share.take('a', 1).count, 0);
  });

  it('is the same for all who ask, and never over the bound', () => {
    const clock = new FakeClock();
    const share = new PartShare({ total: 8, clock });
    for (const id of ['a', 'b', 'c', 'd']) share.take(id, 4)[Symbol.dispose]();
    const grants = ['a', 'b', 'c', 'd'].map((id) => share.take(id, 4));
    assert.deepEqual(
      grants.map(({ count }) => count),
      [2, 2, 2, 2],
    );
    assert.equal(share.take('e', 1).count, 0);
    for (const grant of grants) grant[Symbol.dispose]();
    assert.equal(share.take('e', 1).count, 1);
  });

  it('gives back once, however often it is told, and forgets who asks no more', () => {
    const clock = new FakeClock();
    const share = new PartShare({ total: 8, clock });
    const grant = share.take('a', 8);
    grant[Symbol.dispose]();
    grant[Symbol.dispose]();
    assert.equal(share.take('b', 8).count, 4);
    clock.advance(1_001);
    assert.equal(share.take('c', 8).count, 4);
    clock.advance(1_001);
    // Of b's and c's grants none came back.
    assert.equal(share.take('d', 8).count, 0);
  });

  it('becomes small while the detector is behind, and large again', () => {
    const clock = new FakeClock();
    const share = new PartShare({ total: 8, clock });
    const look = (ms: number) => {
      const grant = share.take('a', 8);
      clock.advance(ms);
      grant[Symbol.dispose]();
      return grant.count;
    };
    for (let at = 0; at < 40; at += 1) look(480);
    assert.equal(look(480), 2);
    for (let at = 0; at < 60; at += 1) look(20);
    assert.equal(look(20), 8);
  });
});
