import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { dayPart } from '../../../../src/domain/drift/day-part.ts';
import {
  type DriftMeasure,
  driftBin,
  driftBins,
  driftMeasure,
  driftValue,
} from '../../../../src/domain/drift/drift-measure.ts';
import type { GradedFrame } from '../../../../src/domain/graded-face.ts';
import type { Keyframe } from '../../../../src/domain/keyframe.ts';
import type { Quality } from '../../../../src/domain/quality/quality.ts';
import { DriftRecorder } from '../../../../src/services/cameras/drift-recorder.ts';
import { DriftTable } from '../../../../src/store/drift-table.ts';
import { openStore } from '../../../support/store/open-store.ts';

const dayMs = 86_400_000;
const noon = new Date(2026, 10, 24, 12, 30).getTime();

function qualityOf(sharpness: number): Quality {
  return {
    components: {
      sharpness: { raw: sharpness, score: 50 },
      yaw: { raw: -30, score: 50 },
      compression: { raw: 7, score: 80 },
    },
    score: 50,
    verdict: 'accept',
    reasons: [],
  };
}

/** A face of so many pixels a side, grey but for a grid. */
function keyframe(capturedAt: number, sharpness = 0.5): Parameters<DriftRecorder['keyframe']>[0] {
  const side = 40;
  const data = new Uint8Array(side * side * 3).map((_, at) => 100 + ((at / 3) % 7));
  return {
    cameraId: 'gate',
    capturedAt,
    face: { image: { width: side, height: side, data } } as unknown as Keyframe['face'],
    raw: { vector: new Float32Array(), recognisability: 0.7 },
    quality: qualityOf(sharpness),
  };
}

/** A picture with one face. */
function graded(capturedAt: number, sharpness: number): GradedFrame {
  const faces = [{ quality: qualityOf(sharpness) }];
  return { frame: { capturedAt }, faces, ended: [] } as unknown as GradedFrame;
}

function setUp(t: TestContext, { ofKeyframes = false } = {}) {
  const { store, clock } = openStore(t);
  const table = new DriftTable(store);
  const faults: unknown[] = [];
  const state = { refuses: false, dropped: 0, writes: [] as number[] };
  const recorder = new DriftRecorder({
    table: {
      add(counted) {
        if (state.refuses) throw new Error('refused');
        state.writes.push(counted.length);
        table.add(counted);
      },
    },
    clock,
    model: 'space-1',
    ofKeyframes,
    frameRates: () => [{ cameraId: 'gate', rate: 12.5 }],
    onError: (error) => faults.push(error),
    onDropped: (count) => {
      state.dropped += count;
    },
  });
  t.after(() => recorder.close());
  const counted = (measure: DriftMeasure, at: number) => {
    const { day, part } = dayPart(at);
    const model = driftMeasure(measure).isOfModel ? 'space-1' : '';
    const [found] = table.days({ cameraId: 'gate', measure, model, from: day, to: day });
    return found?.parts[part] ?? new Uint32Array(driftBins);
  };
  return { clock, counted, faults, recorder, state, table };
}

const sum = (counts: Uint32Array) => counts.reduce((total, count) => total + count, 0);

describe('pictures of cameras by day', () => {
  it('are counted by bin and part of the day, and written once a minute', (t) => {
    const { clock, counted, recorder, state } = setUp(t);
    recorder.graded('gate', graded(noon, 0.61));
    recorder.graded('gate', graded(noon + 1_000, 0.61));
    recorder.graded('gate', graded(noon + 6 * 3_600_000, 0.34));
    clock.advance(59_000);
    assert.deepEqual(state.writes, [], 'nothing is written on the way of a frame');
    clock.advance(1_000);
    assert.equal(state.writes.length, 1, 'one transaction');
    assert.equal(counted('sharpness', noon)[driftBin('sharpness', 0.61)], 2);
    assert.equal(counted('sharpness', noon + 6 * 3_600_000)[driftBin('sharpness', 0.34)], 1);
    assert.equal(counted('yaw', noon)[driftBin('yaw', 30)], 2, 'whichever side it is turned to');
    assert.equal(counted('compression', noon)[driftBin('compression', 80)], 2);
    assert.equal(counted('quality', noon)[driftBin('quality', 50)], 2);
    assert.equal(sum(counted('pitch', noon)), 0, 'what was not measured is not counted');
    recorder.graded('gate', graded(noon + 2_000, 0.61));
    clock.advance(60_000);
    assert.equal(counted('sharpness', noon)[driftBin('sharpness', 0.61)], 3, 'they add up');
  });

  it('count one picture a second of a camera: who stands about counts no further', (t) => {
    const { counted, recorder } = setUp(t);
    for (let ms = 0; ms < 3_000; ms += 40) recorder.graded('gate', graded(noon + ms, 0.5));
    recorder.close();
    assert.equal(sum(counted('sharpness', noon)), 3);
  });

  it('have noise and recognisability from keyframes, and all of them where no other face is seen', (t) => {
    const here = setUp(t);
    here.recorder.keyframe(keyframe(noon));
    here.recorder.close();
    assert.equal(sum(here.counted('noise', noon)), 1);
    assert.equal(here.counted('recognisability', noon)[driftBin('recognisability', 0.7)], 1);
    assert.equal(sum(here.counted('sharpness', noon)), 0, 'counted as it was graded');
    const remote = setUp(t, { ofKeyframes: true });
    remote.recorder.graded('gate', graded(noon, 0.5));
    remote.recorder.keyframe(keyframe(noon));
    remote.recorder.close();
    assert.equal(sum(remote.counted('sharpness', noon)), 1);
    assert.equal(sum(remote.counted('noise', noon)), 1);
  });

  it('hold scores of strangers and confirmed alerts, by recognition model', (t) => {
    const { counted, recorder, table } = setUp(t);
    recorder.stranger('gate', 0.13, noon);
    recorder.confirmed('gate', 0.61, noon);
    recorder.close();
    assert.equal(counted('strangerScore', noon)[driftBin('strangerScore', 0.13)], 1);
    assert.equal(counted('confirmedScore', noon)[driftBin('confirmedScore', 0.61)], 1);
    const { day } = dayPart(noon);
    const other = { cameraId: 'gate', measure: 'strangerScore', model: 'space-2' } as const;
    assert.deepEqual(table.days({ ...other, from: day, to: day }), []);
  });

  it('say how bright the picture was and how fast it came, once a minute', (t) => {
    const { clock, counted, recorder } = setUp(t);
    for (const level of [50, 150, null]) recorder.brightness('gate', level);
    clock.advance(60_000);
    const at = clock.now();
    assert.equal(counted('brightness', at)[driftBin('brightness', 100)], 1);
    assert.equal(counted('frameRate', at)[driftBin('frameRate', 12.5)], 1);
    clock.advance(60_000);
    assert.equal(sum(counted('brightness', at)), 1, 'nothing was seen');
  });

  it('wait while the data folder refuses, and are written when the program ends', (t) => {
    const { clock, counted, faults, recorder, state } = setUp(t);
    state.refuses = true;
    recorder.graded('gate', graded(noon, 0.5));
    clock.advance(60_000);
    assert.equal(faults.length, 1);
    recorder.close();
    assert.equal(faults.length, 2, 'a folder that refuses holds up no end');
    assert.equal(sum(counted('sharpness', noon)), 0);
  });

  it('are written when the program ends', (t) => {
    const { counted, recorder } = setUp(t);
    recorder.graded('gate', graded(noon, 0.5));
    recorder.close();
    recorder.close();
    assert.equal(sum(counted('sharpness', noon)), 1);
  });

  it('are bounded in memory and in a transaction', (t) => {
    const { clock, recorder, state } = setUp(t);
    for (let day = 0; day < 4_000; day += 1) recorder.keyframe(keyframe(noon - day * dayMs));
    for (let day = 0; day < 2_000; day += 1) {
      recorder.graded('gate', graded(noon - day * dayMs, 0.5));
    }
    clock.advance(60_000);
    clock.advance(100);
    assert.ok(state.dropped > 0, 'what is too much is counted');
    assert.deepEqual(state.writes, [64, 64]);
  });

  it('go after 400 days', (t) => {
    const { clock, counted, recorder, table } = setUp(t);
    const now = clock.now();
    const old = now - 405 * dayMs;
    for (const at of [old, now]) recorder.graded('gate', graded(at, 0.5));
    recorder.close();
    assert.equal(sum(counted('sharpness', old)), 1);
    table.purgeOld(now);
    assert.equal(sum(counted('sharpness', old)), 0);
    assert.equal(sum(counted('sharpness', now)), 1);
  });
});

describe('a bin of a measure', () => {
  it('takes what lies outside too, and is finer for small values where doubling counts', () => {
    assert.equal(driftBin('sharpness', -9), 0);
    assert.equal(driftBin('sharpness', 9), driftBins - 1);
    assert.equal(driftBin('interEyeDistance', 0), 0);
    assert.notEqual(driftBin('interEyeDistance', 10), driftBin('interEyeDistance', 13));
    assert.equal(driftBin('interEyeDistance', 500), driftBins - 1);
    for (const measure of ['sharpness', 'noise'] as const) {
      const bin = driftBin(measure, 1.1);
      assert.ok(driftValue(measure, bin / driftBins) <= 1.1);
      assert.ok(driftValue(measure, (bin + 1) / driftBins) > 1.1);
    }
  });
});

describe('the part of a day', () => {
  it('is three hours of local time', () => {
    const parts = [0, 2, 3, 23].map((hour) => dayPart(new Date(2026, 10, 24, hour, 59).getTime()));
    assert.deepEqual(
      parts.map(({ part }) => part),
      [0, 0, 1, 7],
    );
    assert.deepEqual(
      new Set(parts.map(({ day }) => day)),
      new Set([Date.UTC(2026, 10, 24) / dayMs]),
    );
  });
});
