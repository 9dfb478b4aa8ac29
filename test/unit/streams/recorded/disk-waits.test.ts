import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { footageBounds } from '../../../../src/domain/bounds.ts';
import { Budget } from '../../../../src/domain/budget.ts';
import { DiskWaits } from '../../../../src/streams/recorded/disk-waits.ts';
import { FakeClock } from '../../../support/fake-clock.ts';

/** Work that a disk answers when the test says so. */
function opened() {
  const clock = new FakeClock();
  const waits = new DiskWaits(clock);
  const late = () => new Error('late');
  const answers: (() => void)[] = [];
  const signals: AbortSignal[] = [];
  let alive: () => void = assert.fail;
  const read = (patience: object = {}) =>
    waits.within({ ms: 100, late, ...patience }, (signal, onAlive) => {
      signals.push(signal);
      alive = onAlive;
      return new Promise<string>((resolve) => answers.push(() => resolve('read')));
    });
  return { clock, waits, read, answers, signals, alive: () => alive() };
}

const settled = () => new Promise(setImmediate);

describe('waiting for a disk', () => {
  it('ends with its answer, and leaves no timer', async () => {
    const { answers, clock, read } = opened();
    const reading = read();
    answers[0]?.();
    assert.equal(await reading, 'read');
    assert.equal(clock.pending, 0);
  });

  it('goes on as long as there are signs of life, and no longer than all may take', async () => {
    const { alive, clock, read, signals } = opened();
    const silent = read();
    clock.advance(99);
    assert.equal(signals[0]?.aborted, false);
    clock.advance(1);
    await assert.rejects(silent, /late/);
    assert.equal(signals[0]?.aborted, true);
    const slow = read({ most: 1_000 });
    for (let at = 0; at < 999; at += 1) {
      clock.advance(1);
      alive();
    }
    assert.equal(signals[1]?.aborted, false);
    clock.advance(1);
    await assert.rejects(slow, /late/);
    assert.equal(clock.pending, 0);
  });

  it('ends at once where nobody waits any more, with nothing begun after that', async () => {
    const { clock, read, signals } = opened();
    const stop = new AbortController();
    const reading = read({ signal: stop.signal });
    stop.abort(new Error('stopped'));
    await assert.rejects(reading, /stopped/);
    assert.deepEqual([signals[0]?.aborted, clock.pending], [true, 0]);
    await assert.rejects(read({ signal: stop.signal }), /stopped/);
    assert.equal(signals.length, 1);
  });

  it('is for no more while too much hangs, until that has ended', async () => {
    const { answers, clock, read, signals } = opened();
    const late = Array.from({ length: footageBounds.hanging }, () => read());
    clock.advance(100);
    for (const each of late) await assert.rejects(each, /late/);
    await assert.rejects(read(), { code: 'BUSY' });
    assert.equal(signals.length, footageBounds.hanging);
    answers[0]?.();
    await settled();
    const again = read();
    answers.at(-1)?.();
    assert.equal(await again, 'read');
  });

  it('keeps its room until what hangs has ended', async () => {
    const { answers, clock, read, signals } = opened();
    const room = new Budget({
      ...{ name: 'walks', capacity: 1, maxWaiting: 1, waitMs: 50, clock },
    });
    const late = read({ room });
    await settled();
    clock.advance(100);
    await assert.rejects(late, /late/);
    const next = read({ room });
    await settled();
    assert.equal(signals.length, 1);
    clock.advance(50);
    await assert.rejects(next, { code: 'BUSY' });
    answers[0]?.();
    await settled();
    const again = read({ room });
    await settled();
    answers.at(-1)?.();
    assert.equal(await again, 'read');
    assert.equal(room.held, 0);
  });
});
