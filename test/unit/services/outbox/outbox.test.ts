import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { OutboxMessage } from '../../../../src/domain/outbox/message.ts';
import { makeReceiver, openRules, wideLimits } from '../../../support/services/outbox-fixture.ts';
import { ids, settle, setUpOutbox as setUp } from '../../../support/services/outbox-setup.ts';
import {
  alertId,
  makeAlert,
  makeEvidence,
  makeSighting,
} from '../../../support/store/alert-fixture.ts';
import { fillDisk } from '../../../support/store/open-store.ts';

const kinds = (sent: readonly OutboxMessage[]) => sent.map(({ data }) => data.kind);

describe('Outbox', () => {
  it('sends each alert, sighting and review once, in order', async (t) => {
    const { alerts, clock, deliveries, outbox, sent } = setUp(t);
    deliveries.start();
    alerts.insert(makeAlert(1), makeEvidence(1));
    alerts.sight(alertId(1), makeSighting('t-2', clock.now()), null);
    alerts.update(makeAlert(1, { revision: 5, quality: 80 }), null);
    alerts.review(alertId(1), { action: 'acknowledge', reviewer: 'ann' });
    await settle();
    assert.deepEqual(kinds(sent), ['alert', 'sighting', 'review']);
    const numbers = sent.map(({ sequence }) => sequence ?? 0);
    assert.deepEqual(
      numbers,
      [...numbers].sort((a, b) => a - b),
    );
    assert.deepEqual(outbox.level('desk'), { waiting: 0, bytes: 0, dead: 0 });
    assert.equal(outbox.table.counts('desk').delivered, 3);
  });

  it('keeps a delivery and its alert together: neither or both', (t) => {
    const { alerts, outbox, store } = setUp(t);
    const restore = fillDisk(store);
    const big = makeEvidence(1, 4_000_000);
    assert.equal(alerts.insert(makeAlert(1), big).stored, false);
    assert.equal(outbox.table.next('desk', 0), undefined);
    restore();
    assert.equal(store.retry(), true);
    assert.equal(alerts.get(alertId(1)).alert.stored, true);
    assert.equal(outbox.table.next('desk', 0)?.alertId, alertId(1));
    assert.equal(outbox.level('desk').waiting, 1);
  });

  it('shows neither names, scores nor pictures unless the rule says so', async (t) => {
    const show = { names: true, scores: true, pictures: ['face'] as const };
    const receivers = [makeReceiver('plain'), makeReceiver('police', { show })];
    const { alerts, deliveries, sent } = setUp(t, { receivers });
    deliveries.start();
    alerts.insert(makeAlert(1), makeEvidence(1));
    await settle();
    const [plain, police] = sent;
    assert.doesNotMatch(JSON.stringify(plain), /Ada|person-1|"List"|fused|threshold/);
    assert.deepEqual(plain?.pictures, []);
    assert.match(JSON.stringify(police?.data), /"person":"Ada".*"fused":0.7/);
    assert.deepEqual(
      police?.pictures.map(({ kind }) => kind),
      ['face'],
    );
    assert.deepEqual(police?.pictures[0]?.jpeg, makeEvidence(1).face);
  });

  it('keeps scores from everybody while two people are to judge', async (t) => {
    const show = { names: true, scores: true, pictures: [] };
    const receivers = [makeReceiver('police', { show })];
    const { alerts, deliveries, sent } = setUp(t, { receivers, twoPersonReview: true });
    deliveries.start();
    alerts.insert(makeAlert(1), makeEvidence(1));
    await settle();
    assert.equal(sent.length, 1);
    assert.doesNotMatch(JSON.stringify(sent[0]), /fused|threshold|quality/);
  });

  it('sends of a sighting elsewhere nothing to who may see one camera alone', async (t) => {
    const rules = { ...openRules, cameras: ['yard'] };
    const { alerts, clock, deliveries, sent } = setUp(t, {
      receivers: [makeReceiver('yard', { rules })],
    });
    deliveries.start();
    alerts.insert(makeAlert(1), makeEvidence(1));
    alerts.sight(alertId(1), makeSighting('t-2', clock.now()), null);
    await settle();
    assert.equal(sent.length, 1);
    assert.doesNotMatch(JSON.stringify(sent), /gate/);
    assert.equal(sent[0]?.cameraId, 'yard');
  });

  it('holds everything back behind what fails, and tries again for hours', async (t) => {
    const { alerts, answers, clock, deliveries, lines, outbox, sent } = setUp(t);
    deliveries.start();
    answers.down = true;
    for (const number of [1, 2, 3]) alerts.insert(makeAlert(number), makeEvidence(1));
    await settle();
    for (let minute = 0; minute < 60; minute += 1) {
      clock.advance(60_000);
      await settle();
    }
    assert.deepEqual(sent, []);
    assert.equal(outbox.level('desk').waiting, 3);
    assert.equal(deliveries.state('desk').fault?.reason, 'down');
    const tries = lines.filter((line) => line === 'failed desk').length;
    assert.ok(tries >= 8 && tries <= 20, `${tries} attempts in an hour`);
    answers.down = false;
    clock.advance(900_000 * 1.2);
    await settle();
    assert.deepEqual(
      ids(sent),
      [1, 2, 3].map((number) => `${alertId(number)}-0`),
    );
    assert.equal(deliveries.state('desk').fault, null);
  });

  it('goes on where a program before it ended, in order', async (t) => {
    const first = setUp(t);
    first.answers.down = true;
    first.deliveries.start();
    for (const number of [1, 2]) first.alerts.insert(makeAlert(number), makeEvidence(1));
    await settle();
    await first.deliveries.close();
    first.store.close();
    const second = setUp(t, { dataDir: first.dataDir });
    second.deliveries.start();
    second.alerts.insert(makeAlert(3), makeEvidence(1));
    await settle();
    second.clock.advance(10_000);
    await settle();
    assert.deepEqual(
      ids(second.sent),
      [1, 2, 3].map((number) => `${alertId(number)}-0`),
    );
  });

  it('gives up what is refused, and sends it again when asked', async (t) => {
    const { alerts, answers, clock, deliveries, lines, outbox, sent, store } = setUp(t);
    deliveries.start();
    answers.refused = true;
    alerts.insert(makeAlert(1), makeEvidence(1));
    for (let attempt = 0; attempt < 3; attempt += 1) {
      await settle();
      clock.advance(60_000);
    }
    await settle();
    assert.deepEqual(outbox.level('desk'), { waiting: 0, bytes: 0, dead: 1 });
    assert.ok(lines.includes('dead desk refused'));
    answers.refused = false;
    alerts.insert(makeAlert(2), makeEvidence(1));
    await settle();
    assert.deepEqual(ids(sent), [`${alertId(2)}-0`]);
    const [letter] = outbox.table.dead('desk', 0, 10);
    assert.equal(letter?.reason, 'status 422');
    assert.equal(
      store.write(() => outbox.revive('desk', [letter?.number ?? 0])),
      1,
    );
    await settle();
    assert.deepEqual(ids(sent), [`${alertId(2)}-0`, `${alertId(1)}-0`]);
    assert.equal(outbox.level('desk').dead, 0);
  });

  for (const { case: name, alerts: count, order } of [
    { case: 'before all that still waits', alerts: 3, order: [2, 1, 3] },
    { case: 'where nothing else waits', alerts: 2, order: [2, 1] },
  ]) {
    it(`sends a dead letter again while it sends what came later: ${name}`, async (t) => {
      const { alerts, answers, deliveries, outbox, sent, store } = setUp(t);
      answers.down = true;
      for (let number = 1; number <= count; number += 1)
        alerts.insert(makeAlert(number), makeEvidence(1));
      await settle();
      outbox.bury(outbox.table.next('desk', 0) ?? assert.fail(), 'status 422');
      answers.down = false;
      answers.during = () => {
        if (sent.length === 0) store.write(() => outbox.revive('desk', 'all'));
      };
      deliveries.hurry('desk');
      await settle();
      assert.deepEqual(
        ids(sent),
        order.map((number) => `${alertId(number)}-0`),
      );
      assert.deepEqual(outbox.level('desk'), { waiting: 0, bytes: 0, dead: 0 });
    });
  }

  it('makes dead letters of what is too old, and lets these go in their time, counted', async (t) => {
    const { alerts, answers, clock, deliveries, lines, outbox } = setUp(t);
    deliveries.start();
    answers.down = true;
    alerts.insert(makeAlert(1), makeEvidence(1));
    await settle();
    clock.jump(wideLimits.giveUpAfter + 1);
    assert.equal(outbox.purge(clock.now(), 10), 1);
    assert.deepEqual(outbox.level('desk'), { waiting: 0, bytes: 0, dead: 1 });
    clock.jump(wideLimits.keepDead + 1);
    assert.equal(outbox.purge(clock.now(), 10), 1);
    assert.equal(outbox.level('desk').dead, 0);
    assert.deepEqual(lines.slice(-2), ['dead desk too_old', 'lost desk dead_too_old']);
    assert.equal(outbox.table.counts('desk')['lost:dead_too_old'], 1);
  });

  it('keeps its bounds: the oldest go to the dead letters, then for good, each counted', async (t) => {
    const limits = { maxWaiting: 3, maxDead: 2 };
    const { alerts, answers, lines, outbox } = setUp(t, { limits });
    answers.down = true;
    for (let number = 1; number <= 7; number += 1) {
      alerts.insert(makeAlert(number), makeEvidence(1));
      await settle();
    }
    const { waiting, dead } = outbox.level('desk');
    assert.deepEqual({ waiting, dead }, { waiting: 3, dead: 2 });
    assert.equal(outbox.table.next('desk', 0)?.alertId, alertId(5));
    assert.equal(lines.filter((line) => line === 'dead desk overflow').length, 4);
    assert.equal(lines.filter((line) => line === 'lost desk dead_overflow').length, 2);
    assert.deepEqual(outbox.level('desk'), outbox.table.level('desk'));
  });

  it('counts what can be sent no more because its alert is deleted', async (t) => {
    const { alerts, answers, clock, deliveries, lines, outbox, sent } = setUp(t);
    answers.down = true;
    alerts.insert(makeAlert(1), makeEvidence(1));
    await settle();
    clock.jump(31 * 86_400_000);
    assert.equal(alerts.purgeExpired(clock.now(), 10), 1);
    answers.down = false;
    deliveries.hurry('desk');
    await settle();
    assert.deepEqual(sent, []);
    assert.deepEqual(lines, ['failed desk', 'lost desk alert_deleted']);
    assert.equal(outbox.level('desk').waiting, 0);
  });

  it('sends the sighting of an alert that waited for the disk', async (t) => {
    const { alerts, clock, deliveries, sent, store } = setUp(t);
    deliveries.start();
    alerts.insert(makeAlert(1), makeEvidence(1));
    await settle();
    const restore = fillDisk(store);
    const frame = new Uint8Array(4_000_000);
    alerts.sight(alertId(1), makeSighting('t-2', clock.now()), {
      frame,
      face: frame,
      enhanced: null,
    });
    await settle();
    restore();
    assert.equal(store.retry(), true);
    await settle();
    assert.deepEqual(kinds(sent), ['alert', 'sighting']);
  });

  it('gives up what cannot be made, and goes on behind it', async (t) => {
    const { alerts, answers, clock, deliveries, outbox, sent, store } = setUp(t);
    answers.down = true;
    alerts.insert(makeAlert(1), makeEvidence(1));
    alerts.insert(makeAlert(2), makeEvidence(1));
    await settle();
    store.prepare("UPDATE alert_events SET body = '[]' WHERE alert_id = ?").run(alertId(1));
    answers.down = false;
    for (let attempt = 0; attempt < 3; attempt += 1) {
      deliveries.hurry('desk');
      clock.advance(900_000);
      await settle();
    }
    assert.deepEqual(ids(sent), [`${alertId(2)}-0`]);
    assert.match(outbox.table.dead('desk', 0, 1)[0]?.reason ?? '', /cannot be made/);
  });
});
