import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { CameraActivity } from '../../../src/telemetry/camera-activity.ts';
import { RecentLatencies } from '../../../src/telemetry/recent-latencies.ts';
import { RollingSlices } from '../../../src/telemetry/rolling-slices.ts';
import { FakeClock } from '../../support/fake-clock.ts';

describe('rolling slices', () => {
  it('let the oldest slice fall off, also where nothing is added', () => {
    const clock = new FakeClock();
    const slices = new RollingSlices<number[]>({
      clock,
      sliceMs: 10,
      slices: 3,
      create: () => [],
    });
    for (let n = 0; n < 5; n += 1) {
      slices.current().push(n);
      slices.current().push(n);
      clock.advance(10);
    }
    clock.advance(-10);
    assert.deepEqual(slices.all(), [
      [2, 2],
      [3, 3],
      [4, 4],
    ]);
    clock.advance(20);
    assert.deepEqual(slices.all(), [[4, 4]]);
    clock.advance(10);
    assert.deepEqual(slices.all(), []);
    assert.equal(slices.windowSeconds, 0.03);
  });
});

describe('recent latencies', () => {
  it('tell median and 99th percentile within 4 %', () => {
    const latencies = new RecentLatencies(new FakeClock());
    for (let n = 1; n <= 1000; n += 1) latencies.observe('detect', n / 1000);
    const [detect] = latencies.summary();
    assert.equal(detect?.name, 'detect');
    assert.equal(detect?.count, 1000);
    assert.ok(Math.abs((detect?.median ?? 0) / 0.5 - 1) < 0.04, `${detect?.median}`);
    assert.ok(Math.abs((detect?.p99 ?? 0) / 0.99 - 1) < 0.04, `${detect?.p99}`);
  });

  it('forget what is older than the window', () => {
    const clock = new FakeClock();
    const latencies = new RecentLatencies(clock);
    latencies.observe('slow', 10);
    clock.advance(200_000);
    latencies.observe('slow', 0.01);
    assert.equal(latencies.summary()[0]?.count, 2);
    clock.advance(110_000);
    const [slow] = latencies.summary();
    assert.deepEqual([slow?.count, (slow?.p99 ?? 1) < 0.011], [1, true]);
    clock.advance(300_000);
    assert.deepEqual(latencies.summary(), []);
  });

  it('hold any duration, however long or short', () => {
    const latencies = new RecentLatencies(new FakeClock());
    for (const seconds of [0, -1, 1e-9, 1e9]) latencies.observe('x', seconds);
    assert.equal(latencies.summary()[0]?.count, 4);
  });
});

describe('activity of cameras', () => {
  it('counts each camera alone, by reason and quality', () => {
    const clock = new FakeClock();
    const activity = new CameraActivity(clock);
    activity.frame('gate', [0, 55.5, 100]);
    activity.frame('gate', []);
    activity.frame('yard', [12]);
    activity.rejected('gate', 'yaw');
    activity.rejected('gate', 'yaw');
    activity.rejected('gate', 'busy');
    activity.watched('gate', 'motion', true);
    activity.keyframe('gate');
    activity.tracks('gate', 3);
    assert.equal(activity.motion('gate'), 'moving');
    clock.advance(2_000);
    activity.watched('gate', 'still', false);
    assert.equal(activity.motion('gate'), 'still');
    activity.watched('yard', 'always', false);
    assert.equal(activity.motion('yard'), 'unwatched');
    assert.deepEqual(activity.recent('gate'), {
      seconds: 600,
      frames: 2,
      faces: 3,
      looks: { motion: 1, still: 1 },
      keyframes: 1,
      rejected: { yaw: 2, busy: 1 },
      quality: [1, 0, 0, 0, 0, 1, 0, 0, 0, 1],
    });
    assert.deepEqual([activity.tracksActive('gate'), activity.tracksActive('yard')], [3, 0]);
    clock.advance(600_000);
    assert.equal(activity.recent('gate').frames, 0);
    activity.forget('gate');
    assert.equal(activity.tracksActive('gate'), 0);
  });
});
