import assert from 'node:assert/strict';
import { EventEmitter } from 'node:events';
import { describe, it } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { closeOnSignal } from '../../../src/cli/shutdown.ts';
import { FakeClock } from '../../support/fake-clock.ts';

/** A process that can be signalled, with work that ends when told to. */
function start(drain?: number) {
  const clock = new FakeClock();
  const signals = new EventEmitter();
  const closed = Promise.withResolvers<void>();
  const exits: number[] = [];
  const said: string[] = [];
  let closes = 0;
  closeOnSignal({
    close: () => {
      closes += 1;
      return closed.promise;
    },
    say: (line) => said.push(line),
    clock,
    ...(drain === undefined ? {} : { drain }),
    exit: (code) => exits.push(code),
    signals: signals as unknown as NodeJS.Process,
  });
  return {
    clock,
    closed,
    exits,
    said,
    closes: () => closes,
    signal: (name: 'SIGINT' | 'SIGTERM') => signals.emit(name, name),
  };
}

describe('closeOnSignal', () => {
  it('does nothing without a signal', () => {
    const { exits, said, clock } = start();
    clock.advance(60_000);
    assert.deepEqual([exits, said], [[], []]);
  });

  for (const name of ['SIGINT', 'SIGTERM'] as const) {
    it(`closes on ${name}, then ends with 0, and leaves no timer`, async () => {
      const { exits, said, clock, closed, closes, signal } = start();
      signal(name);
      assert.deepEqual(said, [`${name}: closing (once more to end at once)`]);
      assert.equal(closes(), 1);
      await setImmediate();
      assert.deepEqual(exits, []);
      closed.resolve();
      await setImmediate();
      assert.deepEqual(exits, [0]);
      assert.equal(clock.pending, 0);
    });
  }

  it('waits no longer than five seconds', () => {
    const { exits, said, clock, signal } = start();
    signal('SIGTERM');
    clock.advance(4999);
    assert.deepEqual(exits, []);
    clock.advance(1);
    assert.deepEqual(exits, [0]);
    assert.match(said.at(-1) ?? '', /not everything closed within 5 s/);
  });

  it('takes another limit', () => {
    const { exits, clock, signal } = start(100);
    signal('SIGTERM');
    clock.advance(100);
    assert.deepEqual(exits, [0]);
  });

  it('ends at once on a second signal, with the code of that signal, and closes once', () => {
    for (const [name, code] of [
      ['SIGINT', 130],
      ['SIGTERM', 143],
    ] as const) {
      const { exits, closes, signal } = start();
      signal('SIGTERM');
      signal(name);
      assert.deepEqual(exits, [code]);
      assert.equal(closes(), 1);
    }
  });

  it('ends with 1 and says why when closing fails', async () => {
    const { exits, said, clock, closed, signal } = start();
    signal('SIGINT');
    closed.reject(new Error('the disk is gone'));
    await setImmediate();
    assert.deepEqual(exits, [1]);
    assert.equal(said.at(-1), 'closing failed: the disk is gone');
    assert.equal(clock.pending, 0);
  });
});
