import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { DetectedFace } from '../../../../src/domain/detection.ts';
import { Tracker, type TrackerOptions } from '../../../../src/operators/tracking/tracker.ts';
import { detectedFace } from '../../../support/marbles-faces.ts';

/** Where a person's face is at a time in seconds; null while hidden. */
type Path = (seconds: number) => { x: number; y: number; eyes?: number } | null;

function createTracker(changes: Partial<TrackerOptions> = {}): Tracker {
  let count = 0;
  return new Tracker({
    cameraId: 'cam',
    startScore: 0.5,
    sureScore: 0.7,
    minHits: 2,
    maxUnseen: 2_000,
    maxTracks: 64,
    createTrackId: () => `t${count++}`,
    ...changes,
  });
}

/** A generator of the same numbers every time, 0..1 (mulberry32). */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/**
 * Walks the people past a camera at `fps` with detector jitter and misses.
 * @returns of each person the track ids seen, in order, without repetition
 */
function walk(
  paths: readonly Path[],
  {
    seconds = 6,
    fps = 5,
    misses = 0,
    jitter = 0.06,
    seed = 1,
    looks = false,
    tracker = createTracker(),
  } = {},
): string[][] {
  const random = seeded(seed);
  const ids: string[][] = paths.map(() => []);
  for (let step = 0; step <= seconds * fps; step += 1) {
    const time = step / fps;
    const seen: { person: number; face: DetectedFace }[] = [];
    for (const [person, path] of paths.entries()) {
      const place = path(time);
      if (!place || random() < misses) continue;
      const eyes = place.eyes ?? 10;
      const shake = (): number => (random() - 0.5) * 2 * jitter * 2.7 * eyes;
      seen.push({
        person,
        face: detectedFace(
          { x: place.x + shake(), y: place.y + shake() },
          eyes * (1 + (random() - 0.5) * 0.1),
        ),
      });
    }
    const order = random() < 0.5 ? seen : seen.toReversed();
    const appearance = order.map(({ person }) =>
      looks ? Float32Array.from(paths, (_, index) => (index === person ? 1 : 0.2)) : null,
    );
    const { faces } = tracker.update(
      time * 1_000,
      time * 1_000,
      order.map(({ face }) => face),
      appearance,
    );
    for (const tracked of faces) {
      const who = order.find(({ face }) => face.landmarks === tracked.landmarks);
      const list = who && ids[who.person];
      if (list && list.at(-1) !== tracked.trackId) list.push(tracked.trackId);
    }
  }
  return ids;
}

/** Every person has one track, and no two the same. */
function assertOneTrackEach(ids: readonly string[][], message: string): void {
  assert.deepEqual(
    ids.map((list) => list.length),
    ids.map(() => 1),
    `${message}: ${JSON.stringify(ids)}`,
  );
  assert.equal(new Set(ids.flat()).size, ids.length, message);
}

describe('Tracker', () => {
  it('follows a walker at five frames a second whose boxes do not overlap', () => {
    // Faces of 24 x 30 pixels that move 30 pixels from one frame to the next.
    for (let seed = 1; seed <= 50; seed += 1) {
      assertOneTrackEach(walk([(t) => ({ x: 50 + 150 * t, y: 100 })], { seed }), `seed ${seed}`);
    }
  });

  it('keeps several faces apart', () => {
    const paths = [0, 1, 2, 3, 4, 5].map(
      (index): Path =>
        (t) => ({ x: 60 + 110 * index + 20 * Math.sin(t + index), y: 100 + 10 * index }),
    );
    for (let seed = 1; seed <= 50; seed += 1) {
      assertOneTrackEach(walk(paths, { seed, misses: 0.1 }), `seed ${seed}`);
    }
  });

  it('keeps two people apart who cross', () => {
    const paths: Path[] = [
      (t) => ({ x: 100 + 60 * t, y: 100 }),
      (t) => ({ x: 460 - 60 * t, y: 108 }),
    ];
    for (let seed = 1; seed <= 50; seed += 1) {
      assertOneTrackEach(walk(paths, { seed }), `seed ${seed}`);
    }
  });

  it('keeps them apart when the one hides the other', () => {
    const paths: Path[] = [
      (t) => ({ x: 100 + 60 * t, y: 100 }),
      (t) => (t > 2.6 && t < 3.4 ? null : { x: 460 - 60 * t, y: 108 }),
    ];
    for (let seed = 1; seed <= 50; seed += 1) {
      assertOneTrackEach(walk(paths, { seed }), `seed ${seed}`);
    }
  });

  it('takes a walker up again after two seconds behind a pillar', () => {
    const path: Path = (t) => (t > 2 && t < 3.9 ? null : { x: 50 + 60 * t, y: 100 });
    for (let seed = 1; seed <= 50; seed += 1) {
      assertOneTrackEach(walk([path], { seed }), `seed ${seed}`);
    }
  });

  it('takes a standing face up again that was turned away', () => {
    const path: Path = (t) => (t > 2 && t < 3.9 ? null : { x: 200, y: 100 });
    for (let seed = 1; seed <= 50; seed += 1) {
      assertOneTrackEach(walk([path], { seed }), `seed ${seed}`);
    }
  });

  it('bears with a detector that misses every third face', () => {
    const paths: Path[] = [
      (t) => ({ x: 100 + 50 * t, y: 100, eyes: 8 + t }),
      (t) => ({ x: 500 - 30 * t, y: 180 }),
    ];
    for (let seed = 1; seed <= 50; seed += 1) {
      assertOneTrackEach(walk(paths, { seed, misses: 0.33, seconds: 5 }), `seed ${seed}`);
    }
  });

  it('does not give a lost person’s track to another one of unlike appearance', () => {
    const paths: Path[] = [
      (t) => (t < 2 ? { x: 200, y: 100 } : null),
      (t) => (t > 3 ? { x: 205, y: 100 } : null),
    ];
    assertOneTrackEach(walk(paths, { looks: true }), 'with looks');
    const [first, second] = walk(paths);
    assert.deepEqual(first, second, 'place alone cannot tell');
  });

  it('ends a track that has not been seen for two seconds, and starts another', () => {
    const tracker = createTracker();
    const face = detectedFace({ x: 100, y: 100 });
    assert.equal(tracker.update(0, 5_000, [face]).faces[0]?.trackId, 't0');
    assert.deepEqual(tracker.update(2_000, 7_000, []).ended, []);
    assert.deepEqual(tracker.update(2_100, 7_100, [face]), {
      faces: [{ ...face, trackId: 't1', hits: 1 }],
      ended: [{ cameraId: 'cam', trackId: 't0', startedAt: 5_000, endedAt: 5_000, hits: 1 }],
    });
  });

  it('starts a doubtful face’s track at its second detection, a sure one’s at once', () => {
    const tracker = createTracker();
    const doubtful = detectedFace({ x: 100, y: 100 }, 10, 0.55);
    const sure = detectedFace({ x: 300, y: 100 }, 10, 0.8);
    assert.deepEqual(
      tracker.update(0, 0, [doubtful, sure]).faces.map(({ score }) => score),
      [0.8],
    );
    assert.deepEqual(
      tracker.update(200, 200, [doubtful, sure]).faces.map(({ hits }) => hits),
      [2, 2],
    );
  });

  it('lets a low score continue a track and never start one', () => {
    const tracker = createTracker();
    const low = detectedFace({ x: 100, y: 100 }, 10, 0.35);
    assert.deepEqual(tracker.update(0, 0, [low]).faces, []);
    assert.deepEqual(tracker.update(200, 200, [low]).faces, []);
    tracker.update(400, 400, [detectedFace({ x: 100, y: 100 })]);
    assert.equal(tracker.update(600, 600, [low]).faces[0]?.hits, 2);
  });

  it('says nothing of a false alarm’s end', () => {
    const tracker = createTracker();
    tracker.update(0, 0, [detectedFace({ x: 100, y: 100 }, 10, 0.55)]);
    assert.deepEqual(tracker.update(5_000, 5_000, []).ended, []);
    assert.deepEqual(tracker.endAll(), []);
  });

  it('has no more tracks than told: the longest unseen gives way', () => {
    const tracker = createTracker({ maxTracks: 2 });
    const at = (x: number): DetectedFace => detectedFace({ x, y: 100 });
    tracker.update(0, 0, [at(100), at(400)]);
    tracker.update(200, 200, [at(400)]);
    const { faces, ended } = tracker.update(400, 400, [at(400), at(700), at(1_000)]);
    assert.deepEqual(
      faces.map(({ trackId }) => trackId),
      ['t1', 't2'],
    );
    assert.deepEqual(
      ended.map(({ trackId }) => trackId),
      ['t0'],
    );
  });

  it('asks for looks where place alone does not tell', () => {
    const tracker = createTracker();
    const at = (x: number): DetectedFace => detectedFace({ x, y: 100 });
    const look = Float32Array.of(1);
    assert.equal(tracker.wantsAppearance(0, [at(100)]), true, 'a new face');
    tracker.update(0, 0, [at(100)], [look]);
    assert.equal(tracker.wantsAppearance(200, [at(100)]), false);
    assert.equal(tracker.wantsAppearance(1_200, [at(100)]), true, 'lost, or long not looked at');
    assert.equal(tracker.wantsAppearance(200, []), false);
  });
});
