import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { isNightglassError } from '../../../../src/domain/errors.ts';
import { SqliteAlertStore } from '../../../../src/services/alerts/alert-store.ts';
import { AuditLog } from '../../../../src/store/audit-log.ts';
import { alertId, makeAlert, makeEvidence } from '../../../support/store/alert-fixture.ts';
import { fillDisk, openStore } from '../../../support/store/open-store.ts';

function setUp(t: TestContext) {
  const opened = openStore(t, { retryMs: 1000 });
  const alerts = new SqliteAlertStore({
    store: opened.store,
    audit: new AuditLog({ store: opened.store, now: opened.clock.now }),
    now: opened.clock.now,
    policy: () => ({ retentionDays: 1, twoPersonReview: false }),
  });
  const insert = (n: number) => alerts.insert(makeAlert(n), makeEvidence(n));
  /** `number change revision`, of all pages. */
  const replay = (since: string, limit?: number) => {
    const told: string[] = [];
    for (let cursor = since, more = true; more; ) {
      const page = alerts.since(cursor, limit);
      told.push(
        ...page.events.map(
          ({ alert, change }) => `${Number(alert.id.slice(3))} ${change} ${alert.revision}`,
        ),
      );
      ({ next: cursor, more } = page);
    }
    return told;
  };
  return { ...opened, alerts, insert, replay };
}

describe('alertsSince', () => {
  it('replays alerts and changes after the one last seen, in order', (t) => {
    const { alerts, insert, replay } = setUp(t);
    insert(1);
    insert(2);
    alerts.review(alertId(1), { action: 'acknowledge', reviewer: 'ann' });
    insert(3);
    alerts.update(makeAlert(2, { revision: 1 }), null);
    assert.deepEqual(replay(alertId(2)), ['1 reviewed 1', '3 created 0', '2 updated 1']);
    assert.deepEqual(replay(alertId(3)), ['2 updated 1']);
    assert.deepEqual(replay('seq:0').length, 5);
  });

  it('tells the same in pages of any size, each once', (t) => {
    const { insert, replay } = setUp(t);
    for (let n = 1; n <= 7; n += 1) insert(n);
    for (const limit of [1, 2, 3, 6, 7, 100]) {
      assert.deepEqual(replay(alertId(1), limit), replay('seq:1'), `limit ${limit}`);
      assert.equal(replay(alertId(1), limit).length, 6);
    }
  });

  it('misses nothing after an alert that was purged meanwhile', (t) => {
    const { alerts, insert, replay, clock } = setUp(t);
    alerts.insert(makeAlert(1, { createdAt: clock.now() + 1e9 }), makeEvidence(1));
    alerts.insert(makeAlert(2, { createdAt: 0 }), makeEvidence(2));
    alerts.update(makeAlert(1, { revision: 1 }), null);
    insert(3);
    assert.equal(alerts.purgeExpired(clock.now(), 10), 1);
    assert.deepEqual(replay(alertId(2)), ['1 updated 1', '3 created 0']);
    // The purged one was the last: nothing is newer, what may be is told again.
    assert.deepEqual(replay(alertId(9)), []);
  });

  it('gives everything to a client whose alert is older than all that is kept', (t) => {
    const { insert, replay } = setUp(t);
    insert(5);
    insert(6);
    assert.deepEqual(replay(alertId(1)), ['5 created 0', '6 created 0']);
  });

  it('tells alerts that could not be stored, and misses none once they are', (t) => {
    const { alerts, store, insert, replay, clock } = setUp(t);
    insert(1);
    const free = fillDisk(store);
    for (const n of [2, 3]) {
      assert.equal(alerts.insert(makeAlert(n), makeEvidence(n, 200_000)).stored, false);
    }
    assert.deepEqual(replay(alertId(1)), ['2 created 0', '3 created 0']);
    assert.deepEqual(replay(alertId(2)), ['3 created 0']);
    assert.deepEqual(replay(alertId(3)), []);
    free();
    // Before the next retry: a new alert must not overtake those that wait.
    insert(4);
    assert.deepEqual(replay(alertId(2)), ['3 created 1', '4 created 0']);
    clock.advance(1000);
    assert.deepEqual(replay(alertId(3)), ['4 created 0']);
  });

  it('refuses a since that can be no id', (t) => {
    const { alerts } = setUp(t);
    for (const bad of ['', "x' OR 1", 'seq:', 'seq:-1', 'a'.repeat(101)]) {
      assert.throws(
        () => alerts.since(bad),
        (error) => isNightglassError(error, 'BAD_REQUEST'),
        bad,
      );
    }
  });
});
