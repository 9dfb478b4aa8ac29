import assert from 'node:assert/strict';
import { it } from 'node:test';
import { SqliteAlertStore } from '../../../../src/services/alerts/alert-store.ts';
import { AuditLog } from '../../../../src/store/audit-log.ts';
import { openAlerts } from '../../../../src/store/open-alerts.ts';
import { alertId, makeAlert, makeEvidence } from '../../../support/store/alert-fixture.ts';
import { openStore } from '../../../support/store/open-store.ts';

it('openAlerts counts what waits for a verdict, by list and state, and since when', (t) => {
  const { store, clock } = openStore(t);
  const policy = { retentionDays: 30, twoPersonReview: false };
  using alerts = new SqliteAlertStore({
    store,
    audit: new AuditLog({ store, now: () => clock.now() }),
    now: () => clock.now(),
    policy: () => policy,
  });
  const created = (number: number) => clock.now() + number;
  for (const [number, watchlistId] of [
    [1, 'barred'],
    [2, 'barred'],
    [3, 'barred'],
    [4, 'missing'],
  ] as const) {
    alerts.insert(
      makeAlert(number, { watchlistId, createdAt: created(number) }),
      makeEvidence(number),
    );
  }
  const review = (number: number, action: 'acknowledge' | 'confirm') =>
    alerts.review(alertId(number), { action, reviewer: 'r' });
  review(1, 'acknowledge');
  review(1, 'confirm');
  review(3, 'acknowledge');
  assert.deepEqual(
    openAlerts(store).toSorted((a, b) => a.oldest - b.oldest),
    [
      { watchlistId: 'barred', state: 'new', count: 1, oldest: created(2) },
      { watchlistId: 'barred', state: 'acknowledged', count: 1, oldest: created(3) },
      { watchlistId: 'missing', state: 'new', count: 1, oldest: created(4) },
    ],
  );
});

it('openAlerts reads along an index alone: it is asked every few seconds for ever', (t) => {
  const { store } = openStore(t);
  const plan = store
    .prepare(
      `EXPLAIN QUERY PLAN SELECT watchlist_id, state, count(*), min(created_at) FROM alerts
       WHERE state IN ('new', 'acknowledged', 'escalated') GROUP BY state, watchlist_id`,
    )
    .all()
    .map((row) => String(row['detail']));
  assert.ok(
    plan.some((step) => step.includes('COVERING INDEX alerts_by_state')),
    plan.join('; '),
  );
});
