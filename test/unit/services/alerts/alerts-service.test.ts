import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { SqliteAlertStore } from '../../../../src/services/alerts/alert-store.ts';
import {
  alertsService,
  redactForBroadcast,
} from '../../../../src/services/alerts/alerts-service.ts';
import { AuditLog } from '../../../../src/store/audit-log.ts';
import { clipsOf } from '../../../support/services/clips-of.ts';
import { lookAlikesOf } from '../../../support/services/look-alikes-of.ts';
import { alertId, makeAlert, makeEvidence } from '../../../support/store/alert-fixture.ts';
import { openStore } from '../../../support/store/open-store.ts';

function setUp(t: TestContext, twoPersonReview: boolean) {
  const { store, clock } = openStore(t, { retryMs: 1000 });
  const policy = () => ({ retentionDays: 1, twoPersonReview });
  const alerts = new SqliteAlertStore({
    store,
    audit: new AuditLog({ store, now: clock.now }),
    now: clock.now,
    policy,
  });
  const told: unknown[] = [];
  alerts.onEvent((event) => told.push(redactForBroadcast(alerts, event)));
  alerts.insert(makeAlert(1), makeEvidence(1));
  return { services: alertsService(alerts, clipsOf(store), lookAlikesOf(store)), told };
}

const hasScores = (value: unknown) => /"(scores|threshold|quality|meanGate)"/.test(String(value));
const all = { cameras: '*', watchlists: '*', limit: 10 } as const;

describe('alerts that two people judge', () => {
  it('come to the second reviewer without scores, in the list too, until they are decided', async (t) => {
    const { services } = setUp(t, true);
    const seenBy = async (viewer: string) =>
      hasScores(JSON.stringify(await services.list(all, viewer)));
    // Anybody may become the second, so nobody sees them before the first verdict either.
    assert.equal(await seenBy('bob'), false);
    assert.equal(await seenBy('ann'), false);
    services.review(alertId(1), { action: 'acknowledge', reviewer: 'ann' });
    services.review(alertId(1), { action: 'confirm', reviewer: 'ann' });
    assert.equal(await seenBy('bob'), false);
    assert.equal(await seenBy('ann'), true);
    services.review(alertId(1), { action: 'confirm', reviewer: 'bob' });
    assert.equal(await seenBy('bob'), true);
  });

  it('are told without scores until they are decided, live and later', async (t) => {
    const { services, told } = setUp(t, true);
    services.review(alertId(1), { action: 'acknowledge', reviewer: 'ann' });
    services.review(alertId(1), { action: 'confirm', reviewer: 'ann' });
    assert.equal(hasScores(JSON.stringify(told)), false);
    assert.equal(hasScores(JSON.stringify(await services.since(alertId(0), 10))), false);
    services.review(alertId(1), { action: 'confirm', reviewer: 'bob' });
    assert.equal(hasScores(JSON.stringify(told.at(-1))), true);
  });

  it('one person judges with the scores in sight', async (t) => {
    const { services, told } = setUp(t, false);
    assert.equal(hasScores(JSON.stringify(told)), true);
    assert.equal(hasScores(JSON.stringify(await services.since(alertId(0), 10))), true);
  });
});
