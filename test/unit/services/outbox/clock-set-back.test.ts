import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { receiversService } from '../../../../src/services/outbox/receivers-service.ts';
import { AuditLog } from '../../../../src/store/audit-log.ts';
import { wideLimits } from '../../../support/services/outbox-fixture.ts';
import { ids, settle, setUpOutbox as setUp } from '../../../support/services/outbox-setup.ts';
import { alertId, makeAlert, makeEvidence } from '../../../support/store/alert-fixture.ts';

const dayMs = 86_400_000;
const first = [`${alertId(1)}-0`];

describe('Outbox, after the clock was set back', () => {
  it('sends what a program before noted for a time to come', async (t) => {
    const before = setUp(t);
    before.answers.down = true;
    before.deliveries.start();
    before.alerts.insert(makeAlert(1), makeEvidence(1));
    await settle();
    await before.deliveries.close();
    before.store.close();
    const after = setUp(t, { dataDir: before.dataDir });
    after.clock.jump(-30 * dayMs);
    after.deliveries.start();
    await settle();
    assert.deepEqual(ids(after.sent), first);
  });

  it('does not wait for a next attempt that is hours ahead', async (t) => {
    const before = setUp(t);
    before.answers.down = true;
    before.deliveries.start();
    before.alerts.insert(makeAlert(1), makeEvidence(1));
    await settle();
    await before.deliveries.close();
    const later = before.clock.now() + 5 * 3_600_000;
    before.store.prepare('UPDATE outbox SET next_at = ?').run(later);
    before.store.close();
    const after = setUp(t, { dataDir: before.dataDir });
    after.deliveries.start();
    await settle();
    assert.deepEqual(ids(after.sent), first);
  });

  it('tries again when the wait is over, whatever wall time is then', async (t) => {
    const { alerts, answers, clock, deliveries, sent } = setUp(t);
    deliveries.start();
    answers.down = true;
    alerts.insert(makeAlert(1), makeEvidence(1));
    await settle();
    for (let minute = 0; minute < 120; minute += 1) {
      clock.advance(60_000);
      await settle();
    }
    clock.jump(-1_800_000);
    answers.down = false;
    clock.advance(900_000 * 1.2);
    await settle();
    assert.deepEqual(ids(sent), first);
  });

  it('tries at once when it is asked to', async (t) => {
    const { alerts, answers, clock, deliveries, sent } = setUp(t);
    deliveries.start();
    answers.down = true;
    alerts.insert(makeAlert(1), makeEvidence(1));
    for (let attempt = 0; attempt < 8; attempt += 1) {
      await settle();
      clock.advance(600_000);
    }
    await settle();
    answers.down = false;
    deliveries.hurry('desk');
    await settle();
    assert.deepEqual(ids(sent), first);
  });

  it('sends a digest whose first message has a time to come', async (t) => {
    const { alerts, clock, deliveries, digests } = setUp(t, { digestMs: 600_000 });
    deliveries.start();
    alerts.insert(makeAlert(1), makeEvidence(1));
    await settle();
    clock.jump(-dayMs);
    clock.advance(600_000);
    await settle();
    assert.deepEqual(digests, [first]);
    alerts.insert(makeAlert(2), makeEvidence(1));
    await settle();
    assert.equal(digests.length, 1, 'what comes now waits for its digest');
  });

  it('lets a stored digest with a time to come go at the start', async (t) => {
    const before = setUp(t, { digestMs: 600_000 });
    before.alerts.insert(makeAlert(1), makeEvidence(1));
    await before.deliveries.close();
    before.store.close();
    const after = setUp(t, { dataDir: before.dataDir, digestMs: 600_000 });
    after.clock.jump(-dayMs);
    after.deliveries.start();
    await settle();
    assert.deepEqual(after.digests, [first]);
  });

  it('lets what waits and dead letters grow old from now on', async (t) => {
    const { alerts, clock, outbox } = setUp(t);
    alerts.insert(makeAlert(1), makeEvidence(1));
    clock.jump(-365 * dayMs);
    assert.equal(outbox.purge(clock.now(), 10), 0);
    clock.jump(wideLimits.giveUpAfter + 1);
    assert.equal(outbox.purge(clock.now(), 10), 1);
    assert.deepEqual(outbox.level('desk'), { waiting: 0, bytes: 0, dead: 1 });
    clock.jump(-365 * dayMs);
    assert.equal(outbox.purge(clock.now(), 10), 0);
    clock.jump(wideLimits.keepDead + 1);
    assert.equal(outbox.purge(clock.now(), 10), 1);
    assert.equal(outbox.level('desk').dead, 0);
  });

  it('says in health that a receiver takes nothing', async (t) => {
    const { alerts, answers, clock, deliveries, outbox, store } = setUp(t);
    const audit = new AuditLog({ store, now: clock.now });
    const service = receiversService({ store, audit, outbox, deliveries, clock });
    deliveries.start();
    answers.down = true;
    alerts.insert(makeAlert(1), makeEvidence(1));
    await settle();
    assert.deepEqual(service.problems(), []);
    clock.jump(-dayMs);
    const now = new Date(clock.now()).toISOString();
    const [problem] = service.problems();
    assert.equal(problem?.code, 'RECEIVER_FAILED');
    assert.ok(problem?.message.includes(now), problem?.message);
    // The next attempts begin to count from now.
    for (let second = 0; second < 300; second += 10) {
      clock.advance(10_000);
      await settle();
    }
    const since = deliveries.state('desk').fault?.since ?? Number.POSITIVE_INFINITY;
    assert.ok(since <= clock.now());
    assert.equal(service.problems().length, 1);
  });
});
