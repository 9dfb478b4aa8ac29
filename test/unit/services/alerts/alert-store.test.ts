// Over 300 lines: the store by day, on a full disk and at its purge, set up the same way.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import type { StoredAlertEvent } from '../../../../src/domain/alert-event.ts';
import { isNightglassError } from '../../../../src/domain/errors.ts';
import { SqliteAlertStore } from '../../../../src/services/alerts/alert-store.ts';
import type { AlertPolicy } from '../../../../src/store/alert-table.ts';
import { AlertTable } from '../../../../src/store/alert-table.ts';
import { AuditLog } from '../../../../src/store/audit-log.ts';
import type { StoreOptions } from '../../../../src/store/store.ts';
import { alertId, makeAlert, makeEvidence } from '../../../support/store/alert-fixture.ts';
import { fillDisk, openStore } from '../../../support/store/open-store.ts';
import { temporaryFolder } from '../../../support/store/temporary-folder.ts';
import { createStore } from '../../../support/store/test-store.ts';

function setUp(
  t: TestContext,
  options: Partial<StoreOptions> & { policy?: AlertPolicy; unstoredCapacity?: number } = {},
) {
  const { policy, unstoredCapacity = 100, ...storeOptions } = options;
  const opened = openStore(t, { retryMs: 1000, ...storeOptions });
  const events: StoredAlertEvent[] = [];
  const alerts = new SqliteAlertStore({
    store: opened.store,
    audit: new AuditLog({ store: opened.store, now: opened.clock.now }),
    now: opened.clock.now,
    policy: () => policy,
    unstoredCapacity,
  });
  alerts.onEvent((event) => events.push(event));
  return { ...opened, alerts, events };
}
const ids = (alerts: readonly { id: string }[]) => alerts.map(({ id }) => Number(id.slice(3)));

describe('SqliteAlertStore', () => {
  it('gives back an alert and its pictures as they came', (t) => {
    const { alerts } = setUp(t);
    alerts.insert(makeAlert(1), makeEvidence(10));
    assert.deepEqual(alerts.get(alertId(1)).alert, makeAlert(1));
    assert.deepEqual(alerts.evidence(alertId(1), 'face'), makeEvidence(10).face);
    assert.equal(alerts.evidence(alertId(1), 'enhanced'), null);
    assert.equal(alerts.latestId(), alertId(1));
  });

  it('answers NOT_FOUND for what is not there', (t) => {
    const { alerts } = setUp(t);
    const notFound = (error: unknown) => isNightglassError(error, 'NOT_FOUND');
    assert.throws(() => alerts.get('none'), notFound);
    assert.throws(() => alerts.evidence('none', 'face'), notFound);
    assert.throws(() => alerts.update(makeAlert(5), null), notFound);
    assert.throws(() => alerts.review('none', { action: 'acknowledge', reviewer: 'r' }), notFound);
  });

  it('replaces pictures at an update that brings some, and keeps them otherwise', (t) => {
    const { alerts } = setUp(t);
    alerts.insert(makeAlert(1), makeEvidence(10));
    alerts.update(makeAlert(1, { revision: 1, quality: 80 }), null);
    assert.deepEqual(alerts.evidence(alertId(1), 'face'), makeEvidence(10).face);
    const enhanced = { ...makeEvidence(20), enhanced: new Uint8Array([1, 2]) };
    alerts.update(makeAlert(1, { revision: 2, quality: 90 }), enhanced);
    assert.deepEqual(alerts.evidence(alertId(1), 'enhanced'), enhanced.enhanced);
    assert.equal(alerts.get(alertId(1)).alert.quality, 90);
  });

  it("keeps the track's best faces, and changes them alone", (t) => {
    const { alerts } = setUp(t);
    alerts.insert(makeAlert(1), makeEvidence(1));
    assert.deepEqual(alerts.evidence(alertId(1), 'best-2'), new Uint8Array(64).fill(5));
    assert.equal(alerts.evidence(alertId(1), 'best-3'), null);
    alerts.update(makeAlert(1, { revision: 1 }), { best: [new Uint8Array(8).fill(9)] });
    assert.deepEqual(alerts.evidence(alertId(1), 'best-1'), new Uint8Array(8).fill(9));
    assert.equal(alerts.evidence(alertId(1), 'best-2'), null);
    assert.deepEqual(alerts.evidence(alertId(1), 'face'), new Uint8Array(64).fill(2));
  });

  it('reads alerts of a version that knew neither components nor best faces', (t) => {
    const { alerts, store } = setUp(t);
    alerts.insert(makeAlert(1), makeEvidence(1));
    store.write(() =>
      store.prepare("UPDATE alerts SET body = json_remove(body, '$.components', '$.best')").run(),
    );
    const { components, best } = alerts.get(alertId(1)).alert;
    assert.deepEqual([components, best], [[], []]);
  });

  it('keeps what reviewers did when the track goes on', (t) => {
    const { alerts } = setUp(t);
    alerts.insert(makeAlert(1), makeEvidence(1));
    alerts.review(alertId(1), { action: 'acknowledge', reviewer: 'ann' });
    const updated = alerts.update(makeAlert(1, { revision: 1, keyframes: 2 }), null);
    assert.deepEqual(
      { state: updated.state, revision: updated.revision, keyframes: updated.keyframes },
      { state: 'acknowledged', revision: 2, keyframes: 2 },
    );
  });

  it('knows when a person was last seen, whatever reviews and later revisions say', (t) => {
    const { alerts, clock, events } = setUp(t);
    const last = (camera = 'gate') => alerts.lastSighting('list-1', 'person-1', camera);
    assert.equal(last(), undefined);
    alerts.insert(makeAlert(1, { createdAt: 1000 }), makeEvidence(1));
    clock.advance(50_000);
    alerts.review(alertId(1), { action: 'acknowledge', reviewer: 'ann' });
    assert.deepEqual(last(), {
      ...{ alertId: alertId(1), at: 1000, still: null },
      trackIds: ['track-1'],
    });
    const told = events.length;
    alerts.seen(alertId(1), 'gate', 9000);
    alerts.seen(alertId(1), 'gate', 8000);
    assert.equal(events.length, told, 'a sighting is no new revision');
    assert.equal(alerts.get(alertId(1)).alert.lastSeenAt, 9000);
    alerts.update(makeAlert(1, { createdAt: 1000, lastSeenAt: 3000 }), null);
    assert.equal(last()?.at, 9000);
    assert.equal(alerts.get(alertId(1)).alert.lastSeenAt, 9000);
    assert.equal(last('yard'), undefined);
  });

  it('marks a face as still once; a lifted mark neither comes back nor is lost', (t) => {
    const { alerts } = setUp(t);
    const place = { x: 0.1, y: 0.2, width: 0.1, height: 0.1 };
    const still = { since: 1000, place, liftedAt: null, liftedBy: null };
    alerts.insert(makeAlert(1), makeEvidence(1));
    assert.throws(() => alerts.liftStill(alertId(1), 'ann'), { code: 'CONFLICT' });
    alerts.markStill(alertId(1), 'gate', still);
    // The track goes on, and knows of no mark.
    alerts.update(makeAlert(1, { revision: 1, keyframes: 2 }), null);
    assert.deepEqual(alerts.get(alertId(1)).alert.still, still);
    const { alert } = alerts.liftStill(alertId(1), 'ann');
    assert.equal(alert.still?.liftedBy, 'ann');
    alerts.markStill(alertId(1), 'gate', still);
    alerts.update(makeAlert(1, { revision: 2, still, keyframes: 3 }), null);
    assert.equal(alerts.get(alertId(1)).alert.still?.liftedBy, 'ann');
    assert.throws(() => alerts.liftStill(alertId(1), 'ann'), { code: 'CONFLICT' });
  });

  it('lists newest first, filtered and in pages', (t) => {
    const { alerts } = setUp(t);
    for (let n = 1; n <= 6; n += 1) {
      const cameraId = n % 2 === 0 ? 'yard' : 'gate';
      alerts.insert(makeAlert(n, { cameraId, createdAt: n * 10 }), makeEvidence(n));
    }
    alerts.review(alertId(3), { action: 'acknowledge', reviewer: 'ann' });
    assert.deepEqual(ids(alerts.list()), [6, 5, 4, 3, 2, 1]);
    assert.deepEqual(ids(alerts.list({ limit: 2, before: alertId(5) })), [4, 3]);
    assert.deepEqual(ids(alerts.list({ cameras: ['yard'] })), [6, 4, 2]);
    assert.deepEqual(ids(alerts.list({ cameras: [] })), []);
    assert.deepEqual(ids(alerts.list({ states: ['acknowledged'] })), [3]);
    assert.deepEqual(ids(alerts.list({ from: 20, to: 40 })), [3, 2]);
    assert.deepEqual(ids(alerts.list({ watchlistId: 'other' })), []);
    assert.deepEqual(ids(alerts.list({ personId: 'person-1', limit: 1 })), [6]);
  });

  it('goes by the time of capture, pages by it, and counts beyond the page', (t) => {
    const { alerts } = setUp(t);
    // A late alert of an early picture, and two of one moment.
    for (const [number, capturedAt] of [
      [1, 300],
      [2, 100],
      [3, 200],
      [4, 200],
    ] as const) {
      alerts.insert(makeAlert(number, { capturedAt }), makeEvidence(number));
    }
    assert.deepEqual(ids(alerts.list()), [1, 4, 3, 2]);
    const first = alerts.page({ limit: 2 });
    assert.deepEqual([ids(first.alerts), first.total], [[1, 4], 4]);
    assert.ok(first.next);
    const second = alerts.page({ limit: 2, before: first.next });
    assert.deepEqual([ids(second.alerts), second.total], [[3, 2], 4]);
    assert.equal(alerts.page({ from: 150, to: 300, limit: 1 }).total, 2);
    assert.throws(() => alerts.page({ before: 'nothing' }), { code: 'BAD_REQUEST' });
  });

  it('refuses a review of an alert that has moved on', (t) => {
    const { alerts } = setUp(t);
    alerts.insert(makeAlert(1), makeEvidence(1));
    alerts.review(alertId(1), { action: 'acknowledge', reviewer: 'ann', expectedRevision: 0 });
    assert.throws(
      () => alerts.review(alertId(1), { action: 'confirm', reviewer: 'bob', expectedRevision: 0 }),
      (error) => isNightglassError(error, 'CONFLICT'),
    );
    assert.equal(alerts.get(alertId(1)).reviews.length, 1);
  });

  it('asks for two equal verdicts where the list says so, as it said when the alert came', (t) => {
    const { alerts, events, clock } = setUp(t, {
      policy: { retentionDays: 1, twoPersonReview: true },
    });
    alerts.insert(makeAlert(1), makeEvidence(1));
    alerts.review(alertId(1), { action: 'acknowledge', reviewer: 'ann' });
    clock.advance(5);
    const first = alerts.review(alertId(1), { action: 'confirm', reviewer: 'ann' });
    assert.equal(first.alert.state, 'acknowledged');
    assert.deepEqual(first.review, { needed: 2, voters: ['ann'], decided: false });
    const second = alerts.review(alertId(1), { action: 'confirm', reviewer: 'bob' });
    assert.equal(second.alert.state, 'confirmed');
    assert.equal(second.reviews[1]?.at, clock.now());
    assert.deepEqual(
      events.map(({ change, alert }) => `${change} ${alert.revision}`),
      ['created 0', 'reviewed 1', 'reviewed 2', 'reviewed 3'],
    );
  });

  it('loses no alert whose insert has returned when the process is killed', async (t) => {
    const dataDir = temporaryFolder(t);
    const script = new URL('../../../support/store/insert-until-killed.ts', import.meta.url)
      .pathname;
    const child = spawn(process.execPath, [script, dataDir], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let printed = '';
    child.stdout.on('data', (chunk: Buffer) => {
      printed += chunk.toString();
      if (printed.split('\n').length > 40) child.kill('SIGKILL');
    });
    const [, signal] = await once(child, 'close');
    assert.equal(signal, 'SIGKILL');
    // The last line may be cut off by the kill.
    const complete = printed.slice(0, printed.lastIndexOf('\n')).split('\n');
    assert.ok(complete.length >= 40);

    const { alerts, store } = setUp(t, { dataDir });
    assert.equal(store.health().mode, 'disk');
    for (const id of complete) {
      assert.equal(alerts.get(id).alert.id, id);
      assert.equal(alerts.evidence(id, 'frame')?.length, 20_000);
    }
    assert.equal(store.prepare('PRAGMA integrity_check').get()?.['integrity_check'], 'ok');
  });
});

describe('SqliteAlertStore on a full disk', () => {
  it('says so, shows the alert with its pictures, and stores it when there is room again', (t) => {
    const { alerts, store, clock, events, dataDir } = setUp(t);
    alerts.insert(makeAlert(1), makeEvidence(1));
    const free = fillDisk(store);
    assert.equal(alerts.insert(makeAlert(2), makeEvidence(2, 200_000)).stored, false);
    assert.equal(store.health().durable, false);
    assert.deepEqual(alerts.unstored(), { waiting: 1, lost: 0 });
    assert.equal(alerts.get(alertId(2)).alert.stored, false);
    assert.deepEqual(ids(alerts.list()), [2, 1]);
    assert.equal(alerts.evidence(alertId(2), 'frame')?.length, 200_000);
    assert.equal(alerts.lastSighting('list-1', 'person-1', 'gate')?.at, makeAlert(2).lastSeenAt);
    // A review goes on, and is marked.
    const reviewed = alerts.review(alertId(2), { action: 'acknowledge', reviewer: 'ann' });
    assert.deepEqual([reviewed.alert.state, reviewed.alert.stored], ['acknowledged', false]);
    assert.throws(
      () => alerts.review(alertId(2), { action: 'acknowledge', reviewer: 'bob' }),
      (error) => isNightglassError(error, 'CONFLICT'),
    );

    free();
    clock.advance(1000);
    assert.equal(store.health().durable, true);
    assert.deepEqual(alerts.unstored(), { waiting: 0, lost: 0 });
    assert.deepEqual(
      events.map(({ change, alert }) => `${change} ${ids([alert])} ${alert.stored}`),
      [
        'created 1 true',
        'created 2 false',
        'reviewed 2 false',
        'updated 2 true',
        'reviewed 2 true',
      ],
    );
    store.close();
    const again = createStore({ dataDir, clock });
    t.after(() => again.close());
    const reopened = new SqliteAlertStore({
      store: again,
      audit: new AuditLog({ store: again, now: clock.now }),
      now: clock.now,
      policy: () => undefined,
    });
    assert.deepEqual(
      reopened.list().map(({ stored }) => stored),
      [true, true],
    );
    assert.equal(reopened.evidence(alertId(2), 'frame')?.length, 200_000);
    const { alert, reviews } = reopened.get(alertId(2));
    assert.deepEqual([alert.state, reviews.length], ['acknowledged', 1]);
    assert.deepEqual(
      new AuditLog({ store: again, now: clock.now })
        .list()
        .map(({ what, target }) => [what, target]),
      [
        ['alert.raised', alertId(1)],
        ['alert.raised', alertId(2)],
        ['alert.reviewed', alertId(2)],
      ],
    );
  });

  it('keeps an update that cannot be stored, with the review that was', (t) => {
    const { alerts, store, clock } = setUp(t);
    alerts.insert(makeAlert(1), makeEvidence(1));
    alerts.review(alertId(1), { action: 'acknowledge', reviewer: 'ann' });
    const free = fillDisk(store);
    const evidence = makeEvidence(7, 200_000);
    assert.equal(alerts.update(makeAlert(1, { revision: 1, quality: 99 }), evidence).stored, false);
    assert.equal(alerts.get(alertId(1)).alert.quality, 99);
    free();
    clock.advance(1000);
    const { alert } = alerts.get(alertId(1));
    assert.deepEqual(
      { state: alert.state, quality: alert.quality, stored: alert.stored },
      { state: 'acknowledged', quality: 99, stored: true },
    );
    assert.equal(alerts.evidence(alertId(1), 'face')?.[0], 8);
  });

  it('holds a bounded number and counts those that are lost', (t) => {
    const { alerts, store } = setUp(t, { unstoredCapacity: 2 });
    fillDisk(store);
    for (const n of [1, 2, 3]) {
      assert.equal(alerts.insert(makeAlert(n), makeEvidence(n, 200_000)).stored, false);
    }
    assert.deepEqual(ids(alerts.list()), [3, 2]);
    assert.deepEqual(alerts.unstored(), { waiting: 2, lost: 1 });
  });

  it('goes on, unstored and loud, when the database is damaged while it runs', (t) => {
    const { alerts, store, dataDir } = setUp(t);
    alerts.insert(makeAlert(1), makeEvidence(1, 50_000));
    store.compact();
    // So that nothing is served from the page cache.
    store.prepare('PRAGMA shrink_memory').get();
    const file = openSync(join(dataDir, 'nightglass.db'), 'r+');
    for (let page = 1; page < 60; page += 1) {
      writeSync(file, new Uint8Array(4096).fill(0xa5), 0, 4096, page * 4096);
    }
    closeSync(file);
    assert.equal(alerts.lastSighting('list-1', 'person-1', 'gate'), undefined);
    assert.equal(alerts.insert(makeAlert(2), makeEvidence(2)).stored, false);
    assert.equal(store.health().durable, false);
    assert.match(store.health().reason ?? '', /malformed|corrupt/);
    assert.equal(alerts.unstored().waiting, 1);
  });
});

describe('SqliteAlertStore retention', () => {
  it('purges alerts at the end of their list’s retention, pictures and all', (t) => {
    const { alerts, store, clock } = setUp(t, {
      policy: { retentionDays: 2, twoPersonReview: false },
    });
    const day = 86_400_000;
    const start = clock.now();
    alerts.insert(makeAlert(1, { createdAt: start }), makeEvidence(1));
    alerts.insert(makeAlert(2, { createdAt: start + day }), makeEvidence(2));
    alerts.review(alertId(1), { action: 'acknowledge', reviewer: 'ann' });
    assert.equal(alerts.purgeExpired(start + 2 * day - 1, 10), 0);
    assert.equal(alerts.purgeExpired(start + 2 * day, 10), 1);
    assert.deepEqual(ids(alerts.list()), [2]);
    for (const table of ['alert_evidence', 'alert_events', 'alert_reviews']) {
      const left = store
        .prepare(`SELECT count(*) AS n FROM ${table} WHERE alert_id = ?`)
        .get(alertId(1));
      assert.equal(left?.['n'], 0, table);
    }
    store.write(() => new AlertTable(store).setRetention('list-1', 0.5));
    assert.equal(alerts.purgeExpired(start + 2 * day, 10), 1);
  });
});
