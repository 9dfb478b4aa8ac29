import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { map } from 'rxjs';
import type { Frame } from '../../../src/domain/frame/frame.ts';
import type { GradedFrame } from '../../../src/domain/graded-face.ts';
import type { TrackedFace, TrackedFrame } from '../../../src/domain/track.ts';
import { type GateQualityOptions, gateQuality } from '../../../src/operators/gate-quality.ts';
import { type FrameOptions, type MarbleWorld, runMarbles } from '../../support/marbles.ts';
import { itKeepsTheContract } from '../../support/marbles-contract.ts';
import { detectedFace, endedTrack } from '../../support/marbles-faces.ts';

function trackedFace(eyes: number, trackId = 't'): TrackedFace {
  return { ...detectedFace({ x: 32, y: 24 }, eyes), trackId, hits: 1 };
}

function underTest(
  world: MarbleWorld,
  options: GateQualityOptions,
  frameOptions: FrameOptions = {},
  faces: readonly TrackedFace[] = [trackedFace(10), trackedFace(12, 'u')],
) {
  const names = new Map<Frame, string>();
  return {
    item(letter: string): TrackedFrame {
      const frame = world.frame(frameOptions);
      names.set(frame, letter);
      return { frame, faces, ended: [] };
    },
    operator: gateQuality(options),
    show({ frame }: GradedFrame): string {
      frame?.[Symbol.dispose]();
      return (frame && names.get(frame)) ?? '?';
    },
  };
}

describe('gateQuality', () => {
  itKeepsTheContract<TrackedFrame, GradedFrame>({
    asynchronous: true,
    create: (world, workMs) => underTest(world, {}, { readMs: workMs }),
    createBroken: (world, fault) =>
      underTest(
        world,
        {
          onRejected: () => {
            throw fault;
          },
        },
        {},
        [trackedFace(4)],
      ),
  });

  it('rejects a face too small without reading a pixel, and tells why', () => {
    runMarbles((world) => {
      const reasons: string[] = [];
      const seen: (string | null)[] = [];
      const { item, operator } = underTest(
        world,
        { onRejected: (reason) => reasons.push(reason) },
        { readError: new Error('must not be read') },
        [trackedFace(5)],
      );
      world
        .cold('a|')
        .pipe(map(item), operator)
        .subscribe(({ frame, faces }) => {
          frame?.[Symbol.dispose]();
          for (const { quality, face } of faces) seen.push(quality.verdict, face && 'cut');
        });
      world.flush();
      assert.deepEqual(reasons, ['interEyeDistance']);
      assert.deepEqual(seen, ['reject', null]);
    });
  });

  it('cuts faces with their landmarks in the cut’s own pixels', () => {
    runMarbles((world) => {
      const tracked = { ...detectedFace({ x: 200, y: 150 }, 20), trackId: 't', hits: 1 };
      const { item, operator } = underTest(world, {}, { width: 400, height: 300 }, [tracked]);
      let checked = false;
      world
        .cold('a|')
        .pipe(map(item), operator)
        .subscribe(({ frame, faces: [graded] }) => {
          frame?.[Symbol.dispose]();
          assert.ok(graded?.face);
          const { image, landmarks } = graded.face;
          assert.ok(image.width >= 3.63 * 20 && image.width <= 5 * 20, String(image.width));
          const eyes = landmarks[1].x - landmarks[0].x;
          assert.ok(Math.abs(eyes - 20) < 0.01);
          assert.ok(
            landmarks.every(({ x, y }) => x > 0 && y > 0 && x < image.width && y < image.height),
          );
          checked = true;
        });
      world.flush();
      assert.ok(checked);
    });
  });

  it('leaves a face out that cannot be read, tells why, and keeps the frame till all is read', () => {
    runMarbles((world) => {
      const error = new Error('lost picture');
      const told: unknown[] = [];
      const { item, operator, show } = underTest(
        world,
        { onError: (each) => told.push(each) },
        { readMs: 2, readError: error },
      );
      const result = world.cold('a---|').pipe(map(item), operator, map(show));
      world.expectObservable(result).toBe('--a-|');
      world.flush();
      assert.deepEqual(told, [error, error]);
    });
  });

  it('fails with the picture where nobody is told', () => {
    runMarbles((world) => {
      const error = new Error('lost picture');
      const { item, operator, show } = underTest(world, {}, { readMs: 2, readError: error });
      const result = world.cold('a---|').pipe(map(item), operator, map(show));
      world.expectObservable(result).toBe('--#', undefined, error);
    });
  });

  it('drops frames beyond its capacity, but never the end of a track', () => {
    runMarbles((world) => {
      const { operator } = underTest(world, { concurrency: 1, capacity: 1 });
      const source = world.cold('(abc|)');
      const result = source.pipe(
        map(
          (letter): TrackedFrame => ({
            frame: world.frame({ readMs: 3 }),
            faces: [trackedFace(10)],
            ended: letter === 'b' ? [endedTrack('gone')] : [],
          }),
        ),
        operator,
        map(({ frame, ended }) => {
          frame?.[Symbol.dispose]();
          return `${frame ? 'frame' : 'none'} ${ended.length}`;
        }),
      );
      world.expectObservable(result).toBe('---(ab|)', { a: 'frame 0', b: 'none 1' });
      world.flush();
      assert.deepEqual(world.drops(), { busy: 2 });
    });
  });
});
