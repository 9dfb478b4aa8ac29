import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Registry } from 'prom-client';
import { followAnalysis } from '../../../src/app/follow-analysis.ts';
import { registerFaceMetrics } from '../../../src/telemetry/face-metrics.ts';
import { remoteKeyframe } from '../../support/cluster/remote-keyframe.ts';

describe('faces that are covered', () => {
  it('are counted by what covers them, from zero on', async () => {
    const registry = new Registry();
    const faces = registerFaceMetrics(registry);
    faces.expect('door');
    const listener = followAnalysis({
      metrics: { faces },
      faults: { worked: () => undefined },
    } as unknown as Parameters<typeof followAnalysis>[0]);
    const occlusion = { upper: 0, lower: 0.7, mask: 0.5, darkGlasses: 0.49, headwear: 0.7 };
    const { raw } = remoteKeyframe();
    const keyframe = remoteKeyframe({ raw: { ...raw, occlusion } });
    listener.left.embed?.({ kind: 'keyframe', keyframe }, 'door');
    listener.left.embed?.({ kind: 'keyframe', keyframe: remoteKeyframe() }, 'door');
    const lines = (await registry.metrics())
      .split('\n')
      .filter((line) => /covered_total\{/.test(line));
    assert.deepEqual(lines, [
      'nightglass_faces_covered_total{camera="door",covering="mask"} 1',
      'nightglass_faces_covered_total{camera="door",covering="darkGlasses"} 0',
      'nightglass_faces_covered_total{camera="door",covering="headwear"} 1',
    ]);
    faces.forget('door');
    assert.doesNotMatch(await registry.metrics(), /covered_total\{/);
  });
});
