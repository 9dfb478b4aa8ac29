import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import type { AlertFilter } from '../../../../src/domain/alert-filter.ts';
import { SqliteAlertStore } from '../../../../src/services/alerts/alert-store.ts';
import { alertStatistics } from '../../../../src/store/alert-statistics.ts';
import {
  alertId,
  makeAlert,
  makeEvidence,
  makeSighting,
} from '../../../support/store/alert-fixture.ts';
import { createMemoryStore } from '../../../support/store/test-store.ts';

const count = 2000;

function setUp(t: TestContext) {
  const store = createMemoryStore();
  t.after(() => store.close());
  const audit = { record: () => undefined, append: () => undefined } as never;
  const policy = (id: string) => ({ retentionDays: 1, twoPersonReview: id === 'list-2' });
  const alerts = new SqliteAlertStore({ store, audit, now: () => Date.UTC(2030, 0, 2), policy });
  const evidence = makeEvidence(1, 1);
  store.write(() => {
    for (let n = 1; n <= count; n += 1) alerts.insert(ofNumber(n), evidence);
  });
  return { store, alerts };
}

/** Every fiftieth is of the yard, every third of the list that two people judge. */
function ofNumber(n: number) {
  return makeAlert(n, {
    cameraId: n % 50 === 0 ? 'yard' : 'gate',
    watchlistId: n % 3 === 0 ? 'list-2' : 'list-1',
    quality: (n * 37) % 100,
    scores: { raw: 0.5, enhanced: 0.6, fused: 0.5 + ((n * 13) % 40) / 100 },
  });
}

/** What happens between two steps: alerts are seen again, judged, and new. */
function changesOf(alerts: SqliteAlertStore) {
  let [seed, added] = [7, count];
  const any = () => {
    seed = (seed * 48_271) % 2_147_483_647;
    return alertId(1 + (seed % count));
  };
  // Half of them are looked at already.
  for (let n = 1; n <= count; n += 2) {
    alerts.review(alertId(n), { action: 'acknowledge', reviewer: 'ann' });
  }
  return () => {
    for (let n = 0; n < 3; n += 1) {
      const at = Date.UTC(2030, 0, 1, 12) + seed;
      const id = any();
      if (alerts.find(id)) alerts.sight(id, makeSighting(`again-${seed}`, at), makeEvidence(1, 1));
      const judged = any();
      const state = alerts.find(judged)?.alert.state;
      if (state === 'new') alerts.review(judged, { action: 'acknowledge', reviewer: 'ann' });
      else if (state === 'acknowledged') {
        const action = seed % 2 === 0 ? 'confirm' : 'dismiss';
        alerts.review(judged, { action, reviewer: 'ann', reason: 'seen' });
      }
      added += 1;
      alerts.insert(ofNumber(added), makeEvidence(1, 1));
    }
  };
}

function walk<T>(steps: Generator<void, T>, between: () => void): { steps: number; value: T } {
  for (let n = 1; ; n += 1) {
    const step = steps.next();
    if (step.done) return { steps: n, value: step.value };
    between();
  }
}

const filters: readonly AlertFilter[] = [
  { limit: 500 },
  { limit: 200, cameras: ['yard'] },
  { limit: 300, states: ['confirmed', 'dismissed'] },
  { limit: 100, states: ['new'], watchlistId: 'list-2' },
  { limit: 100, from: Date.UTC(2030, 0, 1) + 300 },
];

describe('a page while alerts change between its steps', () => {
  for (const order of ['newest', 'queue'] as const) {
    for (const filter of filters) {
      it(`is what was there at one moment: ${order}, ${JSON.stringify(filter)}`, (t) => {
        const { alerts } = setUp(t);
        const { value, steps, moments } = moved(alerts, { ...filter, order });
        assert.ok(steps > 3, `${steps} steps`);
        assert.ok(moments.some(({ alerts: then }) => ids(then) === ids(value.alerts)));
        // Alerts are counted last.
        assert.equal(value.total, moments.at(-1)?.total);
      });
    }

    it(`begins behind the page before it: ${order}`, (t) => {
      const { alerts } = setUp(t);
      const { next } = alerts.page({ order, limit: 100 });
      const { value, moments } = moved(alerts, { order, limit: 400, before: String(next) });
      assert.ok(moments.some(({ alerts: then }) => ids(then) === ids(value.alerts)));
    });
  }
});

/** A page in steps with changes between them, and the same page at once after each change. */
function moved(alerts: SqliteAlertStore, asked: AlertFilter) {
  const change = changesOf(alerts);
  const steps = alerts.pageInSteps(asked);
  const moments = [alerts.page(asked)];
  for (let n = 1; ; n += 1) {
    const step = steps.next();
    if (step.done) return { value: step.value, steps: n, moments };
    change();
    moments.push(alerts.page(asked));
  }
}

describe('statistics while alerts change between their steps', () => {
  it('count each alert once', (t) => {
    const { alerts, store } = setUp(t);
    const asked = { from: 0, to: Date.UTC(2030, 0, 1) + count + 1 };
    const everything = { ...asked, cameras: '*', watchlists: '*' } as const;
    const { steps, value } = walk(alertStatistics(store, everything), changesOf(alerts));
    assert.ok(steps > 3, `${steps} steps`);
    const { confirmed, dismissed, open } = value.total;
    assert.equal(confirmed + dismissed + open, count);
    const sum = (of: readonly { confirmed: number; dismissed: number; open: number }[]) =>
      of.reduce((all, each) => all + each.confirmed + each.dismissed + each.open, 0);
    assert.deepEqual([sum(value.byCamera), sum(value.byWatchlist)], [count, count]);
  });
});

function ids(alerts: readonly { readonly id: string; readonly revision: number }[]): string {
  return alerts.map(({ id, revision }) => `${id}.${revision}`).join();
}
