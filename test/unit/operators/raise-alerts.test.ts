import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { map } from 'rxjs';
import { markMachineMade } from '../../../src/domain/machine-made-mark.ts';
import type { MatchEvent, MatchedTemplate } from '../../../src/domain/match.ts';
import type { RaisedAlert } from '../../../src/domain/raised-alert.ts';
import { raiseAlerts } from '../../../src/operators/raise-alerts.ts';
import { runMarbles, wallEpoch } from '../../support/marbles.ts';
import { jpegOf, matchedBy, raise, setUp } from '../../support/marbles-alerts.ts';
import { itKeepsTheContract } from '../../support/marbles-contract.ts';
import {
  endedTrack,
  fusedKeyframe,
  listMatch,
  trackTemplate,
} from '../../support/marbles-faces.ts';
import { checkerboard } from '../../support/marbles-picture.ts';

describe('raiseAlerts', () => {
  const item = (letter: string): MatchedTemplate =>
    matchedBy(letter, [listMatch(0.7, { personId: letter })]);
  const show = ({ alert }: RaisedAlert): string => alert.trackId;

  itKeepsTheContract<MatchEvent, RaisedAlert>({
    asynchronous: true,
    create: (world, workMs) => ({
      item,
      show,
      // Quiet would last into the second subscription: the store is the same.
      operator: setUp(world, {
        quietPeriod: 0,
        enrolledImage: () => world.later(workMs, null),
      }).operator,
    }),
    createBroken: (world, fault) => ({
      item,
      show,
      operator: setUp(world, {
        newId: () => {
          throw fault;
        },
      }).operator,
    }),
  });

  it('raises nothing where no list matched', () => {
    runMarbles((world) => {
      const { operator, store } = setUp(world);
      assert.deepEqual(raise(world, operator, [matchedBy('t', [listMatch(0.4)])]), []);
      assert.deepEqual(store.log, []);
    });
  });

  it('says how the alert came about', () => {
    runMarbles((world) => {
      const { operator, options } = setUp(world);
      const latest = fusedKeyframe('t', 3, { enhancedImage: checkerboard(112, 112) });
      const template = trackTemplate('t', { latest, keyframes: 4, meanGate: 0.6 });
      const [raised] = raise(world, operator, [
        { kind: 'matched', cause: 'keyframe', template, matches: [listMatch(0.7)] },
      ]);
      assert.deepEqual(raised, {
        change: 'created',
        trackId: 't',
        capturedMonotonic: 300,
        isNewlyDecided: true,
        cause: 'keyframe',
        evidence: {
          frame: Uint8Array.of(3),
          face: jpegOf(32),
          enhanced: markMachineMade(jpegOf(112), options.modelStamps),
          enrolled: Uint8Array.of(7),
          best: [jpegOf(32)],
        },
        alert: {
          id: 'id0',
          state: 'new',
          revision: 0,
          watchlistId: 'list',
          watchlistName: 'List',
          personId: 'person',
          personName: 'Person',
          templateId: 'template',
          cameraId: 'cam',
          trackId: 't',
          capturedAt: 1_300,
          createdAt: wallEpoch,
          updatedAt: wallEpoch,
          lastSeenAt: 1_300,
          still: null,
          sightings: [],
          scores: { raw: 0.7, enhanced: null, fused: 0.7 },
          threshold: 0.5,
          fpir: 0.01,
          gallerySize: 10,
          meanGate: 0.6,
          quality: 50,
          interEyeDistance: 10,
          components: [{ name: 'HeadPoseYaw', value: 100, raw: 0, unit: 'degree', ok: true }],
          place: { x: 8 / 64, y: 5 / 48, width: 24 / 64, height: 30 / 48 },
          keyframes: 4,
          best: ['best-1'],
          clip: { state: 'none', reason: 'off' },
          enhancement: 'made',
          models: [{ name: 'test', task: 'embed', sha256: 'ab' }],
          configHash: 'hash',
          stored: true,
        },
      });
    });
  });

  it('stores before it tells', () => {
    runMarbles((world) => {
      const { operator, store } = setUp(world, { enrolledImage: () => world.later(3, null) });
      const seen: boolean[] = [];
      world
        .cold('a|')
        .pipe(map(item), operator)
        .subscribe(({ alert }) => seen.push(store.alerts.has(alert.id)));
      world.flush();
      assert.deepEqual(seen, [true]);
    });
  });

  it('raises one for each list', () => {
    runMarbles((world) => {
      const { operator } = setUp(world);
      const matches = [listMatch(0.6), listMatch(0.7, { watchlistId: 'other' })];
      const raised = raise(world, operator, [matchedBy('t', matches)]);
      assert.deepEqual(
        raised.map(({ alert }) => alert.watchlistId),
        ['list', 'other'],
      );
    });
  });

  it('keeps quiet about a new track until the person has been out of view for a while', () => {
    runMarbles((world) => {
      const kept: string[] = [];
      const { operator } = setUp(world, {
        quietPeriod: 60_000,
        joinWithin: 0,
        onQuiet: (_, { trackId }) => kept.push(trackId),
      });
      const matched = (trackId: string, seconds: number): MatchEvent => {
        const latest = fusedKeyframe(trackId, 0, { capturedAt: wallEpoch + seconds * 1000 });
        const template = trackTemplate(trackId, { latest });
        return { kind: 'matched', cause: 'keyframe', template, matches: [listMatch(0.7)] };
      };
      const ended = (trackId: string, seconds: number): MatchEvent => ({
        kind: 'ended',
        track: { ...endedTrack(trackId), endedAt: wallEpoch + seconds * 1000 },
      });
      // One item every 35 s: `u` begins while `t` is in view, which leaves at 70 s.
      const raised = raise(
        world,
        operator,
        [
          matched('t', 0),
          matched('u', 35),
          ended('t', 70),
          ended('u', 105),
          matched('v', 140),
          ended('v', 141),
          matched('w', 210),
        ],
        ' 35s ',
      );
      assert.deepEqual(
        raised.map(({ alert }) => alert.trackId),
        ['t', 'w'],
      );
      assert.deepEqual(kept, ['u', 'v']);
    });
  });

  it('does not fail for a picture, nor for a store that cannot be asked', () => {
    runMarbles((world) => {
      const told: unknown[] = [];
      const errors = ['jpeg', 'enrolled', 'store'].map((what) => new Error(what));
      const { options, store } = setUp(world, {
        codec: { encodeJpeg: () => world.failing(0, errors[0]) },
        enrolledImage: () => world.failing(0, errors[1]),
        onError: (error) => told.push(error),
      });
      store.lastSighting = () => {
        throw errors[2];
      };
      const [raised] = raise(world, raiseAlerts(options), [matchedBy('t', [listMatch(0.7)])]);
      assert.deepEqual(raised?.evidence, {
        frame: Uint8Array.of(0),
        face: new Uint8Array(),
        enhanced: null,
        enrolled: null,
        best: [],
      });
      assert.deepEqual(new Set(told), new Set(errors));
    });
  });

  it('tells a match that it had no room for', () => {
    runMarbles((world) => {
      const lost: string[] = [];
      const { operator } = setUp(world, {
        enrolledImage: () => world.later(2, null),
        capacity: 1,
        onDropped: ({ template }) => lost.push(template.trackId),
      });
      const source = world.cold('(ab|)');
      const result = source.pipe(map(item), operator, map(show));
      world.expectObservable(result).toBe('--(a|)');
      world.flush();
      assert.deepEqual(lost, ['b']);
    });
  });
});
