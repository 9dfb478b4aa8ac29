import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { map, Observable, tap } from 'rxjs';
import type { Frame } from '../../../src/domain/frame/frame.ts';
import { keepLatest } from '../../../src/operators/keep-latest.ts';
import { type MarbleWorld, runMarbles } from '../../support/marbles.ts';

/** Shows each frame's letter and disposes of it `ms` later, as the stages behind would. */
function hold(world: MarbleWorld, ms: number): (source: Observable<Frame>) => Observable<string> {
  return (source) =>
    source.pipe(
      map((frame) => {
        const name = world.nameOf(frame);
        if (ms === 0) frame[Symbol.dispose]();
        else world.at(world.now() + ms, () => frame[Symbol.dispose]());
        return name;
      }),
    );
}

describe('keepLatest', () => {
  it('lets every frame through while there is room', () => {
    runMarbles((world) => {
      const source = world.cold('  a-b-c|');
      const expected = '           a-b-c|';
      const result = world.frames(source).pipe(keepLatest({ clock: world.clock }), hold(world, 1));
      world.expectObservable(result).toBe(expected);
      world.expectSubscriptions(source.subscriptions).toBe('^----!');
      world.flush();
      assert.deepEqual(world.drops(), {});
    });
  });

  it('holds the newest while there is none, and lets it through when a frame is disposed of', () => {
    runMarbles((world) => {
      const source = world.cold('  abcde---|');
      const expected = '           a--d--e-|';
      const result = world
        .frames(source)
        .pipe(keepLatest({ clock: world.clock, inFlight: 1 }), hold(world, 3));
      world.expectObservable(result).toBe(expected);
      world.expectSubscriptions(source.subscriptions).toBe('^-------!');
      world.flush();
      assert.deepEqual(world.drops(), { busy: 2 });
    });
  });

  it('has as many frames in flight as told', () => {
    runMarbles((world) => {
      const source = world.cold('  abcd-----|');
      const expected = '           ab---d---|';
      const result = world
        .frames(source)
        .pipe(keepLatest({ clock: world.clock, inFlight: 2 }), hold(world, 5));
      world.expectObservable(result).toBe(expected);
      world.flush();
      assert.deepEqual(world.drops(), { busy: 1 });
    });
  });

  it('does not let through a frame that has grown old', () => {
    runMarbles((world) => {
      const source = world.cold('  ab-------c-|');
      const expected = '           a--------c-|';
      const result = world
        .frames(source)
        .pipe(keepLatest({ clock: world.clock, inFlight: 1, maxAge: 4 }), hold(world, 7));
      world.expectObservable(result).toBe(expected);
      world.flush();
      assert.deepEqual(world.drops(), { stale: 1 });
    });
  });

  it('thins ten frames a second to five, whatever the jitter', () => {
    for (const jitter of [0, 17, -23, 40]) {
      runMarbles((world) => {
        const seen: number[] = [];
        const source = new Observable<Frame>((subscriber) => {
          for (let index = 0; index < 20; index += 1) {
            const late = index % 3 === 1 ? jitter : index % 3 === 2 ? -jitter / 2 : 0;
            const time = 1_000 + index * 100 + late;
            subscriber.next(world.frame({ mediaTime: time, capturedMonotonic: time }));
          }
          subscriber.complete();
        });
        source
          .pipe(
            keepLatest({ clock: world.clock, maxRate: 5 }),
            tap((frame) => {
              seen.push(frame.sequence);
              frame[Symbol.dispose]();
            }),
          )
          .subscribe();
        assert.deepEqual(seen, [0, 2, 4, 6, 8, 10, 12, 14, 16, 18], `jitter ${jitter}`);
        assert.deepEqual(world.drops(), { rate: 10 });
      });
    }
  });

  it('completes with an empty source', () => {
    runMarbles((world) => {
      const source = world.cold('  |');
      const result = world.frames(source).pipe(keepLatest({ clock: world.clock }), hold(world, 1));
      world.expectObservable(result).toBe('|');
      world.expectSubscriptions(source.subscriptions).toBe('(^!)');
    });
  });

  it('waits with a silent source', () => {
    runMarbles((world) => {
      const source = world.cold('  -');
      const result = world.frames(source).pipe(keepLatest({ clock: world.clock }), hold(world, 1));
      world.expectObservable(result).toBe('-');
      world.expectSubscriptions(source.subscriptions).toBe('^');
    });
  });

  it('lets the held frame through before it completes', () => {
    runMarbles((world) => {
      const source = world.cold('  ab|');
      const expected = '           a---(b|)';
      const result = world
        .frames(source)
        .pipe(keepLatest({ clock: world.clock, inFlight: 1 }), hold(world, 4));
      world.expectObservable(result).toBe(expected);
      world.expectSubscriptions(source.subscriptions).toBe('^-!');
    });
  });

  it('passes the error of its source on and drops the held frame', () => {
    runMarbles((world) => {
      const source = world.cold('  ab#');
      const expected = '           a-#';
      const result = world
        .frames(source)
        .pipe(keepLatest({ clock: world.clock, inFlight: 1 }), hold(world, 4));
      world.expectObservable(result).toBe(expected);
      world.expectSubscriptions(source.subscriptions).toBe('^-!');
      world.flush();
      assert.deepEqual(world.drops(), { shutdown: 1 });
    });
  });

  it('makes what its clock throws the error, and keeps no frame', () => {
    runMarbles((world) => {
      const source = world.cold('  -a-');
      const broken = {
        ...world.clock,
        monotonic: (): number => {
          throw new Error('no time');
        },
      };
      const result = world.frames(source).pipe(keepLatest({ clock: broken }), hold(world, 1));
      world.expectObservable(result).toBe('-#', undefined, new Error('no time'));
      world.expectSubscriptions(source.subscriptions).toBe('^!');
    });
  });

  it('drops the held frame when unsubscribed', () => {
    runMarbles((world) => {
      const source = world.cold('  abc---');
      const expected = '           a-----';
      const result = world
        .frames(source)
        .pipe(keepLatest({ clock: world.clock, inFlight: 1 }), hold(world, 9));
      world.expectObservable(result, '^---!').toBe(expected);
      world.expectSubscriptions(source.subscriptions).toBe('^---!');
      world.flush();
      assert.deepEqual(world.drops(), { busy: 1, shutdown: 1 });
    });
  });

  it('refuses nonsense', () => {
    runMarbles(({ clock }) => {
      assert.throws(() => keepLatest({ clock, inFlight: 0 }), RangeError);
      assert.throws(() => keepLatest({ clock, maxRate: 0 }), RangeError);
    });
  });
});
