import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { SqliteAlertStore } from '../../../../src/services/alerts/alert-store.ts';
import { WatchlistStore } from '../../../../src/services/watchlists/watchlist-store.ts';
import { AuditLog } from '../../../../src/store/audit-log.ts';
import { listInput } from '../../../support/services/watchlist-fixture.ts';
import { alertId, makeAlert, makeEvidence } from '../../../support/store/alert-fixture.ts';
import { setWritable } from '../../../support/store/set-writable.ts';
import { temporaryFolder } from '../../../support/store/temporary-folder.ts';
import { createStore } from '../../../support/store/test-store.ts';

/** Two handles on one database, as of a running program and a command beside it. */
function setUp(t: TestContext) {
  const dataDir = join(temporaryFolder(t), 'data');
  mkdirSync(dataDir);
  const open = () => {
    const store = createStore({ dataDir });
    t.after(() => store.close());
    const audit = new AuditLog({ store, now: Date.now });
    return { store, audit, lists: new WatchlistStore({ store, audit, now: Date.now }) };
  };
  const running = open();
  const command = open();
  const { store, audit, lists } = running;
  const alerts = new SqliteAlertStore({
    ...{ store, audit, now: Date.now },
    policy: (id) => lists.find(id),
    isEnrolled: (id) => lists.findPerson(id) !== undefined,
  });
  t.after(() => alerts[Symbol.dispose]());
  const { id: watchlistId } = lists.create(listInput());
  const { id: personId } = lists.addPerson(watchlistId, { name: 'Ada' });
  return { alerts, audit, command, lists, personId, store, watchlistId };
}

describe('an alert on the way while another process deletes', () => {
  for (const what of ['the person', 'their list'] as const) {
    it(`keeps nothing of ${what} but what the camera saw`, (t) => {
      const { alerts, audit, command, personId, store, watchlistId } = setUp(t);
      // Recognised and named before the deletion, stored after it.
      const alert = makeAlert(1, { personId, personName: 'Ada', watchlistId });
      if (what === 'the person') command.lists.deletePerson(personId);
      else command.lists.delete(watchlistId);
      const heard: string[] = [];
      alerts.onEvent((event) => heard.push(event.alert.personName));
      assert.equal(alerts.insert(alert, makeEvidence(1)).personName, '');
      assert.deepEqual(heard, ['']);
      assert.equal(alerts.evidence(alertId(1), 'enrolled'), null);
      assert.ok(alerts.evidence(alertId(1), 'face'));
      const bodies = store
        .prepare('SELECT body FROM alerts UNION ALL SELECT body FROM alert_events')
        .all();
      assert.equal(bodies.length, 2);
      assert.ok(bodies.every(({ body }) => !String(body).includes('Ada')));
      const raised = audit.list().filter(({ what }) => what === 'alert.raised');
      assert.equal(raised.length, 1);
      assert.ok(!JSON.stringify(raised).includes('Ada'));
    });
  }

  it('keeps nothing where it could not be stored before', (t) => {
    const { alerts, command, personId, store, watchlistId } = setUp(t);
    const alert = makeAlert(1, { personId, personName: 'Ada', watchlistId });
    setWritable(store, false);
    assert.equal(alerts.insert(alert, makeEvidence(1)).stored, false);
    command.lists.deletePerson(personId);
    setWritable(store, true);
    assert.equal(store.retry(), true);
    assert.equal(alerts.get(alertId(1)).alert.stored, true);
    assert.equal(alerts.get(alertId(1)).alert.personName, '');
    assert.equal(alerts.evidence(alertId(1), 'enrolled'), null);
  });

  it('keeps the name of who is enrolled still', (t) => {
    const { alerts, personId, watchlistId } = setUp(t);
    const alert = makeAlert(1, { personId, personName: 'Ada', watchlistId });
    assert.equal(alerts.insert(alert, makeEvidence(1)).personName, 'Ada');
    assert.ok(alerts.evidence(alertId(1), 'enrolled'));
  });
});
