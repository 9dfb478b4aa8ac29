// Over 300 lines: one rule after the other of one choice, in a notation that all cases share.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { map } from 'rxjs';
import type { GradedFace, GradedFrame } from '../../../src/domain/graded-face.ts';
import type { TrackEvent } from '../../../src/domain/keyframe.ts';
import type { TrackNote } from '../../../src/domain/track.ts';
import {
  type SelectKeyframesOptions,
  selectKeyframes,
} from '../../../src/operators/select-keyframes.ts';
import { TrackMarks } from '../../../src/operators/track-marks.ts';
import { type FrameOptions, type MarbleWorld, runMarbles } from '../../support/marbles.ts';
import { itKeepsTheContract } from '../../support/marbles-contract.ts';
import { endedTrack, gradedFace, qualityOf } from '../../support/marbles-faces.ts';

/** Every item shows a new track's first acceptable face, the track named by the letter. */
function underTest(
  world: MarbleWorld,
  options: SelectKeyframesOptions = {},
  frameOptions: FrameOptions = {},
) {
  return {
    item: (letter: string): GradedFrame => ({
      frame: world.frame(frameOptions),
      faces: [gradedFace(letter, qualityOf(60))],
      ended: [],
    }),
    operator: selectKeyframes(options),
    show: (event: TrackEvent): string =>
      event.kind === 'keyframe' ? event.keyframe.trackId : 'ended',
  };
}

interface Step {
  /** Media time, milliseconds. */
  readonly at: number;
  readonly faces?: readonly GradedFace[];
  readonly ended?: readonly string[];
}

/** What comes of the steps: `time track score` a keyframe, `ended track`. */
function noteOf(note: TrackNote): string {
  return note.kind === 'seen'
    ? `${note.seen.at} ${note.seen.trackId} seen`
    : `ended ${note.track.trackId}`;
}

function choose(steps: readonly Step[], options: SelectKeyframesOptions = {}): string[] {
  const events: string[] = [];
  runMarbles((world) => {
    const source = world.cold(`(${steps.map((_, index) => index).join('')}|)`);
    source
      .pipe(
        map((index): GradedFrame => {
          const step = steps[Number(index)] as Step;
          return {
            frame: world.frame({ mediaTime: step.at, capturedMonotonic: step.at }),
            faces: step.faces ?? [],
            ended: (step.ended ?? []).map(endedTrack),
          };
        }),
        selectKeyframes(options),
      )
      .subscribe((event) => {
        events.push(
          event.kind !== 'keyframe'
            ? noteOf(event)
            : `${event.keyframe.mediaTime} ${event.keyframe.trackId} ${event.keyframe.quality.score}${event.keyframe.isCheck ? ' check' : ''}`,
        );
      });
    world.flush();
    assert.equal(world.ledger.live, 0);
    assert.deepEqual(world.drops(), {});
  });
  return events;
}

const good = (score: number, yaw = 0): GradedFace =>
  gradedFace('t', qualityOf(score, 'accept', yaw));
const held = (score: number): GradedFace => gradedFace('t', qualityOf(score, 'hold'));
const bad = gradedFace('t', qualityOf(1, 'reject'));

describe('selectKeyframes', () => {
  itKeepsTheContract<GradedFrame, TrackEvent>({
    asynchronous: true,
    create: (world, workMs) => underTest(world, {}, { readMs: workMs }),
    createBroken: (world, fault) =>
      underTest(
        world,
        {
          onError: () => {
            throw fault;
          },
        },
        { readError: new Error('any') },
      ),
  });

  it('takes the first acceptable face at once, then only clearly better ones', () => {
    assert.deepEqual(
      choose([
        { at: 0, faces: [bad] },
        { at: 500, faces: [good(50)] },
        { at: 1_000, faces: [good(55)] },
        { at: 1_500, faces: [good(60)] },
        { at: 2_000, faces: [good(65)] },
      ]),
      ['500 t 50', '1500 t 60'],
    );
  });

  it('takes the next acceptable face where the last one was rejected as none', () => {
    const rejected = new TrackMarks();
    rejected.add('t');
    const frames = [50, 50, 50].map((score, i) => ({ at: 500 * i, faces: [good(score)] }));
    assert.deepEqual(choose(frames, { rejected }), ['0 t 50', '500 t 50']);
  });

  it('takes a different pose that is no better', () => {
    assert.deepEqual(
      choose([
        { at: 0, faces: [good(50)] },
        { at: 500, faces: [good(50, 15)] },
        { at: 1_000, faces: [good(50, 25)] },
        { at: 1_500, faces: [good(50, 26)] },
        { at: 2_000, faces: [good(50, -22)] },
      ]),
      ['0 t 50', '1000 t 50', '2000 t 50'],
    );
  });

  it('keeps the least interval and the greatest number', () => {
    assert.deepEqual(
      choose(
        [10, 20, 30, 40, 50, 60].map((score, index) => ({ at: 200 * index, faces: [good(score)] })),
        { maxPerTrack: 2 },
      ),
      ['0 t 10', '400 t 30'],
    );
  });

  it('checks now and then who is shown, each time after twice as long', () => {
    const steps = Array.from({ length: 8 }, (_, at) => ({ at: at * 4_000, faces: [good(60)] }));
    const chosen = choose(steps, { noteEvery: 1e9 });
    assert.deepEqual(chosen, ['0 t 60', '4000 t 60 check', '12000 t 60 check', '28000 t 60 check']);
  });

  it('checks a track that has all its keyframes, with acceptable faces alone', () => {
    const steps = [
      { at: 0, faces: [good(50)] },
      { at: 4_000, faces: [held(40)] },
      { at: 4_100, faces: [good(90)] },
    ];
    assert.deepEqual(choose(steps, { maxPerTrack: 1, noteEvery: 1e9 }), [
      '0 t 50',
      '4100 t 90 check',
    ]);
  });

  it('starts from the beginning where another person is shown', () => {
    const split = new TrackMarks();
    split.add('t');
    const steps = [
      { at: 0, faces: [good(60)] },
      { at: 500, faces: [good(50)] },
      { at: 1_000, faces: [good(50)] },
    ];
    assert.deepEqual(choose(steps, { maxPerTrack: 1, split }), ['0 t 60', '500 t 50']);
  });

  it('lets the best held face go when its track ends without an acceptable one', () => {
    assert.deepEqual(
      choose([
        { at: 0, faces: [held(10)] },
        { at: 200, faces: [held(30)] },
        { at: 400, faces: [held(20)] },
        { at: 600, ended: ['t'] },
      ]),
      ['200 t 30', 'ended t'],
    );
  });

  it('lets a held face go after a second', () => {
    assert.deepEqual(
      choose([
        { at: 0, faces: [held(10)] },
        { at: 900, faces: [held(12)] },
        { at: 1_000, faces: [held(12)] },
        { at: 1_200, faces: [held(40)] },
        { at: 1_400, faces: [good(50)] },
        { at: 1_600, ended: ['t'] },
      ]),
      ['0 t 10', '1400 t 50', 'ended t'],
    );
  });

  it('forgets the held face when an acceptable one comes', () => {
    assert.deepEqual(
      choose([
        { at: 0, faces: [held(10)] },
        { at: 200, faces: [good(50)] },
        { at: 2_000, faces: [], ended: ['t'] },
      ]),
      ['200 t 50', 'ended t'],
    );
  });

  it('chooses for each track on its own, from one scene', () => {
    assert.deepEqual(
      choose([
        { at: 0, faces: [good(50), gradedFace('u', qualityOf(40))] },
        { at: 500, faces: [gradedFace('u', qualityOf(60))], ended: ['t'] },
      ]),
      ['0 t 50', '0 u 40', '500 u 60', 'ended t'],
    );
  });

  it('passes on the end of tracks that came without a frame, after the held face', () => {
    runMarbles((world) => {
      const source = world.cold('a-(b|)');
      const result = source.pipe(
        map(
          (letter): GradedFrame =>
            letter === 'a'
              ? { frame: world.frame(), faces: [held(10)], ended: [] }
              : { frame: null, faces: [], ended: [endedTrack('t')] },
        ),
        selectKeyframes(),
        map(({ kind }) => kind),
      );
      world.expectObservable(result).toBe('--(ke|)', { k: 'keyframe', e: 'ended' });
    });
  });

  it('numbers the keyframes and carries what was seen', () => {
    runMarbles((world) => {
      const seen: unknown[] = [];
      world
        .cold('a 500ms b|')
        .pipe(
          map(
            (letter): GradedFrame => ({
              frame: world.frame(),
              faces: [good(letter === 'a' ? 50 : 70)],
              ended: [],
            }),
          ),
          selectKeyframes(),
        )
        .subscribe((event) => {
          assert.equal(event.kind, 'keyframe');
          if (event.kind !== 'keyframe') return;
          const { ordinal, sequence, cameraId, frameWidth, frameHeight, scene } = event.keyframe;
          seen.push([ordinal, sequence, cameraId, frameWidth, frameHeight, [...scene]]);
          assert.ok(Math.abs(event.keyframe.interEyeDistance - 10) < 0.01);
        });
      world.flush();
      assert.deepEqual(seen, [
        [0, 0, 'cam', 64, 48, [0xff, 0xd8]],
        [1, 1, 'cam', 64, 48, [0xff, 0xd8]],
      ]);
    });
  });

  it('loses the keyframes of a scene that cannot be made, not the tracks that ended', () => {
    runMarbles((world) => {
      const error = new Error('no encoder');
      const told: unknown[] = [];
      const source = world.cold('a|');
      const result = source.pipe(
        map(
          (): GradedFrame => ({
            frame: world.frame({ readError: error }),
            faces: [good(50)],
            ended: [endedTrack('gone')],
          }),
        ),
        selectKeyframes({ onError: (each) => told.push(each) }),
        map(({ kind }) => kind),
      );
      world.expectObservable(result).toBe('e|', { e: 'ended' });
      world.flush();
      assert.deepEqual(told, [error]);
      assert.deepEqual(world.drops(), { failed: 1 });
    });
  });

  it('drops frames beyond its capacity, but never the end of a track', () => {
    runMarbles((world) => {
      const source = world.cold('(abc|)');
      const result = source.pipe(
        map(
          (letter): GradedFrame => ({
            frame: world.frame({ readMs: 2 }),
            faces: [gradedFace(letter, qualityOf(50))],
            ended: letter === 'c' ? [endedTrack('gone')] : [],
          }),
        ),
        selectKeyframes({ capacity: 1 }),
        map((event) => (event.kind === 'keyframe' ? event.keyframe.trackId : event.kind)),
      );
      world.expectObservable(result).toBe('--(ae|)', { a: 'a', e: 'ended' });
      world.flush();
      assert.deepEqual(world.drops(), { busy: 2 });
    });
  });

  it('refuses nonsense', () => {
    assert.throws(() => selectKeyframes({ maxPerTrack: 0 }), RangeError);
  });

  it('notes once a second where a track with a keyframe is, however poor its face', () => {
    const poor = gradedFace('a', qualityOf(10, 'reject'));
    const steps = [{ faces: [gradedFace('a', qualityOf(60))] }];
    for (let at = 0; at < 5; at += 1) steps.push({ faces: [poor, gradedFace('b', poor.quality)] });
    runMarbles((world) => {
      const places: unknown[] = [];
      world
        .cold(`${steps.map((_, index) => index).join(' 500ms ')}|`)
        .pipe(
          map(
            (index): GradedFrame => ({
              frame: world.frame({ mediaTime: Number(index) * 501 }),
              faces: steps[Number(index)]?.faces ?? [],
              ended: [],
            }),
          ),
          selectKeyframes(),
        )
        .subscribe((event) => {
          if (event.kind === 'seen') places.push([event.seen.trackId, event.seen.place.x]);
        });
      world.flush();
      assert.deepEqual(places, [
        ['a', poor.box.x / 64],
        ['a', poor.box.x / 64],
      ]);
    });
  });
});
