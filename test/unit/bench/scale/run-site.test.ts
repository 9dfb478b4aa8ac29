import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { camerasANode, runSite } from '../../../../bench/scale/run-site.ts';
import {
  passMs,
  readServiceTimes,
  type ServiceTimes,
} from '../../../../bench/scale/service-times.ts';
import type { Site } from '../../../../bench/scale/site.ts';

/** Round numbers whose results can be worked out by hand. */
const times: ServiceTimes = {
  machine: {
    ...{ cpu: 'none', cores: 1, memoryGiB: 1, node: 'v24', date: 'never', commit: 'none' },
    ...{ busyBefore: 0, loadBefore: 0 },
  },
  camera: { width: 640, height: 360, framesPerSecond: 10, analysedPerSecond: 5 },
  ...{ decode: [1], quietFrame: [1], busyFrame: [2], detect: [10], enhance: [10], embed: [20] },
  ...{ transport: [1], natsMessage: [0.1], receiveFace: [1], receiveNote: [0.1], store: [4] },
  match: [
    { templates: 1000, one: 1, sixteen: 4 },
    { templates: 3000, one: 3, sixteen: 12 },
  ],
};

const site: Site = {
  ...{ cameras: 8, nodes: 2, busyShare: 0.5, peopleAMinute: 6, facesAPerson: 2, inViewSeconds: 4 },
  ...{ listedShare: 1, templates: 1000, coresANode: 2, detectThreads: 1, faceThreads: 1 },
  ...{ assumedGpu: 1, framesPerSecond: 10, analysedPerSecond: 5 },
  ...{ seconds: 60, warmUpSeconds: 5, seed: 3 },
};

describe('a simulated site', () => {
  it('uses what rates times service times say, and gives the same for the same seed', () => {
    const result = runSite(site, times);
    // A node: 4 cameras decode 40 a second at 1 ms; 2 quiet ones 20 at 1 ms; 2 busy ones 10 at 2 ms
    // and 10 detections at 10 ms: 180 ms a second of two cores, and its faces.
    const faces = (result.matched.n / 2 / 60) * 30;
    assert.ok(Math.abs(result.used.cores - (180 + faces) / 2000) < 0.01, `${result.used.cores}`);
    assert.ok(Math.abs(result.used.detect - 0.1) < 0.02);
    assert.deepEqual(result.broken, []);
    assert.equal(result.matched.n, result.alerts.n);
    // 1 decoded, 10 detected, 2 tracked, 30 recognised, then 0.1, 1, 1, a pass of 1, stored in 4.
    assert.ok(Math.abs(result.alerts.p50 - 50.1) < 3, `${result.alerts.p50}`);
    assert.deepEqual(runSite(site, times), result);
    assert.notDeepEqual(runSite({ ...site, seed: 4 }, times).alerts, result.alerts);
  });

  it('says what breaks: the thread that detects, or the control node', () => {
    const crowded = runSite({ ...site, cameras: 60, busyShare: 1, coresANode: 16 }, times);
    assert.equal(crowded.busiest, 'detect');
    assert.ok(crowded.drops.busy > 0);
    assert.match(crowded.broken.join(), /detect \d+ % in use.*frames or faces lost/);
    const large = runSite({ ...site, templates: 600_000 }, times);
    assert.equal(large.busiest, 'control');
    assert.match(large.broken.join(), /alerts p99 \d+ ms/);
  });

  it('finds how many cameras a node holds', () => {
    // One thread does 100 detections a second, so below 20 busy cameras at five a second.
    const held = camerasANode({ ...site, cameras: 100, busyShare: 1, coresANode: 16 }, times);
    assert.ok(held >= 16 && held <= 19, `${held}`);
    // With an assumed device ten times as fast something else bounds it.
    const device = { ...site, cameras: 100, busyShare: 1, coresANode: 16, assumedGpu: 10 };
    assert.ok(camerasANode(device, times) > 60);
  });

  it('passes over a gallery in proportion to what was measured', () => {
    assert.equal(passMs(times, 2000, 1), 2);
    assert.equal(passMs(times, 6000, 1), 6);
    assert.equal(passMs(times, 500, 16), 2);
    assert.equal(passMs(times, 1000, 16), 4);
  });

  it('reads its service times, and says what is wrong with them', () => {
    assert.deepEqual(readServiceTimes(JSON.stringify(times)), times);
    assert.throws(() => readServiceTimes('{'), /not JSON/);
    assert.throws(() => readServiceTimes(JSON.stringify({ ...times, detect: [-1] })), /detect/);
  });
});
