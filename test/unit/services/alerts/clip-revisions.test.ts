import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import type { AlertClip } from '../../../../src/domain/clip.ts';
import { noClip } from '../../../../src/domain/clip.ts';
import { isNightglassError } from '../../../../src/domain/errors.ts';
import { SqliteAlertStore } from '../../../../src/services/alerts/alert-store.ts';
import { AuditLog } from '../../../../src/store/audit-log.ts';
import {
  alertId,
  makeAlert,
  makeEvidence,
  makeSighting,
} from '../../../support/store/alert-fixture.ts';
import { openStore } from '../../../support/store/open-store.ts';

const pending: AlertClip = { state: 'pending' };
const conflict = (error: unknown) => isNightglassError(error, 'CONFLICT');
const id = alertId(1);

function setUp(t: TestContext) {
  const { store, clock } = openStore(t, { retryMs: 1000 });
  const alerts = new SqliteAlertStore({
    store,
    audit: new AuditLog({ store, now: clock.now }),
    now: clock.now,
    policy: () => ({ retentionDays: 1, twoPersonReview: true }),
  });
  alerts.insert({ ...makeAlert(1), clip: pending }, makeEvidence(1));
  const sight = (trackId: string) =>
    alerts.sight(id, { ...makeSighting(trackId, 0), clip: pending }, null);
  const review = (expectedRevision: number, reviewer = 'ann') =>
    alerts.review(id, { action: 'acknowledge', reviewer, expectedRevision }).alert;
  return { alerts, sight, review };
}

describe('a clip that comes while somebody reviews', () => {
  it('leaves the review valid, and its revision goes on for those who follow the feed', (t) => {
    const { alerts, review } = setUp(t);
    const told: number[] = [];
    alerts.onEvent(({ alert }) => told.push(alert.revision));
    assert.ok(alerts.setClip({ alertId: id, appearance: 0 }, noClip));
    const { state, revision } = review(0);
    assert.deepEqual([state, revision], ['acknowledged', 2]);
    assert.deepEqual(told, [1, 2]);
  });

  it('leaves it valid after several clips', (t) => {
    const { alerts, sight, review } = setUp(t);
    sight('gate.1');
    const { revision } = sight('gate.2').alert;
    for (const appearance of [0, 1, 2]) {
      assert.ok(alerts.setClip({ alertId: id, appearance }, noClip));
    }
    assert.equal(alerts.get(id).alert.revision, revision + 3);
    assert.throws(() => review(revision - 1), conflict);
    assert.equal(review(revision).state, 'acknowledged');
  });

  it('does not hide another change, before it or after it', (t) => {
    const { alerts, sight, review } = setUp(t);
    sight('gate.1');
    assert.ok(alerts.setClip({ alertId: id, appearance: 0 }, noClip));
    assert.throws(() => review(0), conflict);
    sight('gate.2');
    assert.throws(() => review(1), conflict);
    assert.throws(() => review(2), conflict);
    assert.ok(alerts.setClip({ alertId: id, appearance: 1 }, noClip));
    assert.throws(() => review(2), conflict);
    assert.throws(() => review(9), conflict);
    assert.equal(review(3).revision, 5);
  });

  it('does not let a second review pass on what the first has changed', (t) => {
    const { alerts, review } = setUp(t);
    assert.ok(alerts.setClip({ alertId: id, appearance: 0 }, noClip));
    review(0);
    assert.throws(() => review(1, 'bob'), conflict);
  });
});
