import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import type { Alert } from '../../../../src/domain/alert.ts';
import { SqliteAlertStore } from '../../../../src/services/alerts/alert-store.ts';
import { suggestThreshold } from '../../../../src/services/alerts/suggest-threshold.ts';
import { atOnce } from '../../../../src/services/in-turns.ts';
import { alertStatistics } from '../../../../src/store/alert-statistics.ts';
import type { DecidedScore } from '../../../../src/store/alert-tally.ts';
import { AuditLog } from '../../../../src/store/audit-log.ts';
import { makeAlert, makeEvidence } from '../../../support/store/alert-fixture.ts';
import { openStore } from '../../../support/store/open-store.ts';

const all = { from: 0, to: Number.MAX_SAFE_INTEGER, cameras: '*', watchlists: '*' } as const;
const scored = (fused: number) => ({ scores: { raw: 0.5, enhanced: null, fused } });

function setUp(t: TestContext, alerts: readonly Alert[], twoPersonReview = false) {
  const { store, clock } = openStore(t, { retryMs: 1000 });
  const policy = () => ({ retentionDays: 1, twoPersonReview });
  const own = new SqliteAlertStore({
    store,
    audit: new AuditLog({ store, now: clock.now }),
    now: clock.now,
    policy,
  });
  for (const alert of alerts) own.insert(alert, makeEvidence(1));
  return store;
}

describe('statistics of alerts', () => {
  it('count by camera, list, quality and score what people decided', (t) => {
    const store = setUp(t, [
      makeAlert(1, { state: 'confirmed', quality: 70, ...scored(0.52) }),
      makeAlert(2, { state: 'dismissed', quality: 45, ...scored(0.41), cameraId: 'yard' }),
      makeAlert(3, { state: 'escalated', quality: 60, ...scored(0.55) }),
      makeAlert(4, { state: 'confirmed', quality: 10, ...scored(0.5), watchlistId: 'list-2' }),
    ]);
    const { decided, ...told } = atOnce(alertStatistics(store, all));
    assert.deepEqual(told, {
      total: { confirmed: 2, dismissed: 1, open: 1 },
      byCamera: [
        { cameraId: 'gate', confirmed: 2, dismissed: 0, open: 1 },
        { cameraId: 'yard', confirmed: 0, dismissed: 1, open: 0 },
      ],
      byWatchlist: [
        { watchlistId: 'list-1', confirmed: 1, dismissed: 1, open: 1 },
        { watchlistId: 'list-2', confirmed: 1, dismissed: 0, open: 0 },
      ],
      byQuality: [
        { band: 'good', from: 60, to: 100, confirmed: 1, dismissed: 0, open: 1 },
        { band: 'fair', from: 40, to: 60, confirmed: 0, dismissed: 1, open: 0 },
        { band: 'poor', from: 0, to: 40, confirmed: 1, dismissed: 0, open: 0 },
      ],
      scores: [
        { from: 0.4, to: 0.45, confirmed: 0, dismissed: 1, open: 0 },
        { from: 0.45, to: 0.5, confirmed: 0, dismissed: 0, open: 0 },
        { from: 0.5, to: 0.55, confirmed: 2, dismissed: 0, open: 0 },
        { from: 0.55, to: 0.6, confirmed: 0, dismissed: 0, open: 1 },
      ],
    });
    assert.deepEqual(decided.get('list-2'), [{ score: 0.5, outcome: 'confirmed', count: 1 }]);
  });

  it('take in the time, cameras and lists asked for alone', (t) => {
    const store = setUp(t, [
      makeAlert(1, { createdAt: 100 }),
      makeAlert(2, { createdAt: 200, cameraId: 'yard' }),
      makeAlert(3, { createdAt: 300, watchlistId: 'list-2' }),
    ]);
    const open = (changes: object) =>
      atOnce(alertStatistics(store, { ...all, ...changes })).total.open;
    assert.deepEqual(
      [
        open({}),
        open({ from: 200 }),
        open({ to: 200 }),
        open({ cameras: ['yard'] }),
        open({ watchlists: ['list-1'] }),
        open({ cameras: [] }),
      ],
      [3, 2, 1, 1, 2, 0],
    );
    assert.deepEqual(atOnce(alertStatistics(store, { ...all, cameras: [] })).scores, []);
  });

  it('keep quality and score of what two people judge until it is decided', (t) => {
    const store = setUp(t, [makeAlert(1), makeAlert(2, { state: 'confirmed' })], true);
    const { total, byQuality, scores } = atOnce(alertStatistics(store, all));
    assert.equal(total.open, 1);
    assert.ok(byQuality.every(({ open }) => open === 0));
    assert.deepEqual(scores, [{ from: 0.7, to: 0.75, confirmed: 1, dismissed: 0, open: 0 }]);
  });
});

describe('suggested threshold', () => {
  const at = (score: number, outcome: DecidedScore['outcome'], count: number) => ({
    score,
    outcome,
    count,
  });

  it('is higher where that spares dismissals and costs hardly a confirmation', () => {
    const suggestion = suggestThreshold(0.4, [
      at(0.41, 'dismissed', 15),
      at(0.44, 'dismissed', 5),
      at(0.5, 'dismissed', 2),
      at(0.42, 'confirmed', 1),
      at(0.55, 'confirmed', 59),
    ]);
    assert.deepEqual(
      { ...suggestion, why: null },
      {
        suggested: 0.55,
        direction: 'raise',
        why: null,
        samples: 82,
        confirmed: 60,
        dismissed: 22,
        spares: 22,
        loses: 1,
      },
    );
    assert.match(suggestion?.why ?? '', /22 of 22 dismissed .* 1 of 60 confirmed/);
  });

  it('is lower where nobody is dismissed and many are just above', () => {
    const suggestion = suggestThreshold(0.4, [
      at(0.405, 'confirmed', 20),
      at(0.6, 'confirmed', 20),
      at(0.41, 'dismissed', 1),
    ]);
    assert.deepEqual([suggestion?.suggested, suggestion?.direction], [0.38, 'lower']);
  });

  it('is none for too few reviews, or where they speak for no change', () => {
    const few: [DecidedScore[], string][] = [
      [[at(0.41, 'dismissed', 15), at(0.5, 'confirmed', 9)], 'too few'],
      [[at(0.41, 'dismissed', 40), at(0.5, 'confirmed', 9)], 'too few confirmed'],
      [[at(0.5, 'dismissed', 20), at(0.41, 'confirmed', 20)], 'they overlap'],
      [[at(0.6, 'confirmed', 40)], 'all well above'],
      [[at(0.41, 'dismissed', 5), at(0.5, 'confirmed', 40)], 'too few dismissed'],
      [[], 'none'],
    ];
    for (const [decided, why] of few) assert.equal(suggestThreshold(0.4, decided), null, why);
  });
});
