import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { map } from 'rxjs';
import type { Frame } from '../../../src/domain/frame/frame.ts';
import type { WatchedFrame } from '../../../src/domain/motion.ts';
import { RecentFaces } from '../../../src/operators/recent-faces.ts';
import { watchMotion } from '../../../src/operators/watch-motion.ts';
import { type MarbleWorld, runMarbles } from '../../support/marbles.ts';
import { itKeepsTheContract } from '../../support/marbles-contract.ts';

const settings = { enabled: true, sensitivity: 'medium', lookEvery: 1_000, closer: 0 } as const;

function letters(world: MarbleWorld, readMs = 0, readError?: Error) {
  const names = new Map<Frame, string>();
  return {
    item(letter: string) {
      const frame = world.frame({ readMs, ...(readError === undefined ? {} : { readError }) });
      names.set(frame, letter);
      return frame;
    },
    show({ frame }: WatchedFrame) {
      frame[Symbol.dispose]();
      return names.get(frame) ?? '?';
    },
  };
}

describe('watchMotion', () => {
  itKeepsTheContract<Frame, WatchedFrame>({
    asynchronous: true,
    create: (world, workMs) => ({
      ...letters(world, workMs),
      operator: watchMotion({ settings, recent: new RecentFaces(0) }),
    }),
    createBroken: (world, fault) => ({
      ...letters(world, 0, new Error('any')),
      operator: watchMotion({
        settings,
        recent: new RecentFaces(0),
        onError: () => {
          throw fault;
        },
      }),
    }),
  });

  /** One picture each 200 ms of media time, by its grey; what becomes of it. */
  function watch(
    greys: readonly number[],
    options: Partial<Parameters<typeof watchMotion>[0]> = {},
  ): string[] {
    const seen: string[] = [];
    runMarbles((world) => {
      const source = world.cold(`${'x'.repeat(greys.length)}|`);
      let at = 0;
      source
        .pipe(
          map(() => {
            const mediaTime = at * 200;
            const frame = world.frame({ mediaTime, grey: greys[at] as number });
            at += 1;
            return frame;
          }),
          watchMotion({ settings, recent: new RecentFaces(100), ...options }),
        )
        .subscribe(({ frame, look }) => {
          seen.push(look);
          frame[Symbol.dispose]();
        });
      world.flush();
    });
    return seen;
  }

  it('passes pictures in which nothing moves unseen, but for one a second', () => {
    const seen = watch(Array(40).fill(120)).slice(20);
    assert.deepEqual(
      ['interval', 'still', 'motion'].map((look) => seen.filter((each) => each === look).length),
      [4, 16, 0],
    );
  });

  it('has all pictures looked at while a face was found a moment ago', () => {
    const recent = new RecentFaces(100_000);
    recent.found(0);
    const seen = watch(Array(20).fill(120), { recent });
    assert.equal(seen.at(-1), 'face');
    assert.ok(!seen.includes('still'));
  });

  it('has all pictures looked at where it is off, without reading them', () => {
    runMarbles((world) => {
      const source = world.cold('ab|');
      const result = source.pipe(
        map(() => world.frame({ readError: new Error('it was read') })),
        watchMotion({ settings: { ...settings, enabled: false }, recent: new RecentFaces(0) }),
        map(({ frame, look }) => {
          frame[Symbol.dispose]();
          return look;
        }),
      );
      world.expectObservable(result).toBe('ab|', { a: 'always', b: 'always' });
    });
  });

  it('has a picture looked at that could not be compared, and says why', () => {
    runMarbles((world) => {
      const readError = new Error('unknown format');
      const told: unknown[] = [];
      const source = world.cold('a|');
      const result = source.pipe(
        map(() => world.frame({ readError })),
        watchMotion({
          settings,
          recent: new RecentFaces(0),
          onError: (error) => told.push(error),
        }),
        map(({ frame, look }) => {
          frame[Symbol.dispose]();
          return look;
        }),
      );
      world.expectObservable(result).toBe('a|', { a: 'always' });
      world.flush();
      assert.deepEqual(told, [readError]);
    });
  });
});
