import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { isNightglassError } from '../../../../src/domain/errors.ts';
import { Presence } from '../../../../src/operators/presence.ts';
import { SqliteAlertStore } from '../../../../src/services/alerts/alert-store.ts';
import { AuditLog } from '../../../../src/store/audit-log.ts';
import { fusedKeyframe, listMatch, trackTemplate } from '../../../support/marbles-faces.ts';
import { alertId, makeAlert, makeEvidence } from '../../../support/store/alert-fixture.ts';
import { fillDisk, openStore } from '../../../support/store/open-store.ts';
import { refuseRecords } from '../../../support/store/refuse-records.ts';
import { createStore } from '../../../support/store/test-store.ts';

it('a still face stays marked over restarts, until somebody lifts the mark', (t) => {
  const { store, clock, dataDir } = openStore(t);
  const match = listMatch(0.7, { watchlistId: 'list-1', personId: 'person-1' });
  const latest = fusedKeyframe('poster', 0, { cameraId: 'gate' });
  const template = trackTemplate('poster', { cameraId: 'gate', latest });
  const { box, frameWidth, frameHeight } = latest;
  const place = {
    x: box.x / frameWidth,
    y: box.y / frameHeight,
    width: box.width / frameWidth,
    height: box.height / frameHeight,
  };
  const open = (of: typeof store) => {
    const alerts = new SqliteAlertStore({
      store: of,
      audit: new AuditLog({ store: of, now: clock.now }),
      now: clock.now,
      policy: () => undefined,
    });
    const presence = new Presence({
      store: alerts,
      clock,
      quietPeriod: 1_000,
      stillAfter: 5_000,
      onError: (error) => assert.fail(String(error)),
    });
    return { alerts, presence };
  };
  const first = open(store);
  first.alerts.insert(makeAlert(1), makeEvidence(1));
  first.presence.join(template, match, alertId(1));
  const { capturedAt } = latest;
  for (let at = capturedAt; at <= capturedAt + 6_000; at += 1_000) {
    first.presence.seen({ cameraId: 'gate', trackId: 'poster', at, place });
  }
  assert.ok(first.alerts.get(alertId(1)).alert.still, 'marked');
  store.close();

  clock.advance(3_600_000);
  const again = createStore({ dataDir, clock });
  t.after(() => again.close());
  const { alerts, presence } = open(again);
  assert.equal(alerts.get(alertId(1)).alert.still?.liftedAt, null);
  assert.equal(presence.covering(template, match), alertId(1));
  alerts.liftStill(alertId(1), 'ann');
  assert.equal(presence.covering(template, match), null, 'it alerts again');
});

describe('a mark is lifted together with its record, or not at all', () => {
  const place = { x: 0.1, y: 0.2, width: 0.1, height: 0.1 };
  const still = { since: 1000, place, liftedAt: null, liftedBy: null };

  function setUp(t: TestContext) {
    const { store, clock } = openStore(t, { retryMs: 1000 });
    const audit = new AuditLog({ store, now: clock.now });
    const policy = () => undefined;
    const alerts = new SqliteAlertStore({ store, audit, now: clock.now, policy });
    alerts.insert(makeAlert(1), makeEvidence(1));
    alerts.markStill(alertId(1), 'gate', still);
    const events: string[] = [];
    alerts.onEvent(({ change }) => events.push(change));
    const lifted = () => audit.list().filter(({ what }) => what === 'alert.still_lifted').length;
    const mark = () => alerts.get(alertId(1)).alert.still;
    return { store, clock, alerts, audit, events, lifted, mark };
  }

  it('where both can be written', (t) => {
    const { alerts, audit, events, lifted, mark } = setUp(t);
    const { alert } = alerts.liftStill(alertId(1), 'ann');
    assert.deepEqual([alert.still?.liftedBy, alert.revision, lifted()], ['ann', 2, 1]);
    assert.deepEqual(events, ['updated']);
    assert.throws(() => alerts.liftStill(alertId(1), 'bob'), { code: 'CONFLICT' });
    assert.throws(() => alerts.liftStill(alertId(9), 'bob'), { code: 'NOT_FOUND' });
    assert.deepEqual([mark()?.liftedBy, lifted(), audit.verify().ok], ['ann', 1, true]);
  });

  it('where the audit table takes no record', (t) => {
    const { store, alerts, audit, events, lifted, mark } = setUp(t);
    const take = refuseRecords(store);
    assert.throws(() => alerts.liftStill(alertId(1), 'ann'));
    assert.deepEqual([mark(), lifted(), events], [still, 0, []]);
    take();
    alerts.liftStill(alertId(1), 'ann');
    assert.deepEqual([mark()?.liftedBy, lifted(), audit.verify().ok], ['ann', 1, true]);
  });

  it('on a disk that is full', (t) => {
    const { store, clock, alerts, audit, lifted, mark } = setUp(t);
    const free = fillDisk(store);
    // Until no page is left that the record fits in; a small one may still fit.
    const fill = () => {
      const entry = { who: 'x'.repeat(2000), what: 'alert.viewed', target: 'x' } as const;
      for (;;) store.write(() => audit.record(entry));
    };
    assert.throws(fill, { code: 'STORE_UNWRITABLE' });
    let refused: unknown;
    try {
      alerts.liftStill(alertId(1), 'ann'.repeat(2000));
    } catch (error) {
      refused = error;
    }
    assert.ok(isNightglassError(refused, 'STORE_UNWRITABLE'), String(refused));
    assert.deepEqual([mark(), lifted()], [still, 0]);
    free();
    clock.advance(1000);
    alerts.liftStill(alertId(1), 'ann');
    assert.deepEqual([mark()?.liftedBy, lifted()], ['ann', 1]);
  });
});
