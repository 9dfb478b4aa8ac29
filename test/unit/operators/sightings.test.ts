import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  type Alert,
  type AlertEvidence,
  type EvidenceChange,
  maxSightings,
} from '../../../src/domain/alert.ts';
import { noClip } from '../../../src/domain/clip.ts';
import { isMachineMade, withoutMark } from '../../../src/domain/machine-made-mark.ts';
import type { MatchEvent } from '../../../src/domain/match.ts';
import { type RaiseAlertsOptions, raiseAlerts } from '../../../src/operators/raise-alerts.ts';
import { type MarbleWorld, runMarbles, wallEpoch } from '../../support/marbles.ts';
import { jpegOf, type MemoryStore, raise, setUp } from '../../support/marbles-alerts.ts';
import {
  endedTrack,
  fusedKeyframe,
  listMatch,
  trackTemplate,
} from '../../support/marbles-faces.ts';
import { checkerboard } from '../../support/marbles-picture.ts';

/** Cameras before one store; each keeps what it knows of its own tracks. */
function cameras(world: MarbleWorld, changes: Partial<RaiseAlertsOptions> = {}) {
  const { store, options } = setUp(world, { quietPeriod: 60_000, ...changes });
  const operators = new Map<string, ReturnType<typeof raiseAlerts>>();
  const at = (camera: string) => {
    const known = operators.get(camera) ?? raiseAlerts(options);
    operators.set(camera, known);
    return known;
  };
  return {
    store,
    send: (camera: string, ...events: readonly MatchEvent[]) => raise(world, at(camera), events),
  };
}

function matched(camera: string, trackId: string, fused = 0.7, keyframes = 1): MatchEvent {
  const latest = fusedKeyframe(trackId, keyframes, {
    cameraId: camera,
    capturedAt: wallEpoch + keyframes,
    enhancedImage: checkerboard(64, 64),
  });
  const template = trackTemplate(trackId, { cameraId: camera, latest, keyframes });
  return { kind: 'matched', cause: 'keyframe', template, matches: [listMatch(fused)] };
}

const only = ({ alerts }: MemoryStore) => {
  assert.equal(alerts.size, 1);
  const [entry] = alerts.values();
  assert.ok(entry);
  const evidence: EvidenceChange = entry.evidence;
  return { alert: entry.alert, evidence };
};

describe('raiseAlerts, somebody seen again', () => {
  it('joins the open alert as a sighting with its own pictures, by whichever camera', () => {
    runMarbles((world) => {
      const { store, send } = cameras(world);
      send('gate', matched('gate', 't'));
      const [raised] = send('yard', matched('yard', 'u', 0.6));
      assert.equal(raised?.change, 'sighted');
      const { alert, evidence } = only(store);
      assert.deepEqual([alert.cameraId, alert.scores.fused], ['gate', 0.7]);
      assert.deepEqual(
        alert.sightings.map(({ number, cameraId, trackId, scores, isEnhanced, place }) => ({
          number,
          cameraId,
          trackId,
          fused: scores.fused,
          isEnhanced,
          placed: place !== null,
        })),
        [
          {
            number: 1,
            cameraId: 'yard',
            trackId: 'u',
            fused: 0.6,
            isEnhanced: true,
            placed: true,
          },
        ],
      );
      assert.deepEqual(evidence['sighting-1-frame'], Uint8Array.of(1));
      assert.deepEqual(evidence['sighting-1-face'], jpegOf(32));
      const enhanced = evidence['sighting-1-enhanced'] as Uint8Array;
      assert.ok(isMachineMade(enhanced));
      assert.deepEqual(withoutMark(enhanced), jpegOf(64));
    });
  });

  it('a better picture of the same track replaces the one of its sighting, and nothing else', () => {
    runMarbles((world) => {
      const { store, send } = cameras(world);
      send('gate', matched('gate', 't'));
      const raised = send(
        'yard',
        matched('yard', 'u', 0.6),
        matched('yard', 'u', 0.8, 3),
        matched('yard', 'u', 0.5, 4),
      );
      assert.deepEqual(
        raised.map(({ change }) => change),
        ['sighted', 'updated', 'updated'],
      );
      const { alert, evidence } = only(store);
      assert.equal(alert.scores.fused, 0.7);
      const [sighting] = alert.sightings;
      assert.deepEqual([sighting?.scores.fused, sighting?.keyframes], [0.8, 4]);
      assert.equal(alert.sightings.length, 1);
      assert.deepEqual(evidence['sighting-1-frame'], Uint8Array.of(3));
      assert.deepEqual(evidence.frame, Uint8Array.of(1));
    });
  });

  it('the same camera waits for the quiet period', () => {
    runMarbles((world) => {
      const { store, send } = cameras(world, { quietPeriod: 50 });
      send('gate', matched('gate', 't'), { kind: 'ended', track: endedTrack('t') });
      const quiet = raise(world, raiseAlerts({ ...setUp(world).options, store }), [
        matched('gate', 'u'),
      ]);
      assert.deepEqual(quiet, []);
      assert.equal(only(store).alert.sightings.length, 0);
    });
  });

  it('a decided alert, one that is full, and one too long ago take no sighting', () => {
    runMarbles((world) => {
      const { store, send } = cameras(world, { joinWithin: 1_000 });
      send('gate', matched('gate', 't'));
      const { alert, evidence } = only(store) as { alert: Alert; evidence: AlertEvidence };
      const put = (changes: Partial<typeof alert>) =>
        store.alerts.set(alert.id, { alert: { ...alert, ...changes }, evidence });
      const again = (track: string) => {
        const [raised] = send('yard', matched('yard', track));
        if (raised?.change === 'created') store.alerts.delete(raised.alert.id);
        return raised?.change;
      };
      put({ state: 'dismissed' });
      assert.equal(again('a'), 'created');
      put({ lastSeenAt: wallEpoch - 5_000 });
      assert.equal(again('b'), 'created');
      const full = (count: number) => {
        const sightings = Array.from({ length: count }, (_, at) => ({
          number: at + 1,
          cameraId: 'far',
          trackId: `far-${at}`,
          capturedAt: wallEpoch,
          lastSeenAt: wallEpoch,
          still: null,
          scores: alert.scores,
          threshold: 0.5,
          meanGate: 1,
          quality: 50,
          interEyeDistance: 10,
          place: null,
          keyframes: 1,
          isEnhanced: false,
          clip: noClip,
        }));
        put({ sightings });
      };
      full(maxSightings);
      assert.equal(again('c'), 'created');
      full(maxSightings - 1);
      assert.equal(again('d'), 'sighted');
    });
  });

  it('is an alert each time where nothing is to be joined', () => {
    runMarbles((world) => {
      const { store, send } = cameras(world, { joinWithin: 0 });
      send('gate', matched('gate', 't'));
      send('yard', matched('yard', 'u'));
      assert.equal(store.alerts.size, 2);
    });
  });
});
