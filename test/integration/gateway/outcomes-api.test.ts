import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { outcomeBounds } from '../../../src/domain/alert-outcome.ts';
import { alertRecord } from '../../../src/gateway/schemas/alert.ts';
import { statisticsSchema } from '../../../src/gateway/schemas/statistics.ts';
import { transparencyReport } from '../../../src/services/reports/read-reports.ts';
import { reportAsCsv } from '../../../src/services/reports/report-text.ts';
import { FakeAccess } from '../../support/gateway/fake-access.ts';
import { openGateway } from '../../support/gateway/open-gateway.ts';
import { sampleAlert } from '../../support/gateway/sample-alert.ts';

async function setUp(t: TestContext) {
  const access = new FakeAccess({
    ann: { role: 'operator' },
    bob: { role: 'operator' },
    viewer: { role: 'viewer' },
    yard: { role: 'reviewer', cameras: ['yard'] },
    other: { role: 'reviewer', watchlists: ['list-2'] },
    chief: { role: 'reviewer' },
  });
  const opened = await openGateway(t, { access, openOnLoopback: false });
  const { call, services } = opened;
  services.addList('list-1');
  const confirmed = (number: number, cameraId = 'gate') => {
    const now = Date.now();
    const times = { createdAt: now, updatedAt: now, capturedAt: now, lastSeenAt: now };
    const alert = sampleAlert(number, { cameraId, personId: `person-${number}`, ...times });
    services.raise({ change: 'created', alert });
    services.raise({ change: 'reviewed', alert: { ...alert, state: 'confirmed' } });
    return alert.id;
  };
  const record = (id: string, json: object, token = 'ann') =>
    call(`/api/alerts/${id}/outcomes`, { token, json });
  const outcomesOf = async (id: string) =>
    alertRecord
      .parse((await call(`/api/alerts/${id}`, { token: 'bob' })).body)
      .outcomes.map(({ author, outcome, note }) => [author, outcome, note]);
  const statistics = async (token: string) =>
    statisticsSchema.parse((await call('/api/statistics', { token })).body).outcomes;
  return { ...opened, confirmed, record, outcomesOf, statistics };
}

describe('outcomes of alerts', () => {
  it('are added one after the other, with who and a note, and on record without it', async (t) => {
    const { confirmed, record, outcomesOf, services } = await setUp(t);
    const id = confirmed(1);
    assert.equal((await record(id, { outcome: 'stopped', note: ' at gate 4 ' })).status, 201);
    assert.equal((await record(id, { outcome: 'other_person' }, 'bob')).status, 201);
    assert.deepEqual(await outcomesOf(id), [
      ['ann', 'stopped', 'at gate 4'],
      ['bob', 'other_person', ''],
    ]);
    const records = services.audited.filter(({ what }) => what === 'alert.outcome_recorded');
    assert.deepEqual(
      records.map(({ who, target, detail }) => [
        who,
        target,
        detail?.['outcome'],
        detail?.['hasNote'],
      ]),
      [
        ['ann', id, 'stopped', true],
        ['bob', id, 'other_person', false],
      ],
    );
    assert.ok(!JSON.stringify(records).includes('gate 4'));
  });

  it('are refused before the alert is confirmed, for what there is not, and for whom it is not', async (t) => {
    const { confirmed, record, outcomesOf, services } = await setUp(t);
    const alert = sampleAlert(9, { personId: 'person-9' });
    services.raise({ change: 'created', alert });
    assert.equal((await record(alert.id, { outcome: 'stopped' })).status, 409);
    const id = confirmed(1);
    assert.equal((await record(id, { outcome: 'arrested' })).status, 400);
    assert.equal((await record(id, { outcome: 'stopped', note: 'x'.repeat(2001) })).status, 400);
    assert.equal((await record(id, { outcome: 'stopped' }, 'viewer')).status, 403);
    assert.equal((await record(id, { outcome: 'stopped' }, 'yard')).status, 404);
    assert.equal((await record(id, { outcome: 'stopped' }, 'other')).status, 404);
    services.writable = false;
    assert.equal((await record(id, { outcome: 'stopped' })).status, 503);
    services.writable = true;
    assert.deepEqual(await outcomesOf(id), []);
    for (let n = 0; n < outcomeBounds.perAlert; n += 1) {
      services.alertStore.recordOutcome(id, { outcome: 'not_found' }, 'ann');
    }
    assert.equal((await record(id, { outcome: 'stopped' })).status, 409);
  });

  it('count by the last of each alert, for whom the alerts are, and go with them', async (t) => {
    const { confirmed, record, services, statistics } = await setUp(t);
    const [gate, yard] = [confirmed(1), confirmed(2, 'yard')];
    await record(gate, { outcome: 'stopped' });
    await record(gate, { outcome: 'same_person' });
    await record(yard, { outcome: 'other_person' });
    const all = await statistics('chief');
    assert.deepEqual([all.total.stopped, all.total.same_person, all.total.other_person], [0, 1, 1]);
    assert.deepEqual(
      all.byCamera.map(({ cameraId, counts }) => [cameraId, counts.same_person]),
      [
        ['gate', 1],
        ['yard', 0],
      ],
    );
    const own = await statistics('yard');
    assert.deepEqual([own.total.same_person, own.total.other_person], [0, 1]);
    assert.deepEqual((await statistics('other')).byWatchlist, []);

    const period = { from: 0, to: Date.now() + 1, madeAt: Date.now() };
    const made = await transparencyReport({ audit: services.audit, seen: null }, period);
    assert.equal(made.total.outcomes.other_person, 1);
    assert.equal(made.byWatchlist[0]?.outcomes.same_person, 1);
    const csv = reportAsCsv(made);
    assert.match(csv, /\r\nyard,1,0,0,0,1,0,0,0\r\n/);
    assert.match(csv, /\r\nall,2,0,0,1,1,0,0,0\r\n/);

    const last = Date.now() + 40 * 86_400_000;
    assert.equal(services.alertStore.purgeExpired(last, 10), 2);
    const [row] = services.store.prepare('SELECT COUNT(*) AS n FROM alert_outcomes').all();
    assert.equal(row?.['n'], 0);
  });

  it('count in steps, each once', async (t) => {
    const { confirmed, services, statistics } = await setUp(t);
    const id = confirmed(1);
    services.alertStore.recordOutcome(id, { outcome: 'no_action' }, 'ann');
    const insert = services.store.prepare(
      `INSERT INTO alert_outcomes (alert_id, outcome, author, note, at, alert_at, camera_id, watchlist_id)
       SELECT alert_id, outcome, author, note, at, alert_at, camera_id, watchlist_id
       FROM alert_outcomes WHERE number = 1`,
    );
    services.store.write(() => {
      for (let n = 0; n < 1200; n += 1) insert.run();
    });
    assert.equal((await statistics('chief')).total.no_action, 1);
  });
});
