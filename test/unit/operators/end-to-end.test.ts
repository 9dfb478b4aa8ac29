import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { lastValueFrom, map, toArray } from 'rxjs';
import type { Alert } from '../../../src/domain/alert.ts';
import { systemClock } from '../../../src/domain/clock.ts';
import { Frame } from '../../../src/domain/frame/frame.ts';
import { FrameLedger } from '../../../src/domain/frame/ledger.ts';
import type { TrackTemplate } from '../../../src/domain/track-template.ts';
import { Backlog } from '../../../src/operators/backlog.ts';
import { detect } from '../../../src/operators/detect.ts';
import { embed } from '../../../src/operators/embed.ts';
import { enhance } from '../../../src/operators/enhance.ts';
import { fuse } from '../../../src/operators/fuse.ts';
import { gateQuality } from '../../../src/operators/gate-quality.ts';
import { match } from '../../../src/operators/match.ts';
import { poolTemplate } from '../../../src/operators/pool-template.ts';
import { pullFrames } from '../../../src/operators/pull-frames.ts';
import { raiseAlerts } from '../../../src/operators/raise-alerts.ts';
import { selectKeyframes } from '../../../src/operators/select-keyframes.ts';
import { track } from '../../../src/operators/track.ts';
import { createAlertIds } from '../../../src/services/alerts/alert-id.ts';
import { detectedFace, listMatch } from '../../support/marbles-faces.ts';
import { FakePicture } from '../../support/marbles-picture.ts';
import { watched } from '../../support/watched-frame.ts';

/** Recorded footage: a frame every 100 ms of media time, read as fast as it is taken. */
async function* footage(count: number, ledger: FrameLedger, faults: string[]) {
  for (let sequence = 0; sequence < count; sequence += 1) {
    yield Frame.create({
      cameraId: 'cam',
      sequence,
      mediaTime: 100 * sequence,
      capturedAt: 1_000_000 + 100 * sequence,
      capturedMonotonic: performance.now(),
      ledger,
      picture: new FakePicture({
        width: 320,
        height: 240,
        onFault: (fault) => faults.push(fault),
        answer: async (value, done) => {
          await new Promise((resolve) => setImmediate(resolve));
          done();
          return value;
        },
      }),
    });
  }
}

describe('the operators together', () => {
  // A frame that is never released holds the footage up for ever: hence the limit.
  it('bring recorded footage to one alert a person, with nothing dropped or left over', {
    timeout: 30_000,
  }, async () => {
    const ledger = new FrameLedger();
    const faults: string[] = [];
    const backlog = new Backlog();
    const stored = new Map<string, Alert>();
    let frame = 0;
    let searches = 0;
    const alerts = await lastValueFrom(
      pullFrames(footage(60, ledger, faults), { backlog, maxRate: 5 })
        .pipe(
          map((each) => watched(each)),
          detect({
            detector: {
              // A walker from left to right, who meets another one half-way.
              async detect() {
                const x = 20 + 8 * frame;
                frame += 1;
                return [detectedFace({ x, y: 100 }, 12), detectedFace({ x: 300 - x, y: 160 }, 12)];
              },
            },
          }),
          track({ cameraId: 'cam' }),
          gateQuality(),
          selectKeyframes(),
        )
        .pipe(
          enhance({
            backlog,
            enhancer: { enhance: async () => ({ width: 2, height: 2, data: new Uint8Array(12) }) },
          }),
          embed({
            backlog,
            embedder: {
              model: 'test',
              embed: async () => ({ vector: Float32Array.of(1, 0), recognisability: 0.6 }),
              embedEnhanced: async () => ({ vector: Float32Array.of(0, 1), recognisability: 0.7 }),
            },
          }),
          fuse({
            backlog,
            fuser: {
              fuse: async () => ({ fused: Float32Array.of(0.6, 0.8), gate: 0.4, weight: null }),
            },
          }),
          poolTemplate(),
          match({
            gallery: {
              search(probe) {
                searches += 1;
                const { trackId } = probe as TrackTemplate;
                return [listMatch(0.8, { personId: trackId })];
              },
            },
          }),
          raiseAlerts({
            clock: systemClock,
            newId: createAlertIds({ clock: systemClock }),
            quietPeriod: 0,
            modelStamps: [],
            configHash: 'hash',
            codec: { encodeJpeg: async () => Uint8Array.of(0xff, 0xd8) },
            enrolledImage: async () => null,
            store: {
              insert(alert) {
                stored.set(alert.id, alert);
                return alert;
              },
              update(alert) {
                stored.set(alert.id, alert);
                return alert;
              },
              sight: () => assert.fail('each person has one track'),
              openAlert: () => undefined,
              lastSighting: () => undefined,
              seen: () => undefined,
              markStill: () => undefined,
            },
          }),
          toArray(),
        ),
    );
    const created = alerts.filter(({ change }) => change === 'created');
    assert.equal(created.length, 2, 'two people, two tracks, two alerts');
    assert.ok(searches >= 2);
    assert.deepEqual(stored.get(created[0]?.alert.id ?? '')?.scores, created[0]?.alert.scores);
    assert.equal(ledger.live, 0);
    assert.equal(frame, 30, 'every second frame was analysed');
    assert.deepEqual(ledger.drops(), [{ cameraId: 'cam', reason: 'rate', count: 30 }]);
    assert.equal(backlog.size, 0);
    assert.deepEqual(faults, []);
  });
});
