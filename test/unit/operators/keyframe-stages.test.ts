// Over 300 lines: four stages of one shape, held to the same contract by the same fixtures.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { map } from 'rxjs';
import type { Embedder } from '../../../src/domain/face-models.ts';
import { alignedTemplate112 } from '../../../src/domain/geometry/landmarks.ts';
import type { RgbImage } from '../../../src/domain/image/image.ts';
import type {
  EmbeddedKeyframe,
  EnhancedKeyframe,
  FusedKeyframe,
  TrackEvent,
} from '../../../src/domain/keyframe.ts';
import { align } from '../../../src/operators/align.ts';
import { Backlog } from '../../../src/operators/backlog.ts';
import { embed } from '../../../src/operators/embed.ts';
import { enhance } from '../../../src/operators/enhance.ts';
import { fuse } from '../../../src/operators/fuse.ts';
import { type MarbleWorld, runMarbles } from '../../support/marbles.ts';
import { itKeepsTheContract } from '../../support/marbles-contract.ts';
import { endedTrack, fusedKeyframe } from '../../support/marbles-faces.ts';
import { checkerboard } from '../../support/marbles-picture.ts';

const failure = new Error('service');
const picture: RgbImage = checkerboard(112, 112);
const raw = { vector: Float32Array.of(1, 0), recognisability: 0.5 };
const enhanced = { vector: Float32Array.of(0, 1), recognisability: 0.8 };

/** A letter is a keyframe of the track so named; upper case ends that track. */
function eventOf(letter: string, changes: Partial<FusedKeyframe> = {}): TrackEvent<FusedKeyframe> {
  const trackId = letter.toLowerCase();
  return letter === trackId
    ? { kind: 'keyframe', keyframe: fusedKeyframe(trackId, 0, changes) }
    : { kind: 'ended', track: endedTrack(trackId) };
}

function letterOf(event: TrackEvent): string {
  if (event.kind === 'seen') return event.seen.trackId;
  return event.kind === 'ended' ? event.track.trackId.toUpperCase() : event.keyframe.trackId;
}

function embedderOf(world: MarbleWorld, ms: number): Embedder {
  return {
    model: 'test',
    embed: () => world.later(ms, raw),
    embedEnhanced: () => world.later(ms, enhanced),
  };
}

describe('align', () => {
  itKeepsTheContract<TrackEvent, TrackEvent>({
    asynchronous: true,
    create: (world, workMs) => ({
      item: eventOf,
      operator: align({ aligner: { align: () => world.later(workMs, alignedTemplate112) } }),
      show: letterOf,
    }),
    createBroken: (world, fault) => ({
      item: eventOf,
      operator: align({
        aligner: { align: () => world.failing(0, failure) },
        onError: () => {
          throw fault;
        },
      }),
      show: letterOf,
    }),
  });

  it('moves the landmarks of the picture alone, and leaves them where it fails', () => {
    runMarbles((world) => {
      const failures: unknown[] = [];
      const answers = [world.later(0, alignedTemplate112), world.failing(0, failure)];
      const before = eventOf('a');
      assert.equal(before.kind, 'keyframe');
      const seen: TrackEvent[] = [];
      world
        .cold('(ab|)')
        .pipe(
          map((letter) => eventOf(letter)),
          align({
            aligner: { align: () => answers.shift() ?? world.later(0, alignedTemplate112) },
            onError: (error) => failures.push(error),
          }),
        )
        .subscribe((event) => seen.push(event));
      world.flush();
      const [moved, kept] = seen.map((event) =>
        event.kind === 'keyframe' ? event.keyframe : null,
      );
      assert.ok(moved && kept);
      assert.deepEqual(moved.face.landmarks, alignedTemplate112);
      assert.deepEqual(moved.landmarks, before.keyframe.landmarks);
      assert.deepEqual(kept.face.landmarks, before.keyframe.face.landmarks);
      assert.deepEqual([moved.alignmentFailed, kept.alignmentFailed], [undefined, true]);
      assert.deepEqual(failures, [failure]);
    });
  });
});

describe('enhance', () => {
  itKeepsTheContract<TrackEvent, TrackEvent<EnhancedKeyframe>>({
    asynchronous: true,
    create: (world, workMs) => ({
      item: eventOf,
      operator: enhance({ enhancer: { enhance: () => world.later(workMs, picture) } }),
      show: letterOf,
    }),
    createBroken: (world, fault) => ({
      item: eventOf,
      operator: enhance({
        enhancer: { enhance: () => world.failing(0, failure) },
        onError: () => {
          throw fault;
        },
      }),
      show: letterOf,
    }),
  });

  it('lets a keyframe go on with its recorded face where enhancement fails', () => {
    runMarbles((world) => {
      const told: unknown[] = [];
      const answers = [world.later(0, picture), world.failing(0, failure), world.later(0, null)];
      const images: unknown[] = [];
      const failed: unknown[] = [];
      world
        .cold('(abc|)')
        .pipe(
          map((letter) => eventOf(letter)),
          enhance({
            enhancer: { enhance: () => answers.shift() ?? world.later(0, null) },
            onError: (error) => told.push(error),
          }),
        )
        .subscribe((event) => {
          if (event.kind !== 'keyframe') return;
          images.push(event.keyframe.enhancedImage);
          failed.push(event.keyframe.enhancementFailed ?? false);
        });
      world.flush();
      assert.deepEqual(images, [picture, null, null]);
      assert.deepEqual(failed, [false, true, false]);
      assert.deepEqual(told, [failure]);
    });
  });

  it('keeps the order within a track, and lets other tracks overtake', () => {
    runMarbles((world) => {
      const times = [5, 1, 1];
      const source = world.cold('(abA|)');
      const result = source.pipe(
        map((letter) => eventOf(letter)),
        enhance({ enhancer: { enhance: () => world.later(times.shift() ?? 0, picture) } }),
        map(letterOf),
      );
      world.expectObservable(result).toBe('-b---(aA|)');
      world.expectSubscriptions(source.subscriptions).toBe('(^!)');
    });
  });

  it('drops keyframes beyond its capacity, never the end of a track', () => {
    runMarbles((world) => {
      const dropped: string[] = [];
      const source = world.cold('(abcA|)');
      const result = source.pipe(
        map((letter) => eventOf(letter)),
        enhance({
          enhancer: { enhance: () => world.later(2, picture) },
          concurrency: 1,
          capacity: 2,
          onDropped: ({ trackId }) => dropped.push(trackId),
        }),
        map(letterOf),
      );
      world.expectObservable(result).toBe('--a-(bA|)');
      world.flush();
      assert.deepEqual(dropped, ['c']);
    });
  });

  it('counts what it holds, and gives it back at tear-down', () => {
    runMarbles((world) => {
      const backlog = new Backlog();
      const sizes: number[] = [];
      const source = world.cold('ab--');
      const result = source.pipe(
        map((letter) => eventOf(letter)),
        enhance({
          enhancer: { enhance: () => world.later(3, picture) },
          concurrency: 1,
          backlog,
        }),
        map(letterOf),
      );
      world.at(2, () => sizes.push(backlog.size));
      world.at(4, () => sizes.push(backlog.size));
      world.at(9, () => sizes.push(backlog.size));
      world.expectObservable(result, '^----!').toBe('---a');
      world.flush();
      assert.deepEqual(sizes, [2, 1, 0]);
    });
  });
});

describe('embed', () => {
  const item = (letter: string): TrackEvent<FusedKeyframe> =>
    eventOf(letter, { enhancedImage: picture });

  itKeepsTheContract<TrackEvent<EnhancedKeyframe>, TrackEvent<EmbeddedKeyframe>>({
    asynchronous: true,
    create: (world, workMs) => ({
      item,
      operator: embed({ embedder: embedderOf(world, workMs) }),
      show: letterOf,
    }),
    createBroken: (world, fault) => ({
      item,
      operator: embed({
        embedder: { ...embedderOf(world, 0), embed: () => world.failing(0, failure) },
        onError: () => {
          throw fault;
        },
      }),
      show: letterOf,
    }),
  });

  it('embeds recorded and enhanced face, and lets the recogniser speak on quality', () => {
    runMarbles((world) => {
      const seen: EmbeddedKeyframe[] = [];
      world
        .cold('(ab|)')
        .pipe(
          map((letter) => eventOf(letter, { enhancedImage: letter === 'a' ? picture : null })),
          embed({ embedder: embedderOf(world, 1) }),
        )
        .subscribe((event) => {
          if (event.kind === 'keyframe') seen.push(event.keyframe);
        });
      world.flush();
      assert.deepEqual(
        seen.map((keyframe) => [keyframe.model, keyframe.raw, keyframe.enhanced]),
        [
          ['test', raw, enhanced],
          ['test', raw, null],
        ],
      );
      assert.deepEqual(seen[0]?.quality.components.recognisability, { raw: 0.5, score: 50 });
    });
  });

  it('drops what the recogniser takes for no face, and says so', () => {
    runMarbles((world) => {
      const rejected: string[] = [];
      const answers = [0.1, 0.3].map((recognisability) => ({ ...raw, recognisability }));
      const embedder: Embedder = {
        ...embedderOf(world, 0),
        rejectBelow: 0.2,
        embed: () => world.later(0, answers.shift() ?? raw),
      };
      const source = world.cold('(abAB|)');
      const result = source.pipe(
        map((letter) => eventOf(letter, { enhancedImage: null })),
        embed({ embedder, onRejected: ({ trackId }) => rejected.push(trackId) }),
        map(letterOf),
      );
      world.expectObservable(result).toBe('(bAB|)');
      world.flush();
      assert.deepEqual(rejected, ['a']);
    });
  });

  it('drops a keyframe that cannot be embedded and goes on', () => {
    runMarbles((world) => {
      const told: unknown[] = [];
      const embedder: Embedder = {
        ...embedderOf(world, 0),
        embedEnhanced: () => world.failing(0, failure),
      };
      const source = world.cold('(abAB|)');
      const result = source.pipe(
        map((letter) => eventOf(letter, { enhancedImage: letter === 'a' ? picture : null })),
        embed({ embedder, onError: (error) => told.push(error) }),
        map(letterOf),
      );
      world.expectObservable(result).toBe('(bAB|)');
      world.flush();
      assert.deepEqual(told, [failure]);
    });
  });
});

describe('fuse', () => {
  const item = (letter: string): TrackEvent<FusedKeyframe> => eventOf(letter, { enhanced });
  const fused = Float32Array.of(0.6, 0.8);

  itKeepsTheContract<TrackEvent<EmbeddedKeyframe>, TrackEvent<FusedKeyframe>>({
    asynchronous: true,
    create: (world, workMs) => ({
      item,
      operator: fuse({
        fuser: { fuse: () => world.later(workMs, { fused, gate: 0.4, weight: 2 }) },
      }),
      show: letterOf,
    }),
    createBroken: (world, fault) => ({
      item,
      operator: fuse({
        fuser: { fuse: () => world.failing(0, failure) },
        onError: () => {
          throw fault;
        },
      }),
      show: letterOf,
    }),
  });

  it('fuses and weighs every keyframe; a failure leaves the recorded face, unweighed', () => {
    runMarbles((world) => {
      const told: unknown[] = [];
      const seen: unknown[] = [];
      const asked: unknown[] = [];
      const answers = [
        world.later(0, { fused, gate: 0.4, weight: 2 }),
        world.failing<never>(0, failure),
        world.later(0, { fused: raw.vector, gate: 1, weight: 0.5 }),
      ];
      world
        .cold('(abc|)')
        .pipe(
          map((letter) => eventOf(letter, { enhanced: letter === 'c' ? null : enhanced })),
          fuse({
            fuser: {
              fuse(face) {
                asked.push([face.raw, face.enhanced, face.interEyeDistance]);
                return answers.shift() ?? assert.fail('asked once too often');
              },
            },
            onError: (error) => told.push(error),
          }),
        )
        .subscribe((event) => {
          if (event.kind !== 'keyframe') return;
          const { fused: vector, gate, weight } = event.keyframe;
          seen.push([vector, gate, weight]);
        });
      world.flush();
      assert.deepEqual(seen, [
        [fused, 0.4, 2],
        [raw.vector, 1, null],
        [raw.vector, 1, 0.5],
      ]);
      assert.deepEqual(asked, [
        [raw, enhanced, 10],
        [raw, enhanced, 10],
        [raw, null, 10],
      ]);
      assert.deepEqual(told, [failure]);
    });
  });
});
