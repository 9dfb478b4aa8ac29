import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { NodesRun } from '../../../../bench/scale/check-nodes.ts';
import { compareNodes, simulateNodes } from '../../../../bench/scale/compare-nodes.ts';
import type { ServiceTimes } from '../../../../bench/scale/service-times.ts';

const times: ServiceTimes = {
  machine: {
    ...{ cpu: 'none', cores: 2, memoryGiB: 1, node: 'v24', date: 'never', commit: 'none' },
    ...{ busyBefore: 0, loadBefore: 0 },
  },
  camera: { width: 640, height: 360, framesPerSecond: 10, analysedPerSecond: 5 },
  ...{ decode: [2], quietFrame: [1], busyFrame: [3], detect: [10], enhance: [50], embed: [30] },
  ...{ transport: [1], natsMessage: [0.1], receiveFace: [1], receiveNote: [0.1], store: [4] },
  match: [{ templates: 1000, one: 1, sixteen: 4 }],
};
const run: NodesRun = {
  ...{ nodes: 3, cameras: 3, seconds: 60, analysed: 15, keyframes: 1, faces: 7.5, alerts: 0.5 },
  ...{ cores: 0.5, latency: { n: 30, p50: 120, p99: 400 }, busyBefore: 0, busy: 0.3 },
};

describe('real nodes beside a simulation', () => {
  it('simulates as many frames, faces and alerts as there were', () => {
    const simulated = simulateNodes(run, times, 2);
    assert.ok(Math.abs(simulated.analysed - 15) < 0.2, `${simulated.analysed}`);
    // Three cameras: 30 pictures at 2 ms, 15 frames at 13 ms, one face at 80 ms: 335 ms a second.
    assert.ok(Math.abs(simulated.cores - 0.335) < 0.03, `${simulated.cores}`);
    assert.ok(Math.abs(simulated.latency.n - 150) < 40, `${simulated.latency.n}`);
    assert.ok(simulated.latency.p50 > 95 && simulated.latency.p50 < 130);
  });

  it('sets them side by side', () => {
    const text = compareNodes(run, [simulateNodes(run, times, 1), simulateNodes(run, times, 2)]);
    assert.match(text, /real nodes +\| simulated, 1 cores a node +\| simulated, 2 cores a node/);
    assert.match(text, /120 \/ 400 ms \(30\)/);
  });
});
