import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { settle, setUpOutbox as setUp } from '../../../support/services/outbox-setup.ts';
import { alertId, makeAlert, makeEvidence } from '../../../support/store/alert-fixture.ts';

describe('a digest', () => {
  it('holds what came within its time, and waits together with what fails', async (t) => {
    const { alerts, answers, clock, deliveries, digests, outbox } = setUp(t, { digestMs: 600_000 });
    deliveries.start();
    alerts.insert(makeAlert(1), makeEvidence(1));
    await settle();
    clock.advance(300_000);
    alerts.insert(makeAlert(2), makeEvidence(1));
    await settle();
    assert.deepEqual(digests, []);
    answers.down = true;
    clock.advance(300_000);
    await settle();
    alerts.insert(makeAlert(3), makeEvidence(1));
    answers.down = false;
    clock.advance(60_000);
    await settle();
    const all = [1, 2, 3].map((number) => `${alertId(number)}-0`);
    assert.deepEqual(digests, [all]);
    assert.equal(outbox.level('desk').waiting, 0);
  });

  it('is full at some number, and does not wait then', async (t) => {
    const { alerts, deliveries, digests } = setUp(t, { digestMs: 600_000 });
    deliveries.start();
    for (let number = 1; number <= 40; number += 1)
      alerts.insert(makeAlert(number), makeEvidence(1));
    await settle();
    assert.deepEqual(
      digests.map(({ length }) => length),
      [32],
    );
  });

  it('leaves out what is gone', async (t) => {
    const { alerts, clock, deliveries, digests, lines } = setUp(t, { digestMs: 600_000 });
    deliveries.start();
    alerts.insert(
      makeAlert(1, { createdAt: clock.now() - 30 * 86_400_000 + 60_000 }),
      makeEvidence(1),
    );
    alerts.insert(makeAlert(2, { createdAt: clock.now() }), makeEvidence(1));
    clock.advance(120_000);
    assert.equal(alerts.purgeExpired(clock.now(), 10), 1);
    clock.advance(600_000);
    await settle();
    assert.deepEqual(digests, [[`${alertId(2)}-0`]]);
    assert.deepEqual(lines, ['lost desk alert_deleted', 'delivered desk']);
  });
});
