import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import type { Alert } from '../../../../src/domain/alert.ts';
import { SqliteAlertStore } from '../../../../src/services/alerts/alert-store.ts';
import { AuditLog } from '../../../../src/store/audit-log.ts';
import {
  placeOf,
  queueColumns,
  queuePlaceOf,
  readQueueCursor,
} from '../../../../src/store/review-queue.ts';
import { alertId, makeAlert, makeEvidence } from '../../../support/store/alert-fixture.ts';
import { fillDisk, openStore } from '../../../support/store/open-store.ts';

const one = { needed: 1, voters: [] } as const;
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
  return { store, own };
}

function numbersIn(own: SqliteAlertStore, filter: Parameters<SqliteAlertStore['page']>[0] = {}) {
  return own
    .page({ order: 'queue', ...filter })
    .alerts.map(({ id }) => Number(id.replace('01J', '')));
}

describe('review queue', () => {
  it('puts the undecided first, by band of quality, then by how sure the match is', (t) => {
    const { own } = setUp(t, [
      makeAlert(1, { quality: 30, ...scored(0.9) }),
      makeAlert(2, { quality: 70, ...scored(0.5) }),
      makeAlert(3, { quality: 61, ...scored(0.6) }),
      makeAlert(4, { quality: 45, ...scored(0.8) }),
      makeAlert(5, { quality: 90, ...scored(0.95) }),
    ]);
    own.review(alertId(5), { action: 'acknowledge', reviewer: 'ann' });
    own.review(alertId(5), { action: 'confirm', reviewer: 'ann' });
    assert.deepEqual(numbersIn(own), [3, 2, 4, 1, 5]);
    assert.deepEqual(numbersIn(own, { states: ['new'] }), [3, 2, 4, 1]);
  });

  it('has the score above the threshold of its own list in mind', (t) => {
    const { own } = setUp(t, [
      makeAlert(1, { threshold: 0.4, ...scored(0.5) }),
      makeAlert(2, { threshold: 0.55, ...scored(0.6) }),
    ]);
    assert.deepEqual(numbersIn(own), [1, 2]);
  });

  it('puts what waits for a second verdict first, without a hint at its score', (t) => {
    const { own } = setUp(
      t,
      [1, 2, 3].map((n) => makeAlert(n, { quality: 100 - n * 30, ...scored(1 - n / 10) })),
      true,
    );
    for (const n of [2, 3]) {
      own.review(alertId(n), { action: 'acknowledge', reviewer: 'ann' });
      own.review(alertId(n), { action: 'confirm', reviewer: 'ann' });
    }
    // By score it would be 1, 2, 3; all go by age alone.
    assert.deepEqual(numbersIn(own), [3, 2, 1]);
  });

  it('hints at no score before the first of two verdicts either, in order or cursor', (t) => {
    const { own } = setUp(
      t,
      [1, 2, 3].map((n) => makeAlert(n, { quality: 100 - n * 30, ...scored(1 - n / 10) })),
      true,
    );
    assert.deepEqual(numbersIn(own), [3, 2, 1]);
    const { next } = own.page({ order: 'queue', limit: 1 });
    const { band, margin } = readQueueCursor(next ?? '');
    assert.deepEqual([band, margin], [0, 0]);
  });

  it('comes in pages that neither repeat nor leave out', (t) => {
    const { own } = setUp(
      t,
      Array.from({ length: 7 }, (_, n) => makeAlert(n, { quality: (n * 37) % 100 })),
    );
    const seen: string[] = [];
    let before: string | null | undefined;
    for (let pages = 0; before !== null; pages += 1) {
      assert.ok(pages < 4);
      const page = own.page({
        order: 'queue',
        limit: 3,
        ...(before === undefined ? {} : { before }),
      });
      seen.push(...page.alerts.map(({ id }) => id));
      before = page.next;
      // What is decided on the way must not shift the next page.
      const first = page.alerts[0]?.id ?? '';
      own.review(first, { action: 'acknowledge', reviewer: 'ann' });
    }
    assert.equal(new Set(seen).size, 7);
    assert.equal(seen.length, 7);
  });

  it('refuses a cursor that is none', (t) => {
    const { own } = setUp(t, []);
    for (const before of ['q', 'qe30', alertId(1), 'qWzEsMl0']) {
      assert.throws(() => own.page({ order: 'queue', before }), { code: 'BAD_REQUEST' });
    }
  });

  it('means the same in memory and in SQL', (t) => {
    const alerts = [
      makeAlert(1, { quality: 59.9 }),
      makeAlert(2, { quality: 60 }),
      makeAlert(3, { quality: 39.9, threshold: 0.7, ...scored(0.71) }),
      makeAlert(4, { quality: 40, state: 'dismissed' }),
    ];
    const { store, own } = setUp(t, alerts);
    const rows = store.prepare(`SELECT ${queueColumns} FROM alerts ORDER BY id`).all();
    assert.deepEqual(
      rows.map(queuePlaceOf),
      alerts.map((alert) => ({ ...placeOf(alert, one) })),
    );
    const { next } = own.page({ order: 'queue', limit: 1 });
    assert.deepEqual(readQueueCursor(next ?? ''), placeOf(alerts[1] as Alert, one));
  });

  it('takes in alerts that could not be stored', (t) => {
    const { store, own } = setUp(t, [makeAlert(1, { quality: 50 })]);
    fillDisk(store);
    const { stored } = own.insert(makeAlert(2, { quality: 80 }), makeEvidence(1, 200_000));
    assert.equal(stored, false);
    assert.deepEqual(numbersIn(own), [2, 1]);
  });
});
