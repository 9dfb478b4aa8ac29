import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { fillMetrics } from '../../../scripts/monitoring/fill-metrics.ts';
import { FrameLedger } from '../../../src/domain/frame/ledger.ts';
import { metricLabels } from '../../../src/telemetry/metric-labels.ts';
import { createMetrics } from '../../../src/telemetry/metrics.ts';
import { breachesOf } from '../../support/telemetry/label-breaches.ts';

describe('low cardinality', () => {
  it('has a rule for the values of every label of every metric, and no rule without one', () => {
    const metrics = createMetrics({ ledger: new FrameLedger(), version: '0' });
    const used = new Set(metrics.facts().flatMap(({ labels }) => labels));
    metrics.close();
    assert.deepEqual([...used].sort(), Object.keys(metricLabels).sort());
  });

  it('never labels by track, person, alert, client or address', () => {
    for (const label of Object.keys(metricLabels)) {
      assert.doesNotMatch(
        label,
        /track|person|people|name|alert|client|user|token|url|address|id$/,
      );
    }
  });

  it('joins at most one label that the site sizes with another that is not a short closed set', () => {
    // 256 cameras times 256 watchlists would be 65,536 series.
    const metrics = createMetrics({ ledger: new FrameLedger(), version: '0' });
    for (const { name, labels } of metrics.facts()) {
      const large = labels.filter((label) => (metricLabels[label]?.atMost ?? 0) > 64);
      assert.ok(large.length <= 1, `${name}: ${large.join(', ')}`);
    }
    metrics.close();
  });

  it('keeps 64 cameras and 16 watchlists within 8,200 series, all of them lawful', async () => {
    const ledger = new FrameLedger();
    const metrics = createMetrics({ ledger, version: '0' });
    fillMetrics(metrics, ledger, { cameras: 64, watchlists: 16 });
    const text = await metrics.text();
    metrics.close();
    assert.deepEqual(breachesOf(text), []);
    const series = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
    assert.ok(series.length < 8_200, `${series.length} series`);
  });

  it('finds a value outside its set, and too many of them', () => {
    assert.deepEqual(breachesOf('a_total{reason="bored"} 1\n'), ['a_total: reason="bored"']);
    const many = Array.from({ length: 300 }, (_, i) => `b{camera="c${i}"} 1`).join('\n');
    assert.deepEqual(breachesOf(many), ['b: 300 values of camera']);
    assert.deepEqual(breachesOf('c{track="t1"} 1\n'), ['c: no rule for the label track']);
  });

  it('ends the series of cameras and watchlists that are gone', async () => {
    const ledger = new FrameLedger();
    const metrics = createMetrics({ ledger, version: '0' });
    fillMetrics(metrics, ledger, { cameras: 3, watchlists: 2 });
    assert.match(await metrics.text(), /camera="camera-2"/);
    metrics.forgetCamera('camera-2');
    metrics.watch({
      watchlists: () => ({
        lists: [],
        openAlerts: [],
        templatesPending: 0,
        templatesFailed: 0,
        unstored: { waiting: 0, lost: 0 },
      }),
    });
    const text = await metrics.text();
    metrics.close();
    assert.doesNotMatch(text, /camera="camera-2"/);
    assert.match(text, /camera="camera-3"/);
    assert.doesNotMatch(text, /watchlist="/);
  });
});
