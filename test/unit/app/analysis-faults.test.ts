import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { AnalysisFaults } from '../../../src/app/analysis-faults.ts';
import type { CameraState } from '../../../src/domain/camera-status.ts';
import { NightglassError } from '../../../src/domain/errors.ts';

const timeout = new NightglassError('INFERENCE_TIMEOUT', 'Cannot run detect: it took too long');

function setUp() {
  let now = 0;
  const faults = new AnalysisFaults({ monotonic: () => now });
  return {
    faults,
    at(time: number) {
      now = time;
    },
    fault: (state: CameraState = 'live', drops: readonly string[] = []) =>
      faults.faultOf({ cameraId: 'gate', state, since: 0, reconnects: 0 }, now, drops),
  };
}

describe('AnalysisFaults', () => {
  it('reports a stage that fails every time, with the reason, until it works', () => {
    const { faults, at, fault } = setUp();
    for (let time = 0; time <= 11_000; time += 1_000) {
      at(time);
      faults.analysed('gate');
      faults.failed('gate', 'embed', timeout);
    }
    assert.equal(fault()?.code, 'INFERENCE_TIMEOUT');
    assert.match(fault()?.message ?? '', /gate: stage embed .* 11 s: .*took too long/);
    faults.worked('gate', 'embed');
    assert.equal(fault(), null);
  });

  it('is not alarmed by single failures, nor by one that is long past', () => {
    const { faults, at, fault } = setUp();
    for (let time = 0; time <= 20_000; time += 1_000) {
      at(time);
      faults.analysed('gate');
      faults.failed('gate', 'detect', timeout);
      if (time % 4_000 === 0) faults.worked('gate', 'detect');
    }
    assert.equal(fault(), null);
    for (let time = 21_000; time <= 40_000; time += 1_000) {
      at(time);
      faults.failed('gate', 'embed', timeout);
    }
    assert.notEqual(fault(), null);
    at(200_000);
    faults.analysed('gate');
    assert.equal(fault(), null);
  });

  it('reports a live camera of which no frame is analysed, and why frames are dropped', () => {
    const { faults, at, fault } = setUp();
    faults.analysed('gate');
    at(9_000);
    assert.equal(fault('live', ['stale']), null);
    at(15_000);
    assert.deepEqual(fault('live', ['stale', 'busy']), {
      code: 'ANALYSIS_STALLED',
      message:
        'Camera gate is live, but no frame has been analysed for 15 s: dropped as stale, busy',
    });
    assert.equal(fault('backoff'), null, 'its own state says so');
    faults.analysed('gate');
    assert.equal(fault(), null);
  });
});
