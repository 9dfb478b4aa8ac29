import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { map } from 'rxjs';
import type { MatchedTemplate } from '../../../src/domain/match.ts';
import type { RaisedAlert } from '../../../src/domain/raised-alert.ts';
import { raiseAlerts } from '../../../src/operators/raise-alerts.ts';
import { runMarbles, wallEpoch } from '../../support/marbles.ts';
import { matchedBy, raise, setUp } from '../../support/marbles-alerts.ts';
import { itKeepsTheContract } from '../../support/marbles-contract.ts';
import { fusedKeyframe, listMatch, trackTemplate } from '../../support/marbles-faces.ts';
import { checkerboard } from '../../support/marbles-picture.ts';

describe('raiseAlerts', () => {
  const item = (letter: string): MatchedTemplate =>
    matchedBy(letter, [listMatch(0.7, { personId: letter })]);
  const show = ({ alert }: RaisedAlert): string => alert.trackId;

  itKeepsTheContract<MatchedTemplate, RaisedAlert>({
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
      const { operator } = setUp(world);
      const latest = fusedKeyframe('t', 3, { enhancedImage: checkerboard(112, 112) });
      const template = trackTemplate('t', { latest, keyframes: 4, meanGate: 0.6 });
      const [raised] = raise(world, operator, [{ template, matches: [listMatch(0.7)] }]);
      assert.deepEqual(raised, {
        change: 'created',
        capturedMonotonic: 300,
        isNewlyDecided: true,
        evidence: {
          frame: Uint8Array.of(3),
          face: Uint8Array.of(32),
          enhanced: Uint8Array.of(112),
          enrolled: Uint8Array.of(7),
          best: [Uint8Array.of(32)],
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
          scores: { raw: 0.7, enhanced: null, fused: 0.7 },
          threshold: 0.5,
          fpir: 0.01,
          gallerySize: 10,
          meanGate: 0.6,
          quality: 50,
          interEyeDistance: 10,
          components: [{ name: 'HeadPoseYaw', value: 100, raw: 0, unit: 'degree', ok: true }],
          keyframes: 4,
          best: ['best-1'],
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

  it('keeps quiet about a new track of the same person for a while', () => {
    runMarbles((world) => {
      const kept: string[] = [];
      const { operator } = setUp(world, {
        quietPeriod: 60_000,
        onQuiet: (_, { trackId }) => kept.push(trackId),
      });
      const raised = raise(
        world,
        operator,
        ['t', 'u', 'v'].map((track) => matchedBy(track, [listMatch(0.7)])),
        ' 35s ',
      );
      assert.deepEqual(
        raised.map(({ alert }) => alert.trackId),
        ['t', 'v'],
      );
      assert.deepEqual(kept, ['u']);
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
      store.lastAlertAt = () => {
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
