import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { map } from 'rxjs';
import type { Clock } from '../../../src/domain/clock.ts';
import type { DetectedFrame } from '../../../src/domain/detection.ts';
import type { Frame } from '../../../src/domain/frame/frame.ts';
import type { TrackedFrame } from '../../../src/domain/track.ts';
import { type TrackOptions, track } from '../../../src/operators/track.ts';
import { type MarbleWorld, runMarbles } from '../../support/marbles.ts';
import { itKeepsTheContract } from '../../support/marbles-contract.ts';
import { detectedFace } from '../../support/marbles-faces.ts';

const face = detectedFace({ x: 20, y: 20 });

function underTest(world: MarbleWorld, options: Partial<TrackOptions>, faces = [face]) {
  const names = new Map<Frame, string>();
  return {
    item(letter: string): DetectedFrame {
      const frame = world.frame();
      names.set(frame, letter);
      return { frame, faces };
    },
    operator: track({ cameraId: 'cam', ...options }),
    show({ frame }: TrackedFrame): string {
      frame?.[Symbol.dispose]();
      return (frame && names.get(frame)) ?? '?';
    },
  };
}

describe('track', () => {
  describe('by place', () => {
    itKeepsTheContract<DetectedFrame, TrackedFrame>({
      asynchronous: false,
      create: (world) => underTest(world, {}, []),
      createBroken: (world, fault) =>
        underTest(world, {
          onActive: () => {
            throw fault;
          },
        }),
    });
  });

  describe('by place and appearance', () => {
    itKeepsTheContract<DetectedFrame, TrackedFrame>({
      asynchronous: true,
      // Below `startScore`: looked at, but no track that would end with a further item.
      create: (world, workMs) =>
        underTest(world, { appearance: () => world.later(workMs, Float32Array.of(1)) }, [
          { ...face, score: 0.4 },
        ]),
      createBroken: (world, fault) =>
        underTest(world, {
          appearance: () => world.failing(0, new Error('any')),
          onAppearanceError: () => {
            throw fault;
          },
        }),
    });
  });

  /** One letter an item: digit for the faces shown, and `e` for each ended track. */
  const summary = ({ frame, faces, ended }: TrackedFrame): string => {
    frame?.[Symbol.dispose]();
    return `${frame ? faces.map(({ trackId }) => trackId).join() : 'none'}/${ended.map(({ trackId }) => trackId).join()}`;
  };

  function counted(): () => string {
    let count = 0;
    return () => `t${count++}`;
  }

  it('ends the open tracks in a last item without a frame', () => {
    runMarbles((world) => {
      const actives: number[] = [];
      const source = world.cold('a-b|');
      const { item, operator } = underTest(world, {
        createTrackId: counted(),
        onActive: (tracks) => actives.push(tracks),
      });
      const result = source.pipe(map(item), operator, map(summary));
      world.expectObservable(result).toBe('a-a(e|)', { a: 't0/', e: 'none/t0' });
      world.expectSubscriptions(source.subscriptions).toBe('^--!');
      world.flush();
      assert.deepEqual(actives, [1, 0]);
    });
  });

  it('ends the tracks of a camera that fell silent', () => {
    runMarbles((world) => {
      const source = world.cold('a 3s b 3s |');
      const { item, operator } = underTest(world, {
        clock: world.clock,
        createTrackId: counted(),
      });
      const result = source.pipe(map(item), operator, map(summary));
      world.expectObservable(result).toBe('a 2499ms e 500ms b 2499ms f 500ms |', {
        a: 't0/',
        b: 't1/',
        e: 'none/t0',
        f: 'none/t1',
      });
    });
  });

  it('counts no tracks and leaves no timer once unsubscribed', () => {
    runMarbles((world) => {
      const actives: number[] = [];
      let timers = 0;
      const clock: Clock = {
        ...world.clock,
        after() {
          timers += 1;
          return () => {
            timers -= 1;
          };
        },
      };
      const source = world.cold('a---');
      const { item, operator, show } = underTest(world, {
        clock,
        onActive: (tracks) => actives.push(tracks),
      });
      const result = source.pipe(map(item), operator, map(show));
      world.expectObservable(result, '^-!').toBe('a--');
      world.flush();
      assert.deepEqual(actives, [1, 0]);
      assert.equal(timers, 0);
    });
  });

  it('goes by media time, not by when frames arrive', () => {
    runMarbles((world) => {
      // Recorded footage, read in a millisecond: three seconds lie between the frames.
      const ids: string[] = [];
      const source = world.cold('(ab|)');
      let mediaTime = 0;
      source
        .pipe(
          map(() => {
            mediaTime += 3_000;
            return { frame: world.frame({ mediaTime }), faces: [face] };
          }),
          track({ cameraId: 'cam', createTrackId: counted() }),
          map(summary),
        )
        .subscribe((each) => ids.push(each));
      world.flush();
      assert.deepEqual(ids, ['t0/', 't1/t0', 'none/t1']);
    });
  });

  it('goes on by place where looking fails', () => {
    runMarbles((world) => {
      const told: unknown[] = [];
      const error = new Error('no look');
      const source = world.cold('ab');
      const { item, operator } = underTest(world, {
        createTrackId: counted(),
        appearance: () => world.failing(0, error),
        onAppearanceError: (each) => told.push(each),
      });
      const result = source.pipe(map(item), operator, map(summary));
      world.expectObservable(result).toBe('aa', { a: 't0/' });
      world.flush();
      assert.deepEqual(told, [error]);
    });
  });

  it('gives unguessable ids of its own accord', () => {
    runMarbles((world) => {
      const ids = new Set<string>();
      for (let subscription = 0; subscription < 2; subscription += 1) {
        const { item, operator } = underTest(world, {});
        world
          .cold('a')
          .pipe(map(item), operator)
          .subscribe(({ frame, faces }) => {
            frame?.[Symbol.dispose]();
            for (const { trackId } of faces) ids.add(trackId);
          });
      }
      world.flush();
      assert.equal(ids.size, 2);
      for (const id of ids) assert.doesNotMatch(id, /cam/);
    });
  });

  it('refuses nonsense', () => {
    assert.throws(() => track({ cameraId: 'cam', maxTracks: 0 }), RangeError);
  });
});
