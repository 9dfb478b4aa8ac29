import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { alertOf } from '../../../scripts/monitoring/fill-metrics.ts';
import { FrameLedger } from '../../../src/domain/frame/ledger.ts';
import { createMetrics } from '../../../src/telemetry/metrics.ts';

describe('metrics of reviews', () => {
  it('count steps by where they lead, verdicts by camera, score and quality', async () => {
    const metrics = createMetrics({ ledger: new FrameLedger(), version: '0' });
    metrics.reviews.reviewed(alertOf('lobby', 'barred', 'acknowledged'));
    metrics.reviews.reviewed(alertOf('lobby', 'barred', 'confirmed'));
    metrics.reviews.reviewed(alertOf('lobby', 'barred', 'confirmed'));
    metrics.reviews.reviewed(alertOf('yard', 'barred', 'dismissed'));
    const text = await metrics.text();
    metrics.close();
    const has = (row: string) => assert.ok(text.includes(`${row}\n`), row);
    has('nightglass_alert_reviews_total{watchlist="barred",state="acknowledged"} 1');
    has('nightglass_alert_reviews_total{watchlist="barred",state="confirmed"} 2');
    has('nightglass_alert_reviews_total{watchlist="barred",state="dismissed"} 1');
    has('nightglass_camera_alert_decisions_total{camera="lobby",outcome="confirmed"} 2');
    has('nightglass_camera_alert_decisions_total{camera="yard",outcome="dismissed"} 1');
    // Created at 0, decided 30 s later; fused 0.6 against a threshold of 0.4.
    has('nightglass_alert_decision_seconds_sum{watchlist="barred"} 90');
    has('nightglass_alert_decision_margin_bucket{le="0.15",outcome="confirmed"} 0');
    has('nightglass_alert_decision_margin_bucket{le="0.3",outcome="confirmed"} 2');
    has('nightglass_alert_decision_quality_score_sum{outcome="dismissed"} 60');
  });

  it('start at 0 for a list and a camera that are there, so that the first step is not missed', async () => {
    const metrics = createMetrics({ ledger: new FrameLedger(), version: '0' });
    metrics.expectCamera('lobby');
    metrics.watch({
      watchlists: () => ({
        lists: [
          {
            id: 'barred',
            expiresAt: null,
            inForce: true,
            people: 0,
            usableTemplates: 0,
            outdatedTemplates: 0,
          },
        ],
        openAlerts: [],
        templatesPending: 0,
        templatesFailed: 0,
        unstored: { waiting: 0, lost: 0 },
      }),
    });
    const text = await metrics.text();
    metrics.close();
    for (const row of [
      'nightglass_alert_reviews_total{watchlist="barred",state="confirmed"} 0',
      'nightglass_alerts_total{watchlist="barred"} 0',
      'nightglass_alerts_open{watchlist="barred",state="new"} 0',
      'nightglass_camera_alert_decisions_total{camera="lobby",outcome="confirmed"} 0',
      'nightglass_camera_reconnects_total{camera="lobby",reason="STREAM_STALLED"} 0',
      'nightglass_watchlist_in_force{watchlist="barred"} 1',
    ]) {
      assert.ok(text.includes(`${row}\n`), row);
    }
    assert.doesNotMatch(text, /watchlist_expiry_timestamp_seconds\{/);
  });
});
