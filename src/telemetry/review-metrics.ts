import { Counter, Histogram, type Registry } from 'prom-client';
import type { Alert, AlertState } from '../domain/alert.ts';

/** States that a reviewer's step leads to; a closed set, it is a metric's label. */
const reviewedStates = ['acknowledged', 'confirmed', 'dismissed', 'escalated'] as const;
const outcomes = ['confirmed', 'dismissed'] as const;
type Outcome = (typeof outcomes)[number];

export interface ReviewMetrics {
  /** A reviewer took a step; the alert is as it stands after it. */
  reviewed(alert: Alert): void;
  /** Starts at 0 what grows with the first event: rates and increases miss a series' first value. */
  expect(camera: string): void;
  expectWatchlist(watchlist: string): void;
  forget(camera: string): void;
  forgetWatchlist(watchlist: string): void;
}

/** What people say about the alerts: how often the machine was right, and where it was not. */
export function registerReviewMetrics(registry: Registry): ReviewMetrics {
  const registers = [registry];
  const reviews = new Counter({
    name: 'nightglass_alert_reviews_total',
    help: "Reviewers' steps, by the state that the alert was in after it",
    labelNames: ['watchlist', 'state'],
    registers,
  });
  const decisions = new Counter({
    name: 'nightglass_camera_alert_decisions_total',
    help: 'Alerts of a camera that were confirmed or dismissed',
    labelNames: ['camera', 'outcome'],
    registers,
  });
  const time = new Histogram({
    name: 'nightglass_alert_decision_seconds',
    help: 'Time from creation of an alert to its verdict',
    labelNames: ['watchlist'],
    buckets: [5, 15, 30, 60, 120, 300, 600, 1800, 3600, 14_400, 86_400],
    registers,
  });
  const margin = new Histogram({
    name: 'nightglass_alert_decision_margin',
    help: 'Fused score above the threshold (cosine) of alerts that were confirmed or dismissed',
    labelNames: ['outcome'],
    buckets: [0.01, 0.02, 0.05, 0.1, 0.15, 0.2, 0.3, 0.5],
    registers,
  });
  const quality = new Histogram({
    name: 'nightglass_alert_decision_quality_score',
    help: 'Quality, 0 to 100, of the pictured face of alerts that were confirmed or dismissed',
    labelNames: ['outcome'],
    buckets: [20, 30, 40, 50, 60, 70, 80, 90],
    registers,
  });
  for (const outcome of outcomes) {
    margin.zero({ outcome });
    quality.zero({ outcome });
  }
  const isOutcome = (state: AlertState): state is Outcome =>
    outcomes.some((outcome) => outcome === state);
  return {
    reviewed(alert) {
      const { watchlistId: watchlist, cameraId: camera, state } = alert;
      reviews.inc({ watchlist, state });
      if (!isOutcome(state)) return;
      decisions.inc({ camera, outcome: state });
      time.observe({ watchlist }, Math.max(0, alert.updatedAt - alert.createdAt) / 1000);
      margin.observe({ outcome: state }, alert.scores.fused - alert.threshold);
      quality.observe({ outcome: state }, alert.quality);
    },
    expect(camera) {
      for (const outcome of outcomes) decisions.inc({ camera, outcome }, 0);
    },
    expectWatchlist(watchlist) {
      for (const state of reviewedStates) reviews.inc({ watchlist, state }, 0);
      time.zero({ watchlist });
    },
    forget(camera) {
      for (const outcome of outcomes) decisions.remove({ camera, outcome });
    },
    forgetWatchlist(watchlist) {
      for (const state of [...reviewedStates, 'new']) reviews.remove({ watchlist, state });
      time.remove({ watchlist });
    },
  };
}
