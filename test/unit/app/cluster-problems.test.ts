import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { clusterProblems } from '../../../src/app/cluster-problems.ts';
import type { ClusterNode } from '../../../src/domain/cluster.ts';

const node = (dropping: ClusterNode['dropping'], waiting = 0): ClusterNode => ({
  report: {
    ...{ node: 'edge-1', roles: ['ingest', 'inference'], version: '1', models: 'm', at: 0 },
    ...{ cores: 2, maxCameras: 0, draining: false, cameras: [], waiting },
    sent: { keyframes: 0, bytes: 0 },
    drops: [{ cameraId: 'gate', reason: 'busy', count: 9 }],
  },
  ...{ seenAt: 0, lost: false, skew: 0, dropping },
});
const problems = (of: ClusterNode) =>
  clusterProblems({
    ...{ connected: true, nodes: [of], models: 'm', droppedAgo: Number.POSITIVE_INFINITY },
    backlog: { pending: 0, age: 0 },
  });

describe('what is wrong beyond this machine', () => {
  it('is that a node drops faces, though none waits at the moment', () => {
    const [problem] = problems(node(['busy']));
    assert.equal(problem?.code, 'CLUSTER_BEHIND');
    assert.match(problem.message, /edge-1 finds more faces .* --roles inference/);
    assert.match(problems(node(['full']))[0]?.message ?? '', /does not take/);
  });

  it('is not what a node dropped long ago, though something waits', () => {
    assert.deepEqual(problems(node([], 3)), []);
  });
});
