import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { firstValueFrom, type Observable, take, toArray } from 'rxjs';
import { Frame } from '../../../src/domain/frame/frame.ts';
import { FrameLedger } from '../../../src/domain/frame/ledger.ts';
import { Backlog } from '../../../src/operators/backlog.ts';
import { pullFrames } from '../../../src/operators/pull-frames.ts';
import { FakePicture } from '../../support/marbles-picture.ts';

// An async iterable speaks in microtasks, which virtual time knows nothing of:
// these tests wait for events instead.

/** Recorded footage of `count` frames that keeps book of what was taken of it. */
class Footage implements AsyncIterable<Frame> {
  readonly ledger = new FrameLedger();
  readonly #count: number;
  readonly #fault: Error | undefined;
  taken = 0;
  isClosed = false;

  constructor(count: number, fault?: Error) {
    this.#count = count;
    this.#fault = fault;
  }

  async *[Symbol.asyncIterator](): AsyncIterator<Frame> {
    try {
      while (this.taken < this.#count) {
        yield this.#make(this.taken++);
      }
      if (this.#fault) throw this.#fault;
    } finally {
      this.isClosed = true;
    }
  }

  #make(sequence: number): Frame {
    return Frame.create({
      cameraId: 'cam',
      sequence,
      mediaTime: 100 * sequence,
      capturedAt: 0,
      capturedMonotonic: 0,
      ledger: this.ledger,
      picture: new FakePicture({
        width: 8,
        height: 8,
        answer: (value) => Promise.resolve(value),
        onFault: assert.fail,
      }),
    });
  }
}

/** Lets everything that is ready happen. */
const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

function collect(frames: Observable<Frame>): { frames: Frame[]; ended: string; stop: () => void } {
  const seen = { frames: [] as Frame[], ended: '', stop: (): void => undefined };
  const subscription = frames.subscribe({
    next: (frame) => seen.frames.push(frame),
    error: (error: Error) => {
      seen.ended = error.message;
    },
    complete: () => {
      seen.ended = 'complete';
    },
  });
  seen.stop = () => subscription.unsubscribe();
  return seen;
}

describe('pullFrames', () => {
  it('takes a frame only when one before it is disposed of', async () => {
    const footage = new Footage(4);
    const seen = collect(pullFrames(footage, { inFlight: 2 }));
    await settle();
    assert.equal(seen.frames.length, 2);
    assert.equal(footage.taken, 2);
    seen.frames[1]?.[Symbol.dispose]();
    await settle();
    assert.equal(footage.taken, 3);
    seen.frames[0]?.[Symbol.dispose]();
    seen.frames[2]?.[Symbol.dispose]();
    await settle();
    seen.frames[3]?.[Symbol.dispose]();
    await settle();
    assert.equal(seen.ended, 'complete');
    assert.equal(footage.ledger.live, 0);
    assert.deepEqual(footage.ledger.drops(), []);
  });

  it('waits while the stages behind hold too much', async () => {
    const footage = new Footage(2);
    const backlog = new Backlog();
    backlog.enter();
    const seen = collect(pullFrames(footage, { backlog, maxBacklog: 1 }));
    await settle();
    assert.equal(footage.taken, 0);
    backlog.leave();
    await settle();
    assert.equal(footage.taken, 2);
    for (const frame of seen.frames) frame[Symbol.dispose]();
    await settle();
    assert.equal(seen.ended, 'complete');
  });

  it('thins by media time', async () => {
    const footage = new Footage(10);
    const sequences: number[] = [];
    await new Promise<void>((resolve) => {
      pullFrames(footage, { maxRate: 5 }).subscribe({
        next(frame) {
          sequences.push(frame.sequence);
          frame[Symbol.dispose]();
        },
        complete: resolve,
      });
    });
    assert.deepEqual(sequences, [0, 2, 4, 6, 8]);
    assert.deepEqual(footage.ledger.drops(), [{ cameraId: 'cam', reason: 'rate', count: 5 }]);
    assert.equal(footage.ledger.live, 0);
  });

  it('completes with empty footage', async () => {
    assert.deepEqual(await firstValueFrom(pullFrames(new Footage(0)).pipe(toArray())), []);
  });

  it('waits for footage that never comes, and lets go of it', async () => {
    let isClosed = false;
    const silent: AsyncIterable<Frame> = {
      [Symbol.asyncIterator]: () => ({
        next: () => new Promise(() => undefined),
        async return() {
          isClosed = true;
          return { done: true, value: undefined };
        },
      }),
    };
    const seen = collect(pullFrames(silent));
    await settle();
    assert.deepEqual([seen.frames, seen.ended, isClosed], [[], '', false]);
    seen.stop();
    await settle();
    assert.equal(isClosed, true);
  });

  it('makes what the footage throws the error', async () => {
    const footage = new Footage(1, new Error('damaged file'));
    const seen = collect(pullFrames(footage));
    await settle();
    assert.equal(seen.ended, 'damaged file');
    seen.frames[0]?.[Symbol.dispose]();
    assert.equal(footage.ledger.live, 0);
  });

  it('closes the footage when unsubscribed, also while it waits', async () => {
    for (const options of [{ inFlight: 1 }, { backlog: full(), maxBacklog: 1 }]) {
      const footage = new Footage(5);
      const seen = collect(pullFrames(footage, options));
      await settle();
      seen.stop();
      await settle();
      for (const frame of seen.frames) frame[Symbol.dispose]();
      await settle();
      // A generator that was never begun has nothing to close.
      assert.equal(footage.isClosed, footage.taken > 0);
      assert.ok(footage.taken <= 1);
      assert.equal(footage.ledger.live, 0);
    }
  });

  it('drops a frame that arrives after it was unsubscribed', async () => {
    const footage = new Footage(5);
    const seen = collect(pullFrames(footage));
    seen.stop();
    await settle();
    assert.deepEqual(seen.frames, []);
    assert.equal(footage.ledger.live, 0);
    assert.deepEqual(footage.ledger.drops(), [{ cameraId: 'cam', reason: 'shutdown', count: 1 }]);
  });

  it('stops when its subscriber has had enough', async () => {
    const footage = new Footage(5);
    const frame = await firstValueFrom(pullFrames(footage).pipe(take(1)));
    frame[Symbol.dispose]();
    await settle();
    assert.equal(footage.taken, 1);
    assert.equal(footage.isClosed, true);
  });

  it('refuses nonsense', () => {
    assert.throws(() => pullFrames(new Footage(0), { inFlight: 0 }), RangeError);
    assert.throws(() => pullFrames(new Footage(0), { maxRate: -1 }), RangeError);
  });
});

function full(): Backlog {
  const backlog = new Backlog();
  backlog.enter();
  return backlog;
}
