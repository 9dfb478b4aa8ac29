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
const problems = (of: ClusterNode, missing?: readonly string[]) =>
  clusterProblems({
    ...{ connected: true, nodes: [of], models: 'm', droppedAgo: Number.POSITIVE_INFINITY },
    backlog: { pending: 0, age: 0 },
    missing,
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

  it('is that nobody compares faces with the lists, or not with all of them yet', () => {
    const matching = (): ClusterNode => {
      const { report, ...rest } = node([]);
      return { ...rest, report: { ...report, roles: ['matching'], models: '' } };
    };
    const said = (of: ClusterNode, missing?: readonly string[]) =>
      problems(of, missing).map(({ code, message }) => `${code} ${message}`);
    assert.match(
      said(node([]), [])[0] ?? '',
      /CLUSTER_BEHIND No node compares .* --roles matching/,
    );
    assert.deepEqual(said(matching(), []), []);
    const four = ['a', 'b', 'c', 'd'];
    assert.match(said(matching(), four)[0] ?? '', /not the whole of a, b, c and 1 more yet/);
    assert.match(said(matching())[0] ?? '', /CLUSTER_DIFFERS .* nothing to do/);
  });
});
