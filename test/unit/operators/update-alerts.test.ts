import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { MatchedTemplate } from '../../../src/domain/match.ts';
import { runMarbles, wallEpoch } from '../../support/marbles.ts';
import { matchedBy, raise, setUp } from '../../support/marbles-alerts.ts';
import {
  endedTrack,
  fusedKeyframe,
  listMatch,
  qualityOf,
  trackTemplate,
} from '../../support/marbles-faces.ts';
import { checkerboard } from '../../support/marbles-picture.ts';

/** The same, whose latest keyframe is none of the track's best. */
const notAmongBest = (matched: MatchedTemplate): MatchedTemplate => ({
  ...matched,
  template: {
    ...matched.template,
    latest: { ...matched.template.latest, ordinal: 9 },
  },
});

describe('raiseAlerts, the same person again', () => {
  it('updates instead of raising another for the same track and person', () => {
    runMarbles((world) => {
      const { operator, store } = setUp(world);
      const raised = raise(world, operator, [
        matchedBy('t', [listMatch(0.6)], 1),
        matchedBy('t', [listMatch(0.8)], 2),
        notAmongBest(matchedBy('t', [listMatch(0.7)], 3)),
        matchedBy('t', [listMatch(0.7)], 3),
        matchedBy('t', [listMatch(0.4)], 4),
      ]);
      assert.deepEqual(
        raised.map(({ change, isNewlyDecided, alert }) => [
          change,
          isNewlyDecided,
          alert.id,
          alert.revision,
          alert.scores.fused,
          alert.keyframes,
        ]),
        [
          ['created', true, 'id0', 0, 0.6, 1],
          ['updated', true, 'id0', 1, 0.8, 2],
          ['updated', false, 'id0', 2, 0.8, 3],
        ],
      );
      assert.deepEqual(store.log, [
        'insert id0 r0',
        'update id0 r1 with pictures',
        'update id0 r2',
      ]);
      // What the store has is not kept in memory as well.
      assert.deepEqual(
        raised.map(({ evidence }) => evidence !== null),
        [true, true, false],
      );
    });
  });

  it("changes the track's best faces alone where a later one is among them", () => {
    runMarbles((world) => {
      let encoded = 0;
      const { operator, store } = setUp(world, {
        codec: {
          encodeJpeg: ({ width }) => {
            encoded += 1;
            return world.later(0, Uint8Array.of(width));
          },
        },
      });
      const first = matchedBy('t', [listMatch(0.8)]);
      const latest = fusedKeyframe('t', 1);
      const better = { ordinal: 1, quality: 80, image: checkerboard(48, 48) };
      const template = {
        ...first.template,
        latest,
        keyframes: 2,
        bestFaces: [better, ...first.template.bestFaces],
      };
      const [, counted] = raise(world, operator, [first, { ...first, template }]);
      assert.deepEqual(store.log, ['insert id0 r0', 'update id0 r1 with best']);
      assert.deepEqual(counted?.alert.best, ['best-1', 'best-2']);
      assert.deepEqual(store.alerts.get('id0')?.evidence.best, [
        Uint8Array.of(48),
        Uint8Array.of(32),
      ]);
      assert.equal(encoded, 2, 'each face once');
    });
  });
});

describe('raiseAlerts, the picture of an alert', () => {
  /** A version of a track whose latest keyframe has this likeness; its quality tells it apart. */
  const version = (ordinal: number, likeness: number, verdict: 'accept' | 'hold', fused = 0.7) => {
    const quality = qualityOf(50 + ordinal, verdict);
    const latest = fusedKeyframe('t', ordinal, { quality, scene: Uint8Array.of(ordinal) });
    const template = trackTemplate('t', { latest, best: latest, keyframes: ordinal + 1 });
    const match = listMatch(fused, { pictureScores: { latest: likeness, best: likeness } });
    return { kind: 'matched', cause: 'keyframe', template, matches: [match] } as const;
  };
  const pictured = (versions: readonly MatchedTemplate[]) => {
    let last: unknown;
    runMarbles((world) => {
      const { operator, store } = setUp(world);
      raise(world, operator, versions);
      const { alert, evidence } = store.alerts.get('id0') ?? assert.fail();
      last = [alert.quality, evidence.frame[0], alert.scores.fused];
    });
    return last;
  };

  it('is the one most like the enrolled image, not the one that raised the score', () => {
    const steps = [version(0, 0.6, 'accept', 0.6), version(1, 0.4, 'accept', 0.8)];
    assert.deepEqual(pictured(steps), [50, 0, 0.8]);
    assert.deepEqual(pictured([...steps, version(2, 0.7, 'accept', 0.7)]), [52, 2, 0.8]);
  });

  it('is never one below the quality gate', () => {
    assert.deepEqual(pictured([version(0, 0.5, 'accept'), version(1, 0.9, 'hold')]), [50, 0, 0.7]);
    assert.deepEqual(pictured([version(0, 0.9, 'hold'), version(1, 0.5, 'accept')]), [51, 1, 0.7]);
  });

  it('is waited for where no face is above the gate yet, and the match counted', () => {
    runMarbles((world) => {
      const waiting: string[] = [];
      const { operator, store } = setUp(world, {
        onBelowGate: (_, { latest }) => waiting.push(`keyframe ${latest.ordinal}`),
      });
      const held = [0, 1].map((ordinal) => version(ordinal, 0.9, 'hold'));
      const raised = raise(world, operator, [...held, version(2, 0.5, 'accept')]);
      assert.deepEqual(waiting, ['keyframe 0', 'keyframe 1']);
      assert.deepEqual(store.log, ['insert id0 r0']);
      assert.deepEqual(
        raised.map(({ change, alert, evidence }) => [change, alert.quality, evidence?.frame?.[0]]),
        [['created', 52, 2]],
      );
    });
  });

  it('shows no sighting of a track without a face above the gate', () => {
    runMarbles((world) => {
      const { operator, store } = setUp(world, { quietPeriod: 0 });
      const of = (trackId: string, made: MatchedTemplate): MatchedTemplate => {
        const latest = { ...made.template.latest, capturedAt: wallEpoch };
        return { ...made, template: { ...made.template, trackId, latest, best: latest } };
      };
      raise(world, operator, [
        of('t', version(0, 0.9, 'accept')),
        { kind: 'ended', track: endedTrack('t') },
        of('u', version(0, 0.9, 'hold')),
        of('u', version(1, 0.9, 'accept')),
      ]);
      assert.deepEqual(store.log, ['insert id0 r0', 'sight id0 1 by u']);
    });
  });

  it('may be an earlier keyframe where a track is matched late', () => {
    const late = version(3, 0.5, 'hold');
    const best = fusedKeyframe('t', 1, { quality: qualityOf(90), scene: Uint8Array.of(1) });
    const match = listMatch(0.7, { pictureScores: { latest: 0.5, best: 0.6 } });
    const template = { ...late.template, best };
    assert.deepEqual(pictured([{ ...late, template, matches: [match] }]), [90, 1, 0.7]);
  });
});

describe('raiseAlerts, and what its store does', () => {
  it('keeps quiet by its own memory where the store could keep nothing', () => {
    runMarbles((world) => {
      const { operator, store } = setUp(world);
      store.hasDisk = false;
      const raised = raise(
        world,
        operator,
        ['t', 'u'].map((track) => matchedBy(track, [listMatch(0.7)])),
      );
      assert.deepEqual(
        raised.map(({ alert }) => [alert.trackId, alert.stored]),
        [['t', false]],
      );
    });
  });

  it('emits nothing more of an alert that was deleted meanwhile', () => {
    runMarbles((world) => {
      const { operator, store, faults } = setUp(world);
      world.at(1, () => store.alerts.clear());
      const items = [0.6, 0.7].map((score, index) => matchedBy('t', [listMatch(score)], index + 1));
      const raised = raise(world, operator, items, '-');
      assert.deepEqual(
        raised.map(({ alert }) => alert.revision),
        [0],
      );
      assert.deepEqual([store.log, faults], [['insert id0 r0'], []]);
    });
  });

  it('tells the alert as reviewers left it', () => {
    runMarbles((world) => {
      const { operator, store } = setUp(world);
      world.at(1, () => {
        for (const kept of store.alerts.values()) {
          kept.alert = { ...kept.alert, state: 'confirmed' };
        }
      });
      const items = [1, 2].map((keyframes) => matchedBy('t', [listMatch(0.7)], keyframes));
      const raised = raise(world, operator, items, '-');
      assert.deepEqual(
        raised.map(({ alert }) => alert.state),
        ['new', 'confirmed'],
      );
    });
  });
});
