import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { map } from 'rxjs';
import type { Alert, AlertEvidence, EvidenceChange } from '../../../src/alerts/alert.ts';
import { NightglassError } from '../../../src/errors.ts';
import type { ListMatch, MatchedTemplate } from '../../../src/operators/match.ts';
import {
  type AlertStore,
  type RaiseAlertsOptions,
  type RaisedAlert,
  raiseAlerts,
} from '../../../src/operators/raise-alerts.ts';
import { type MarbleWorld, runMarbles, wallEpoch } from '../../support/marbles.ts';
import { itKeepsTheContract } from '../../support/marbles-contract.ts';
import { fusedKeyframe, listMatch, trackTemplate } from '../../support/marbles-faces.ts';
import { checkerboard } from '../../support/marbles-picture.ts';

/** A store in memory that can be told to refuse. */
class MemoryStore implements AlertStore {
  readonly alerts = new Map<string, { alert: Alert; evidence: AlertEvidence }>();
  readonly log: string[] = [];
  fault: Error | null = null;

  insert(alert: Alert, evidence: AlertEvidence): void {
    if (this.fault) throw this.fault;
    this.log.push(`insert ${alert.id} r${alert.revision}`);
    this.alerts.set(alert.id, { alert, evidence });
  }

  update(alert: Alert, evidence: EvidenceChange | null): Alert {
    if (this.fault) throw this.fault;
    const known = this.alerts.get(alert.id);
    if (!known) throw new NightglassError('NOT_FOUND', `Cannot update ${alert.id}: unknown`);
    this.log.push(
      `update ${alert.id} r${alert.revision}${evidence ? ` with ${evidence.frame ? 'pictures' : 'best'}` : ''}`,
    );
    const merged = { ...alert, state: known.alert.state };
    this.alerts.set(alert.id, { alert: merged, evidence: { ...known.evidence, ...evidence } });
    return merged;
  }

  lastAlertAt(watchlistId: string, personId: string, cameraId: string): number | undefined {
    const times = [...this.alerts.values()]
      .filter(
        ({ alert }) =>
          alert.watchlistId === watchlistId &&
          alert.personId === personId &&
          alert.cameraId === cameraId,
      )
      .map(({ alert }) => alert.createdAt);
    return times.length > 0 ? Math.max(...times) : undefined;
  }
}

function setUp(world: MarbleWorld, changes: Partial<RaiseAlertsOptions> = {}) {
  const store = new MemoryStore();
  const faults: unknown[] = [];
  let ids = 0;
  const options: RaiseAlertsOptions = {
    store,
    clock: world.clock,
    newId: () => `id${ids++}`,
    modelStamps: [{ name: 'test', task: 'embed', sha256: 'ab' }],
    configHash: 'hash',
    codec: { encodeJpeg: ({ width }) => world.later(0, Uint8Array.of(width)) },
    enrolledImage: () => world.later(0, Uint8Array.of(7)),
    onStoreFault: (error) => faults.push(error),
    ...changes,
  };
  return { store, faults, options, operator: raiseAlerts(options) };
}

/** The same, whose latest keyframe is none of the track's best. */
const notAmongBest = ({ template, matches }: MatchedTemplate): MatchedTemplate => ({
  template: { ...template, latest: { ...template.latest, ordinal: 9 } },
  matches,
});

const matchedBy = (
  trackId: string,
  matches: readonly ListMatch[],
  keyframes = 1,
): MatchedTemplate => ({ template: trackTemplate(trackId, { keyframes }), matches });

/** Sends one item a millisecond and returns what was raised. */
function raise(
  world: MarbleWorld,
  operator: ReturnType<typeof raiseAlerts>,
  items: readonly MatchedTemplate[],
  gap = '',
): RaisedAlert[] {
  const raised: RaisedAlert[] = [];
  const marbles = items.map((_, index) => index).join(gap);
  world
    .cold(`${marbles}|`)
    .pipe(
      map((index) => items[Number(index)] as MatchedTemplate),
      operator,
    )
    .subscribe((alert) => raised.push(alert));
  world.flush();
  return raised;
}

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

  it('keeps quiet by its own memory where the store could keep nothing', () => {
    runMarbles((world) => {
      const { operator, store, faults } = setUp(world);
      store.fault = new NightglassError('STORE_UNWRITABLE', 'full');
      const raised = raise(
        world,
        operator,
        ['t', 'u'].map((track) => matchedBy(track, [listMatch(0.7)])),
      );
      assert.deepEqual(
        raised.map(({ alert }) => [alert.trackId, alert.stored]),
        [['t', false]],
      );
      assert.deepEqual(faults, [store.fault]);
    });
  });

  it('stores at the next revision what could not be stored at first', () => {
    runMarbles((world) => {
      const { operator, store } = setUp(world);
      store.fault = new NightglassError('STORE_UNWRITABLE', 'full');
      world.at(1, () => {
        store.fault = null;
      });
      const raised = raise(
        world,
        operator,
        [1, 2].map((keyframes) => matchedBy('t', [listMatch(0.7)], keyframes)),
        '-',
      );
      assert.deepEqual(
        raised.map(({ alert }) => [alert.revision, alert.stored]),
        [
          [0, false],
          [1, true],
        ],
      );
      assert.deepEqual(store.log, ['insert id0 r1']);
      assert.equal(store.alerts.get('id0')?.evidence.face.length, 1);
    });
  });

  it('sends the pictures again that an update could not store', () => {
    runMarbles((world) => {
      const { operator, store } = setUp(world);
      world.at(1, () => {
        store.fault = new NightglassError('STORE_UNWRITABLE', 'full');
      });
      world.at(3, () => {
        store.fault = null;
      });
      const items = [0.6, 0.7, 0.7].map((score, index) =>
        matchedBy('t', [listMatch(score)], index + 1),
      );
      raise(world, operator, items, '-');
      assert.deepEqual(store.log, ['insert id0 r0', 'update id0 r2 with pictures']);
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
