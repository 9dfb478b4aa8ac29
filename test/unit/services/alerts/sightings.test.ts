import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { describe, it, type TestContext } from 'node:test';
import { type Alert, maxSightings, type SightingEvidence } from '../../../../src/domain/alert.ts';
import type { StoredAlertEvent } from '../../../../src/domain/alert-event.ts';
import type { NewSighting } from '../../../../src/domain/sightings.ts';
import { SqliteAlertStore } from '../../../../src/services/alerts/alert-store.ts';
import { alertsService } from '../../../../src/services/alerts/alerts-service.ts';
import { AuditLog } from '../../../../src/store/audit-log.ts';
import { clipsOf } from '../../../support/services/clips-of.ts';
import { lookAlikesOf } from '../../../support/services/look-alikes-of.ts';
import {
  alertId,
  makeAlert,
  makeEvidence,
  makeSighting,
} from '../../../support/store/alert-fixture.ts';
import { ByteSearch } from '../../../support/store/byte-search.ts';
import { fillDisk, openStore } from '../../../support/store/open-store.ts';
import { createStore } from '../../../support/store/test-store.ts';

function setUp(t: TestContext, policy = { retentionDays: 1, twoPersonReview: false }) {
  const opened = openStore(t, { retryMs: 1000 });
  const open = (store: typeof opened.store) =>
    new SqliteAlertStore({
      store,
      audit: new AuditLog({ store, now: opened.clock.now }),
      now: opened.clock.now,
      policy: () => policy,
    });
  const alerts = open(opened.store);
  const events: StoredAlertEvent[] = [];
  alerts.onEvent((event) => events.push(event));
  return { ...opened, alerts, events, open };
}

/** When a sighting of this track was captured: after that of the first alert of the fixture. */
const at = (seconds: number) => makeAlert(1).capturedAt + seconds * 1000;

const sighting = (trackId: string, changes: Partial<NewSighting> = {}) =>
  makeSighting(trackId, at(60), { lastSeenAt: at(60), ...changes });

const pictures = (fill: number, bytes = 64): SightingEvidence => ({
  ...makeEvidence(fill, bytes),
  enhanced: new Uint8Array(bytes).fill(fill + 5),
});

const numbers = ({ sightings }: Alert) => sightings.map(({ number, trackId }) => [number, trackId]);

describe('sightings of an alert', () => {
  it('keep their own pictures and scores, over a restart, and tell of each', (t) => {
    const { alerts, events, store, dataDir, clock, open } = setUp(t);
    alerts.insert(makeAlert(1), makeEvidence(1));
    alerts.sight(alertId(1), sighting('u'), pictures(10));
    alerts.sight(alertId(1), sighting('v', { cameraId: 'gate', capturedAt: at(90) }), pictures(20));
    // The first track goes on and knows of neither; that of the first sighting has a better picture.
    alerts.update(makeAlert(1, { revision: 3, keyframes: 2 }), null);
    const better = sighting('u', { keyframes: 2, quality: 80 });
    assert.equal(alerts.sight(alertId(1), better, pictures(30)).isNew, false);
    assert.deepEqual(
      events.map(({ change, alert }) => [change, alert.revision, alert.sightings.length]),
      [
        ['created', 0, 0],
        ['sighted', 1, 1],
        ['sighted', 2, 2],
        ['updated', 3, 2],
        ['updated', 4, 2],
      ],
    );
    const replayed = alerts.since(alertId(1)).events.map(({ change }) => change);
    assert.deepEqual(replayed, ['sighted', 'sighted', 'updated', 'updated']);
    store.close();
    const again = createStore({ dataDir, clock });
    t.after(() => again.close());
    const reopened = open(again);
    const { alert } = reopened.get(alertId(1));
    assert.deepEqual(numbers(alert), [
      [1, 'u'],
      [2, 'v'],
    ]);
    assert.equal(alert.sightings[0]?.quality, 80);
    assert.equal(reopened.evidence(alert.id, 'sighting-1-face')?.[0], 31);
    assert.equal(reopened.evidence(alert.id, 'sighting-2-enhanced')?.[0], 25);
    assert.equal(reopened.evidence(alert.id, 'face')?.[0], 2);
    assert.equal(reopened.evidence(alert.id, 'sighting-3-face'), null);
  });

  it('are replayed to whom their cameras are shown, and to nobody else', (t) => {
    const { alerts } = setUp(t);
    for (const n of [1, 2]) alerts.insert(makeAlert(n, { cameraId: 'gate' }), makeEvidence(n));
    alerts.sight(alertId(1), sighting('u', { cameraId: 'yard' }), pictures(10));
    const replayed = (...cameras: string[]) =>
      alerts.since('0', 10, { cameras }).events.map(({ change, alert }) => [change, alert.id]);
    assert.deepEqual(replayed('yard'), [['sighted', alertId(1)]]);
    assert.deepEqual(replayed('gate'), [
      ['created', alertId(1)],
      ['created', alertId(2)],
      ['sighted', alertId(1)],
    ]);
    assert.deepEqual(replayed('nowhere'), []);
  });

  it('are found by their camera and time, and bring their alert to the top', (t) => {
    const { alerts } = setUp(t);
    for (const n of [1, 2, 3]) alerts.insert(makeAlert(n, { personId: `p-${n}` }), makeEvidence(n));
    const ids = (filter: Parameters<typeof alerts.page>[0]) =>
      alerts.page(filter).alerts.map(({ id }) => Number(id.slice(3)));
    alerts.sight(alertId(1), sighting('u'), pictures(10));
    assert.deepEqual(ids({}), [1, 3, 2]);
    assert.deepEqual(ids({ cameras: ['yard'] }), [1]);
    assert.equal(alerts.page({ cameras: ['yard'] }).total, 1);
    assert.deepEqual(ids({ from: at(30) }), [1]);
    assert.deepEqual(ids({ to: at(30) }), [1, 3, 2]);
    const first = alerts.page({ limit: 1 });
    assert.deepEqual(ids({ limit: 1, before: first.next ?? '' }), [3]);
  });

  it('say when each camera last saw the person, and carry its mark of a still face', (t) => {
    const { alerts } = setUp(t);
    const still = {
      since: at(0),
      place: { x: 0.1, y: 0.1, width: 0.1, height: 0.1 },
      liftedAt: null,
      liftedBy: null,
    };
    alerts.insert(makeAlert(1), makeEvidence(1));
    alerts.sight(alertId(1), sighting('u'), pictures(10));
    alerts.seen(alertId(1), 'yard', at(100));
    alerts.seen(alertId(1), 'gate', at(20));
    alerts.markStill(alertId(1), 'yard', still);
    const last = (camera: string) => alerts.lastSighting('list-1', 'person-1', camera);
    const trackIds = ['track-1', 'u'];
    assert.deepEqual(last('yard'), { alertId: alertId(1), at: at(100), still, trackIds });
    assert.deepEqual(last('gate'), { alertId: alertId(1), at: at(20), still: null, trackIds });
    assert.equal(alerts.openAlert('list-1', 'person-1')?.id, alertId(1));
    assert.throws(() => alerts.liftStill(alertId(1), 'ann', ['gate']), { code: 'CONFLICT' });
    const { alert } = alerts.liftStill(alertId(1), 'ann', ['yard']);
    assert.equal(alert.sightings[0]?.still?.liftedBy, 'ann');
    for (const [action, reason] of [['acknowledge'], ['dismiss', 'nobody']] as const) {
      alerts.review(alertId(1), { action, reviewer: 'ann', reason: reason ?? '' });
    }
    assert.equal(alerts.openAlert('list-1', 'person-1'), undefined);
  });

  it('join the alert begun after a full one, though that is seen still at another camera', (t) => {
    const { alerts } = setUp(t);
    alerts.insert(makeAlert(1), makeEvidence(1));
    for (let n = 1; n <= maxSightings; n += 1) {
      alerts.sight(alertId(1), sighting(`track-${n}`), pictures(10));
    }
    assert.equal(alerts.openAlert('list-1', 'person-1'), undefined, 'full');
    const second = makeAlert(2, { personId: 'person-1', watchlistId: 'list-1' });
    alerts.insert(second, makeEvidence(2));
    alerts.seen(alertId(1), 'yard', at(9_000));
    assert.equal(alerts.openAlert('list-1', 'person-1')?.id, alertId(2));
  });

  it('wait in memory while the disk is full, and are stored with their pictures', (t) => {
    const { alerts, store, clock, events } = setUp(t);
    alerts.insert(makeAlert(1), makeEvidence(1));
    alerts.sight(alertId(1), sighting('u'), pictures(10));
    const free = fillDisk(store);
    const { alert, isNew } = alerts.sight(alertId(1), sighting('v'), pictures(20, 200_000));
    assert.deepEqual([alert.stored, isNew], [false, true]);
    assert.equal(events.at(-1)?.change, 'sighted');
    assert.equal(alerts.evidence(alertId(1), 'sighting-2-frame')?.length, 200_000);
    assert.equal(alerts.openAlert('list-1', 'person-1')?.sightings.length, 2);
    free();
    clock.advance(1000);
    assert.deepEqual(alerts.unstored(), { waiting: 0, lost: 0 });
    assert.deepEqual(numbers(alerts.get(alertId(1)).alert), [
      [1, 'u'],
      [2, 'v'],
    ]);
    assert.equal(alerts.evidence(alertId(1), 'sighting-2-frame')?.length, 200_000);
    assert.equal(alerts.evidence(alertId(1), 'sighting-1-face')?.[0], 11);
    const audit = new AuditLog({ store, now: clock.now });
    assert.deepEqual(
      audit.list({ what: 'alert.sighted' }).map(({ target, detail }) => [target, detail]),
      ['u', 'v'].map((trackId, at) => [
        alertId(1),
        { number: at + 1, cameraId: 'yard', trackId, capturedAt: sighting(trackId).capturedAt },
      ]),
    );
  });

  it('go with their alert, byte by byte, when its time is over', (t) => {
    const { alerts, store, dataDir } = setUp(t);
    const { createdAt } = makeAlert(1);
    const own = { frame: randomBytes(4096), face: randomBytes(4096), enhanced: randomBytes(4096) };
    alerts.insert(makeAlert(1), makeEvidence(1));
    alerts.sight(alertId(1), sighting('u'), own);
    store.compact();
    const left = () => {
      const search = new ByteSearch(dataDir);
      return Object.values(own).reduce((sum, picture) => sum + search.pieces(picture), 0);
    };
    assert.ok(left() > 1000);
    assert.equal(alerts.purgeExpired(createdAt + 86_400_001, 10), 1);
    store.compact();
    assert.equal(left(), 0);
    const rows = store.prepare('SELECT count(*) AS count FROM alert_sightings').get();
    assert.equal(rows?.['count'], 0);
    assert.throws(() => alerts.sight(alertId(1), sighting('w'), pictures(40)), {
      code: 'NOT_FOUND',
    });
  });

  it('show a second reviewer no scores', async (t) => {
    const { alerts, store } = setUp(t, { retentionDays: 1, twoPersonReview: true });
    alerts.insert(makeAlert(1), makeEvidence(1));
    alerts.sight(alertId(1), sighting('u'), pictures(10));
    const all = { cameras: '*', watchlists: '*', limit: 10 } as const;
    const service = alertsService(alerts, clipsOf(store), lookAlikesOf(store));
    const seen = JSON.stringify([
      await service.list(all, 'bob'),
      await service.since(alertId(0), 10),
    ]);
    assert.equal(/"(scores|threshold|quality|meanGate)"/.test(seen), false);
    assert.match(seen, /"trackId":"u"/);
    assert.deepEqual(
      alerts.judgedByTwo(pictures(10).face).map(({ id }) => id),
      [alertId(1)],
    );
  });
});
