import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { map } from 'rxjs';
import type { DetectedFrame, Detector } from '../../../src/domain/detection.ts';
import { NightglassError } from '../../../src/domain/errors.ts';
import type { Frame } from '../../../src/domain/frame/frame.ts';
import type { WatchedFrame } from '../../../src/domain/motion.ts';
import { PartShare } from '../../../src/domain/part-share.ts';
import { CloserLooks } from '../../../src/operators/closer-looks.ts';
import { detect } from '../../../src/operators/detect.ts';
import { RecentFaces } from '../../../src/operators/recent-faces.ts';
import { type MarbleWorld, runMarbles } from '../../support/marbles.ts';
import { itKeepsTheContract } from '../../support/marbles-contract.ts';
import { detectedFace } from '../../support/marbles-faces.ts';
import { watched } from '../../support/watched-frame.ts';

const face = detectedFace({ x: 20, y: 20 });

/** Names frames by letter and shows what comes out. */
function letters(world: MarbleWorld): {
  item(letter: string): WatchedFrame;
  show(out: DetectedFrame): string;
} {
  const names = new Map<Frame, string>();
  return {
    item(letter) {
      const frame = world.frame();
      names.set(frame, letter);
      return watched(frame);
    },
    show({ frame }) {
      frame[Symbol.dispose]();
      return names.get(frame) ?? '?';
    },
  };
}

/** A detector that takes the given times in turn, or fails where an error stands. */
function detectorOf(
  world: MarbleWorld,
  answers: readonly (number | [number, unknown])[],
): Detector {
  let turn = 0;
  return {
    detect() {
      const answer = answers[turn++ % answers.length] ?? 0;
      return typeof answer === 'number' ? world.later(answer, [face]) : world.failing(...answer);
    },
  };
}

describe('detect', () => {
  itKeepsTheContract<WatchedFrame, DetectedFrame>({
    asynchronous: true,
    create: (world, workMs) => ({
      ...letters(world),
      operator: detect({ detector: detectorOf(world, [workMs]) }),
    }),
    createBroken: (world, fault) => ({
      ...letters(world),
      operator: detect({
        detector: detectorOf(world, [[0, new Error('any')]]),
        onError: () => {
          throw fault;
        },
      }),
    }),
  });

  it('keeps the order of the frames where a later one is done first', () => {
    runMarbles((world) => {
      const { item, show } = letters(world);
      const source = world.cold('ab---|');
      const result = source.pipe(
        map((letter) => item(letter)),
        detect({ detector: detectorOf(world, [5, 1]) }),
        map((out) => show(out)),
      );
      world.expectObservable(result).toBe('-----(ab|)');
    });
  });

  it('leaves faces below the least score out', () => {
    runMarbles((world) => {
      const scores = [0.9, 0.3, 0.29];
      const detector: Detector = {
        detect: () =>
          world.later(
            0,
            scores.map((score) => ({ ...face, score })),
          ),
      };
      const source = world.cold('a|');
      const result = world.frames(source).pipe(
        map((frame) => watched(frame)),
        detect({ detector, minScore: 0.3 }),
        map(({ frame, faces }) => {
          frame[Symbol.dispose]();
          return faces.map(({ score }) => score);
        }),
      );
      world.expectObservable(result).toBe('a|', { a: [0.9, 0.3] });
    });
  });

  it('drops the frame of a failed detection, tells why, and goes on', () => {
    const failures = [
      new NightglassError('INFERENCE_OVERLOADED', 'full'),
      new NightglassError('INFERENCE_TIMEOUT', 'late'),
      new NightglassError('INFERENCE_WORKER_LOST', 'gone'),
      new NightglassError('INFERENCE_CLOSED', 'closed'),
    ];
    runMarbles((world) => {
      const { item, show } = letters(world);
      const told: unknown[] = [];
      const source = world.cold('  abcde|');
      const expected = '           ----e|';
      const result = source.pipe(
        map((letter) => item(letter)),
        detect({
          detector: detectorOf(world, [
            ...failures.map((error): [number, unknown] => [0, error]),
            0,
          ]),
          onError: (error) => told.push(error),
        }),
        map((out) => show(out)),
      );
      world.expectObservable(result).toBe(expected);
      world.expectSubscriptions(source.subscriptions).toBe('^----!');
      world.flush();
      assert.deepEqual(told, failures);
      assert.deepEqual(world.drops(), { busy: 2, failed: 1, shutdown: 1 });
    });
  });

  it('takes a detector that throws at once like one that fails', () => {
    runMarbles((world) => {
      const told: unknown[] = [];
      const error = new TypeError('no session');
      const source = world.cold('a|');
      const result = world.frames(source).pipe(
        map((frame) => watched(frame)),
        detect({
          detector: {
            detect() {
              throw error;
            },
          },
          onError: (each) => told.push(each),
        }),
      );
      world.expectObservable(result).toBe('-|');
      world.flush();
      assert.deepEqual(told, [error]);
    });
  });

  it('fails with the detector where nobody is told', () => {
    runMarbles((world) => {
      const error = new NightglassError('INFERENCE_TIMEOUT', 'late');
      const source = world.cold('a-b');
      const result = world.frames(source).pipe(
        map((frame) => watched(frame)),
        detect({ detector: detectorOf(world, [[1, error]]) }),
      );
      world.expectObservable(result).toBe('-#', undefined, error);
      world.expectSubscriptions(source.subscriptions).toBe('^!');
    });
  });

  it('drops frames beyond its capacity', () => {
    runMarbles((world) => {
      const { item, show } = letters(world);
      const source = world.cold('  (abcd)|');
      const result = source.pipe(
        map((letter) => item(letter)),
        detect({ detector: detectorOf(world, [3]), concurrency: 1, capacity: 2 }),
        map((out) => show(out)),
      );
      world.expectObservable(result).toBe('---a--(b|)');
      world.flush();
      assert.deepEqual(world.drops(), { busy: 2 });
    });
  });

  it('finds nothing in a frame in which nothing moves, without asking the detector', () => {
    runMarbles((world) => {
      let asked = 0;
      const detector: Detector = {
        detect() {
          asked += 1;
          return world.later(0, [face]);
        },
      };
      const recent = new RecentFaces(100);
      const source = world.cold('sm|');
      const result = source.pipe(
        map((name) => watched(world.frame(), name === 's' ? 'still' : 'motion')),
        detect({ detector, recent }),
        map(({ frame, faces, look }) => {
          frame[Symbol.dispose]();
          return `${look} ${faces.length} ${recent.hold(50)}`;
        }),
      );
      world.expectObservable(result).toBe('sm|', { s: 'still 0 false', m: 'motion 1 true' });
      world.flush();
      assert.equal(asked, 1);
    });
  });

  it('leaves out faces that are not wanted, and does not remember them', () => {
    runMarbles((world) => {
      const recent = new RecentFaces(100);
      const detector = detectorOf(world, [0]);
      const source = world.cold('a|');
      const result = world.frames(source).pipe(
        map((frame) => watched(frame)),
        detect({ detector, recent, wanted: () => false }),
        map(({ frame, faces }) => {
          frame[Symbol.dispose]();
          return faces.length;
        }),
      );
      world.expectObservable(result).toBe('a|', { a: 0 });
      world.flush();
      assert.equal(recent.hold(0), false);
    });
  });

  it('releases the frame where deciding about a face fails', () => {
    runMarbles((world) => {
      const fault = new Error('no zone');
      const source = world.cold('a-');
      const result = world.frames(source).pipe(
        map((frame) => watched(frame)),
        detect({
          detector: detectorOf(world, [0]),
          wanted: () => {
            throw fault;
          },
        }),
      );
      world.expectObservable(result).toBe('#', undefined, fault);
      world.flush();
      assert.deepEqual(world.drops(), { failed: 1 });
    });
  });

  it('looks closer where something moves in a large picture, and gives the room for it back', () => {
    runMarbles((world) => {
      const share = new PartShare({ total: 1, clock: world.clock });
      const parts: number[] = [];
      const answers = detectorOf(world, [1, [1, new NightglassError('INFERENCE_TIMEOUT', 'late')]]);
      const detector: Detector = {
        detect(picture, closer = []) {
          parts.push(closer.length);
          return answers.detect(picture);
        },
      };
      const closer = new CloserLooks({
        ...{ cameraId: 'cam', inputSize: 640, limit: 4, holdFor: 100, share },
      });
      const moving = [{ x: 1000, y: 500, width: 40, height: 120 }];
      const source = world.cold('a--b--c|');
      const result = source.pipe(
        map(() => ({ ...watched(world.frame({ width: 1920, height: 1080 }), 'motion'), moving })),
        detect({ detector, closer, onError: () => undefined }),
        map(({ frame }) => {
          frame[Symbol.dispose]();
          return 'x';
        }),
      );
      world.expectObservable(result).toBe('-x-----(x|)');
      world.flush();
      assert.deepEqual(parts, [1, 1, 1]);
    });
  });

  it('refuses nonsense', () => {
    const detector: Detector = { detect: async () => [] };
    assert.throws(() => detect({ detector, concurrency: 0 }), RangeError);
    assert.throws(() => detect({ detector, concurrency: 4, capacity: 2 }), RangeError);
  });
});
