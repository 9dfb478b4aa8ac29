import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import type { Alert } from '../../../../src/domain/alert.ts';
import { SqliteAlertStore } from '../../../../src/services/alerts/alert-store.ts';
import { feedSql } from '../../../../src/store/alert-event-table.ts';
import { countSql, newestPageSql, queuePageSql } from '../../../../src/store/alert-lists.ts';
import { alertStatistics, statisticsSql } from '../../../../src/store/alert-statistics.ts';
import { auditPageSql } from '../../../../src/store/audit-records.ts';
import { alertsOnSql, portraitsSql } from '../../../../src/store/erase-traces.ts';
import { alertId, makeAlert, makeEvidence } from '../../../support/store/alert-fixture.ts';
import { createMemoryStore } from '../../../support/store/test-store.ts';

const count = 9000;

/** Nine thousand alerts, of which every thousandth is of the yard. */
function setUp(t: TestContext, changes: (n: number) => Partial<Alert> = () => ({})) {
  const store = createMemoryStore();
  t.after(() => store.close());
  const audit = { record: () => undefined, append: () => undefined } as never;
  const policy = () => ({ retentionDays: 1, twoPersonReview: false });
  const alerts = new SqliteAlertStore({ store, audit, now: Date.now, policy });
  const evidence = makeEvidence(1, 1);
  store.write(() => {
    for (let n = 1; n <= count; n += 1) {
      const cameraId = n % 1000 === 0 ? 'yard' : 'gate';
      alerts.insert(makeAlert(n, { cameraId, quality: n % 100, ...changes(n) }), evidence);
    }
  });
  return { store, alerts };
}

/** Steps that a page takes, and the page. */
function walk<T>(steps: Generator<void, T>): { steps: number; value: T } {
  for (let n = 1; ; n += 1) {
    const step = steps.next();
    if (step.done) return { steps: n, value: step.value };
  }
}

describe('pages over more alerts than one step looks at', () => {
  it('find the few that pass, by capture and as a queue, and yield on the way', (t) => {
    const { alerts } = setUp(t);
    const newest = walk(alerts.pageInSteps({ cameras: ['yard'] }));
    assert.deepEqual(
      newest.value.alerts.map(({ id }) => id),
      Array.from({ length: 9 }, (_, n) => alertId(9000 - n * 1000)),
    );
    assert.equal(newest.value.total, 9);
    assert.ok(newest.steps >= 5, `${newest.steps} steps`);
    const queue = walk(alerts.pageInSteps({ cameras: ['yard'], order: 'queue' }));
    assert.deepEqual(queue.value.alerts, newest.value.alerts);
    assert.ok(queue.steps >= 5, `${queue.steps} steps`);
    assert.equal(walk(alerts.pageInSteps({ personId: 'nobody' })).value.total, 0);
  });

  it('neither repeat nor leave out across steps and pages', (t) => {
    const { alerts } = setUp(t);
    for (const order of ['newest', 'queue'] as const) {
      const seen = new Set<string>();
      let before: string | undefined;
      for (let pages = 0; pages < 19; pages += 1) {
        const page = alerts.page({ order, limit: 500, ...(before && { before }) });
        assert.equal(page.total, count);
        for (const { id } of page.alerts) seen.add(id);
        if (page.next === null) break;
        before = page.next;
      }
      assert.equal(seen.size, count, order);
    }
  });

  it('replay what is wanted alone, page by page, and all of it', (t) => {
    const { alerts } = setUp(t);
    const seen: string[] = [];
    let [after, pages] = ['0', 0];
    for (let more = true; more; pages += 1) {
      const page = alerts.since(after, 50, { cameras: ['yard'], watchlists: ['list-1'] });
      seen.push(...page.events.map(({ alert }) => alert.id));
      ({ next: after, more } = page);
    }
    assert.deepEqual(
      seen,
      Array.from({ length: 9 }, (_, n) => alertId((n + 1) * 1000)),
    );
    // One a look at the index, not one an event that another camera raised.
    assert.ok(pages <= 6, `${pages} pages`);
    assert.equal(alerts.since('0', 50, { cameras: [] }).events.length, 0);
  });
});

describe('what else looks at all alerts', () => {
  const everything = {
    from: 0,
    to: Number.MAX_SAFE_INTEGER,
    cameras: '*',
    watchlists: '*',
  } as const;

  it('counts them for statistics in steps', (t) => {
    const { store } = setUp(t);
    const { steps, value } = walk(alertStatistics(store, everything));
    assert.ok(steps >= 4, `${steps} steps`);
    assert.equal(value.total.open, count);
    assert.deepEqual(
      value.byCamera.map(({ cameraId, open }) => [cameraId, open]),
      [
        ['gate', count - 9],
        ['yard', 9],
      ],
    );
    assert.equal(
      value.byQuality.reduce((sum, { open }) => sum + open, 0),
      count,
    );
  });

  it('counts in one step what was created at one moment, and once', (t) => {
    const { store } = setUp(t, () => ({ createdAt: 1000 }));
    assert.equal(walk(alertStatistics(store, everything)).value.total.open, count);
  });

  it('finds in steps where to resume from an alert that is purged', (t) => {
    const { alerts } = setUp(t);
    alerts.purgeExpired(Number.MAX_SAFE_INTEGER, count - 1);
    const { steps, value } = walk(alerts.sinceInSteps(alertId(count + 1), 10));
    assert.deepEqual(value.events, []);
    assert.equal(steps, 1);
    const all = setUp(t).alerts;
    const late = walk(all.sinceInSteps(alertId(count + 1), 10));
    assert.ok(late.steps >= 3, `${late.steps} steps`);
    assert.deepEqual(
      late.value.events.map(({ alert }) => alert.id),
      [],
    );
    assert.equal(all.since(alertId(0), 1).events[0]?.alert.id, alertId(1));
  });
});

describe('the query plan', () => {
  const planOf = (t: TestContext, sql: string) =>
    setUp(t)
      .store.prepare(`EXPLAIN QUERY PLAN ${sql}`)
      .all({})
      .map(({ detail }) => String(detail));

  it('of a page of the queue goes along its index and sorts nothing', (t) => {
    const plan = planOf(t, queuePageSql);
    const [first = ''] = plan.filter((line) => line.includes('alerts_by_queue'));
    assert.match(first, /SEARCH alerts USING (COVERING )?INDEX alerts_by_queue/);
    assert.doesNotMatch(plan.join('\n'), /TEMP B-TREE/);
  });

  it('of a step begins and ends at its places in the index, and reads nothing beyond', (t) => {
    const bounds: [string, string, string][] = [
      [newestPageSql, 'alerts_by_sighting', 'sighted_at,id'],
      [countSql, 'alerts_by_sighting', 'sighted_at,id'],
      [queuePageSql, 'alerts_by_queue', 'queue_rank,queue_above,id'],
    ];
    for (const [sql, index, key] of bounds) {
      const places = key.replaceAll(/\w+/g, '?');
      const bounded = `INDEX ${index} ((${key})>(${places}) AND (${key})<(${places}))`;
      const plan = planOf(t, sql);
      assert.ok(
        plan.some((line) => line.endsWith(bounded)),
        plan.join('\n'),
      );
    }
  });

  it('of what somebody leaves behind looks at the alerts on that person alone', (t) => {
    const plans = [alertsOnSql, portraitsSql].map((sql) =>
      setUp(t)
        .store.prepare(`EXPLAIN QUERY PLAN ${sql}`)
        .all(...Array.from(sql.matchAll(/\?/g), () => null))
        .map(({ detail }) => String(detail))
        .join(),
    );
    for (const plan of plans) {
      assert.match(plan, /SEARCH alerts USING .*\(watchlist_id=\? AND person_id=\?/);
      assert.doesNotMatch(plan, /SCAN/);
    }
  });

  it('of the audit log begins and ends at the places of a step', (t) => {
    for (const order of ['oldest', 'newest'] as const) {
      const plan = planOf(t, auditPageSql(order));
      assert.deepEqual(plan, ['SEARCH audit USING INTEGER PRIMARY KEY (rowid>? AND rowid<?)']);
    }
  });

  it('of a replay reads bodies of what is wanted alone', (t) => {
    const plan = planOf(t, feedSql);
    assert.ok(
      plan.some((line) =>
        /SEARCH alert_events USING (COVERING )?INDEX alert_events_by_place \(sequence>\? AND sequence<\?\)/.test(
          line,
        ),
      ),
      plan.join('\n'),
    );
  });

  it('of statistics, of the queue and of a replay parses no alert to filter it', (t) => {
    const { store } = setUp(t);
    for (const sql of [statisticsSql, queuePageSql, feedSql]) {
      const code = store.prepare(`EXPLAIN ${sql}`).all({});
      const parsing = code.filter(({ p4 }) => String(p4).startsWith('->>'));
      assert.deepEqual(parsing, [], sql);
    }
    assert.match(planOf(t, statisticsSql).join(), /USING (COVERING )?INDEX alerts_for_statistics/);
  });

  it('of what two people judge looks at that person and that picture alone', (t) => {
    const { store, alerts } = setUp(t);
    const asked: string[] = [];
    const prepare = store.prepare.bind(store);
    t.mock.method(store, 'prepare', (sql: string) => {
      asked.push(sql);
      return prepare(sql);
    });
    assert.equal(alerts.awaitsVerdictOf('ann', 'person-1'), false);
    assert.deepEqual(alerts.judgedByTwo(makeEvidence(1, 1).face), []);
    const plans = asked.map((sql) =>
      prepare(`EXPLAIN QUERY PLAN ${sql}`)
        .all(...Array.from(sql.matchAll(/\?/g), () => null))
        .map(({ detail }) => String(detail))
        .join(),
    );
    assert.match(plans[0] ?? '', /SEARCH alerts USING INDEX alerts_for_two \(person_id=\?\)/);
    assert.match(plans[1] ?? '', /SEARCH alert_evidence USING INDEX alert_evidence_by_length/);
    // But of a list of ids that is given.
    assert.doesNotMatch(plans.join(), /SCAN (?!json_each)/);
  });
});
