import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { LoadGovernor } from '../../../web/src/cameras/video/load-governor.ts';

const well = { received: 25, drawn: 24, skipped: 0, busy: 0.1 };
const slow = { received: 25, drawn: 9, skipped: 0, busy: 0.9 };
const ids = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'];

/** So many seconds in which each full video runs at `pace`. */
function run(governor: LoadGovernor, seconds: number, pace: typeof well, pageRate = 60): void {
  for (let second = 0; second < seconds; second += 1) {
    for (const id of ids) governor.report(id, pace);
    governor.step(pageRate);
  }
}

describe('LoadGovernor', () => {
  it('leaves alone what keeps up, also a camera that sends few pictures', () => {
    const governor = new LoadGovernor(() => 0);
    run(governor, 30, well);
    run(governor, 30, { received: 4, drawn: 3, skipped: 0, busy: 0.1 });
    assert.deepEqual(governor.reduced, []);
  });

  it('does not act on a single bad second', () => {
    const governor = new LoadGovernor(() => 0);
    run(governor, 2, slow);
    run(governor, 1, well);
    run(governor, 2, slow);
    assert.deepEqual(governor.reduced, []);
  });

  it('reduces a quarter after three bad seconds, those of least interest, and more if that is not enough', () => {
    const governor = new LoadGovernor((id) => ids.indexOf(id));
    run(governor, 3, slow);
    assert.deepEqual(governor.reduced, ['a', 'b']);
    assert.equal(governor.modeOf('a'), 'keys');
    assert.equal(governor.modeOf('h'), 'all');
    run(governor, 3, slow);
    assert.deepEqual(governor.reduced, ['a', 'b', 'c', 'd']);
  });

  it('acts when the page itself is drawn too seldom, and on pictures left out', () => {
    const page = new LoadGovernor(() => 0);
    run(page, 3, well, 12);
    assert.equal(page.reduced.length, 2);
    const skipping = new LoadGovernor(() => 0);
    run(skipping, 3, { ...well, skipped: 5 });
    assert.equal(skipping.reduced.length, 2);
  });

  it('acts at once when the page hardly moves', () => {
    const governor = new LoadGovernor(() => 0);
    run(governor, 1, well, 2);
    assert.equal(governor.reduced.length, 2);
    run(governor, 8, well, 2);
    assert.equal(governor.reduced.length, ids.length);
  });

  it('gives the video back one by one, the most interesting first', () => {
    const governor = new LoadGovernor((id) => ids.indexOf(id));
    run(governor, 3, slow);
    run(governor, 10, well);
    assert.deepEqual(governor.reduced, ['a']);
    run(governor, 10, well);
    assert.deepEqual(governor.reduced, []);
  });

  it('waits longer when giving back was too early', () => {
    const governor = new LoadGovernor((id) => ids.indexOf(id));
    run(governor, 3, slow);
    run(governor, 10, well);
    assert.equal(governor.reduced.length, 1);
    run(governor, 3, slow);
    const reduced = governor.reduced.length;
    run(governor, 10, well);
    assert.equal(governor.reduced.length, reduced, 'ten seconds no longer do');
    run(governor, 10, well);
    assert.equal(governor.reduced.length, reduced - 1);
  });

  it('forgets a tile that is gone', () => {
    const governor = new LoadGovernor(() => 0);
    run(governor, 3, slow);
    for (const id of ids) governor.forget(id);
    assert.deepEqual(governor.reduced, []);
    assert.equal(governor.modeOf('a'), 'all');
  });
});
