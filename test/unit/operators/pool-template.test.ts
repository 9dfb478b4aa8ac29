import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { from, map, toArray } from 'rxjs';
import type { FusedKeyframe, TrackEvent } from '../../../src/domain/keyframe.ts';
import type { TemplateEvent, TrackTemplate } from '../../../src/domain/track-template.ts';
import { poolTemplate } from '../../../src/operators/pool-template.ts';
import { runMarbles } from '../../support/marbles.ts';
import { itKeepsTheContract } from '../../support/marbles-contract.ts';
import { endedTrack, fusedKeyframe, qualityOf } from '../../support/marbles-faces.ts';

function eventOf(keyframe: FusedKeyframe): TrackEvent<FusedKeyframe> {
  return { kind: 'keyframe', keyframe };
}

/** The templates that come of the keyframes. */
function pool(events: readonly TrackEvent<FusedKeyframe>[], maxTracks = 256): TrackTemplate[] {
  const templates: TrackTemplate[] = [];
  from(events)
    .pipe(poolTemplate({ maxTracks }))
    .subscribe((event) => {
      if (event.kind === 'template') templates.push(event.template);
    });
  return templates;
}

/** A keyframe whose embeddings point in the given direction. */
function turned(
  ordinal: number,
  degrees: number,
  changes: Partial<FusedKeyframe> = {},
): FusedKeyframe {
  const radians = (degrees * Math.PI) / 180;
  const vector = Float32Array.of(Math.cos(radians), Math.sin(radians));
  return fusedKeyframe('t', ordinal, {
    raw: { vector, recognisability: 0.5 },
    fused: vector,
    ...changes,
  });
}

function degreesOf([x = 0, y = 0]: Iterable<number>): number {
  return (Math.atan2(y, x) * 180) / Math.PI;
}

function assertNear(actual: number, expected: number): void {
  assert.ok(Math.abs(actual - expected) < 1e-4, `${actual} is not ${expected}`);
}

describe('poolTemplate', () => {
  it('tells how large the faces are, weighted as their embeddings', () => {
    const sized = (ordinal: number, interEyeDistance: number, weight: number) =>
      eventOf(turned(ordinal, 0, { interEyeDistance, weight }));
    const [one, two] = pool([sized(0, 8, 3), sized(1, 16, 1)]);
    assertNear(one?.interEyeDistance ?? 0, 8);
    assertNear(two?.interEyeDistance ?? 0, 10);
  });

  itKeepsTheContract<TrackEvent<FusedKeyframe>, TemplateEvent>({
    asynchronous: false,
    create: () => ({
      item: (letter) => eventOf(fusedKeyframe(letter)),
      operator: poolTemplate(),
      show: (event) => (event.kind === 'template' ? event.template.trackId : 'ended'),
    }),
    // It takes no callback: a keyframe that cannot be read is the nearest thing.
    createBroken: (_, fault) => ({
      item: (letter) =>
        eventOf({
          ...fusedKeyframe(letter),
          get quality(): never {
            throw fault;
          },
        }),
      operator: poolTemplate(),
      show: () => '?',
    }),
  });

  it('takes the mean, weighted by quality and recognisability, at length 1', () => {
    const [first, second] = pool([
      eventOf(turned(0, 0, { quality: qualityOf(75) })),
      eventOf(turned(1, 90, { quality: qualityOf(25) })),
    ]);
    assert.ok(first && second);
    assertNear(degreesOf(first.fused), 0);
    assertNear(degreesOf(second.fused), (Math.atan2(1, 3) * 180) / Math.PI);
    assertNear(Math.hypot(...second.fused), 1);
    assertNear(Math.hypot(...second.raw), 1);
    assert.equal(second.enhanced, null);
    assert.deepEqual([first.keyframes, second.keyframes], [1, 2]);
  });

  it('weighs by what the fuse model says where it says it, all three vectors alike', () => {
    const enhanced = { vector: Float32Array.of(1, 1), recognisability: 0.01 };
    const [, second] = pool([
      eventOf(turned(0, 0, { quality: qualityOf(90), weight: 1, enhanced, gate: 0.5 })),
      eventOf(
        turned(1, 90, {
          quality: qualityOf(10),
          weight: 3,
          enhanced: { vector: Float32Array.of(-1, 1), recognisability: 0.9 },
          gate: 0.5,
        }),
      ),
    ]);
    const degrees = (Math.atan2(3, 1) * 180) / Math.PI;
    assertNear(degreesOf(second?.fused ?? []), degrees);
    assertNear(degreesOf(second?.raw ?? []), degrees);
    assertNear(degreesOf(second?.enhanced ?? []), degrees + 45);
  });

  it('does not depend on the order', () => {
    const keyframes = [0, 30, 75, 160].map((degrees, ordinal) =>
      turned(ordinal, degrees, {
        quality: qualityOf(20 + 15 * ordinal),
        gate: 0.2 * ordinal,
        weight: ordinal === 0 ? null : 0.4 + ordinal,
        enhanced: { vector: Float32Array.of(0, 1), recognisability: 0.3 + 0.1 * ordinal },
      }),
    );
    const forth = pool(keyframes.map(eventOf)).at(-1);
    const back = pool(keyframes.toReversed().map(eventOf)).at(-1);
    assert.ok(forth?.enhanced && back?.enhanced);
    assertNear(degreesOf(forth.fused), degreesOf(back.fused));
    assertNear(degreesOf(forth.raw), degreesOf(back.raw));
    assertNear(degreesOf(forth.enhanced), degreesOf(back.enhanced));
    assertNear(forth.meanGate, 0.3);
    assertNear(back.meanGate, 0.3);
    assert.equal(forth.best.ordinal, back.best.ordinal);
  });

  it('pools the enhanced embeddings of those keyframes that have one', () => {
    const enhanced = { vector: Float32Array.of(0, 1), recognisability: 0.5 };
    const templates = pool([eventOf(turned(0, 0)), eventOf(turned(1, 0, { enhanced, gate: 0 }))]);
    assert.deepEqual(
      templates.map((template) => template.enhanced && degreesOf(template.enhanced)),
      [null, 90],
    );
    assertNear(templates[1]?.meanGate ?? 0, 0.5);
  });

  it('names the best and the latest keyframe', () => {
    const template = pool([
      eventOf(turned(0, 0, { quality: qualityOf(40) })),
      eventOf(turned(1, 0, { quality: qualityOf(60) })),
      eventOf(turned(2, 0, { quality: qualityOf(60) })),
    ]).at(-1);
    assert.deepEqual([template?.best.ordinal, template?.latest.ordinal], [1, 2]);
  });

  it('keeps tracks apart and forgets one that ended', () => {
    const counts = pool([
      eventOf(fusedKeyframe('t')),
      eventOf(fusedKeyframe('u')),
      eventOf(fusedKeyframe('t')),
      { kind: 'ended', track: endedTrack('t') },
      eventOf(fusedKeyframe('t')),
    ]).map(({ trackId, keyframes }) => `${trackId}${keyframes}`);
    assert.deepEqual(counts, ['t1', 'u1', 't2', 't1']);
  });

  it('passes the end of a track on', () => {
    runMarbles((world) => {
      const source = world.cold('ab|');
      const result = source.pipe(
        map(
          (letter): TrackEvent<FusedKeyframe> =>
            letter === 'a'
              ? eventOf(fusedKeyframe('t'))
              : { kind: 'ended', track: endedTrack('t') },
        ),
        poolTemplate(),
        map(({ kind }) => kind),
      );
      world.expectObservable(result).toBe('te|', { t: 'template', e: 'ended' });
    });
  });

  it('does not mix embeddings of different models', () => {
    const [, second] = pool([eventOf(turned(0, 0)), eventOf(turned(1, 90, { model: 'other' }))]);
    assert.deepEqual([second?.model, second?.keyframes], ['other', 1]);
    assertNear(degreesOf(second?.fused ?? []), 90);
  });

  it('has no more tracks than told: the one updated longest ago is forgotten', () => {
    const counts = pool(
      ['t', 'u', 't', 'v', 't', 'u'].map((id) => eventOf(fusedKeyframe(id))),
      2,
    );
    assert.deepEqual(
      counts.map(({ trackId, keyframes }) => `${trackId}${keyframes}`),
      ['t1', 'u1', 't2', 'v1', 't3', 'u1'],
    );
  });

  it('shows faces above the quality gate alone, whatever the score of the others', () => {
    const graded = [qualityOf(60, 'hold'), qualityOf(50), qualityOf(70, 'hold'), qualityOf(55)];
    const templates = pool(graded.map((quality, at) => eventOf(turned(at, 0, { quality }))));
    assert.deepEqual(
      templates.map(({ best, bestFaces }) => [
        best.ordinal,
        bestFaces.map(({ ordinal }) => ordinal),
      ]),
      [
        [0, []],
        [1, [1]],
        [1, [1]],
        [3, [3, 1]],
      ],
    );
  });

  it('keeps no state between subscribers', () => {
    const pooled = from([eventOf(fusedKeyframe('t'))]).pipe(poolTemplate(), toArray());
    for (let subscriber = 0; subscriber < 2; subscriber += 1) {
      pooled.subscribe(([event]) => {
        assert.equal(event?.kind === 'template' && event.template.keyframes, 1);
      });
    }
  });

  it('splits a track that comes to show another person, and tells of its end', () => {
    const good = { quality: qualityOf(80) };
    const face = (ordinal: number, degrees: number, recognisability = 0.8) => {
      const made = turned(ordinal, degrees, good);
      return eventOf({ ...made, raw: { ...made.raw, recognisability } });
    };
    const seen = {
      cameraId: 'cam',
      trackId: 't',
      at: 5,
      place: { x: 0, y: 0, width: 1, height: 1 },
    };
    const told: string[] = [];
    from([
      face(0, 0),
      face(1, 20),
      // A poor face says nothing of who it is.
      face(2, 100, 0.3),
      face(3, 110),
      { kind: 'seen' as const, seen },
      face(4, 120),
      { kind: 'ended' as const, track: endedTrack('t') },
    ])
      .pipe(poolTemplate({ strangerBelow: () => 0.2, createTrackId: () => 'u' }))
      .subscribe((event) => {
        if (event.kind === 'template') {
          const { trackId, keyframes, latest } = event.template;
          told.push(`${trackId} ${keyframes} ${latest.trackId}`);
        } else if (event.kind === 'seen') told.push(`seen ${event.seen.trackId}`);
        else told.push(`ended ${event.track.trackId} ${event.track.hits}`);
      });
    assert.deepEqual(told, [
      't 1 t',
      't 2 t',
      't 3 t',
      'ended t 3',
      'u 1 u',
      'seen u',
      'u 2 u',
      'ended u 3',
    ]);
  });

  it('a check that shows the same person changes nothing, another person is split off', () => {
    const good = { quality: qualityOf(80) };
    const face = (ordinal: number, degrees: number, isCheck = true) => {
      const made = turned(ordinal, degrees, good);
      return eventOf({ ...made, raw: { ...made.raw, recognisability: 0.8 }, isCheck });
    };
    const pooled: string[] = [];
    from([face(0, 0, false), face(1, 20), face(2, 110), face(3, 112)])
      .pipe(poolTemplate({ strangerBelow: () => 0.2, createTrackId: () => 'u' }))
      .subscribe((event) => {
        if (event.kind === 'template') {
          pooled.push(`${event.template.trackId} ${event.template.keyframes}`);
        } else if (event.kind === 'ended') pooled.push(`ended ${event.track.trackId}`);
      });
    assert.deepEqual(pooled, ['t 1', 'ended t', 'u 1']);
  });
});
