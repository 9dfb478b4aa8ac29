import assert from 'node:assert/strict';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, it, type TestContext } from 'node:test';
import { mulberry32 } from '../../../demo/media/random.ts';
import { SqliteAlertStore } from '../../../src/services/alerts/alert-store.ts';
import { WatchlistStore } from '../../../src/services/watchlists/watchlist-store.ts';
import { AuditLog } from '../../../src/store/audit-log.ts';
import { databaseFileName } from '../../../src/store/open-database.ts';
import { startRetention } from '../../../src/store/retention.ts';
import { listInput, templateFor } from '../../support/services/watchlist-fixture.ts';
import { alertId, makeAlert, makeSighting } from '../../support/store/alert-fixture.ts';
import { ByteSearch } from '../../support/store/byte-search.ts';
import { fillDisk, openStore } from '../../support/store/open-store.ts';

const day = 86_400_000;
const bytesOf = (vector: Float32Array) => new Uint8Array(vector.buffer);

function setUp(t: TestContext) {
  const opened = openStore(t);
  const { store, clock } = opened;
  const random = mulberry32(7);
  const blob = (bytes: number) => Uint8Array.from({ length: bytes }, () => random() * 256);
  const vector = () => Float32Array.from({ length: 256 }, () => random() * 2 - 1);
  const lists = new WatchlistStore({
    store,
    audit: new AuditLog({ store, now: clock.now }),
    now: clock.now,
  });
  const alerts = new SqliteAlertStore({
    store,
    audit: new AuditLog({ store, now: clock.now }),
    now: clock.now,
    policy: (id) => lists.find(id),
  });
  const retention = startRetention({
    store,
    clock,
    tasks: [
      { name: 'alerts', purge: (at, limit) => alerts.purgeExpired(at, limit) },
      { name: 'watchlists', purge: (at, limit) => lists.purgeExpired(at, limit) },
    ],
  });
  t.after(() => retention.close());

  /** A person with templates, each of its own size. */
  function enrol(watchlistId: string, name: string, images: number) {
    const person = lists.addPerson(watchlistId, { name });
    const templates = Array.from({ length: images }, () => {
      const embedding = vector();
      const image = blob(200 + Math.floor(random() * 9000));
      const { id } = lists.addTemplate(templateFor(person.id, embedding, { image }));
      return { id, embedding, image };
    });
    return { ...person, templates };
  }

  function evidence() {
    return {
      frame: blob(20_000),
      face: blob(2000 + Math.floor(random() * 3000)),
      enhanced: blob(3000),
      enrolled: blob(2500),
      best: [blob(1500), blob(1700)],
    };
  }
  return { ...opened, lists, alerts, retention, random, enrol, evidence };
}

/** Pieces of the templates that are in the data folder. */
function left(
  search: ByteSearch,
  templates: readonly { embedding: Float32Array; image: Uint8Array }[],
) {
  return templates.reduce(
    (sum, { embedding, image }) => sum + search.pieces(bytesOf(embedding)) + search.pieces(image),
    0,
  );
}

describe('what is deleted', () => {
  it('is gone from every byte of the data folder: images, people, lists', (t) => {
    const { lists, store, dataDir, random, enrol } = setUp(t);
    const [kept, gone] = [lists.create(listInput()), lists.create(listInput({ name: 'Gone' }))];
    const people = Array.from({ length: 24 }, (_, n) =>
      enrol(kept.id, `Person number ${n}.`, 1 + (n % 3)),
    );
    const others = Array.from({ length: 6 }, (_, n) => enrol(gone.id, `Of-the-list-${n}`, 2));
    const before = new ByteSearch(dataDir);
    for (const { templates, name } of [...people, ...others]) {
      assert.ok(left(before, templates) > templates.length * 100, 'the search finds what is there');
      assert.ok(before.count(name) > 0);
    }

    const removed = people.filter(() => random() < 0.5);
    for (const person of removed) lists.deletePerson(person.id);
    const shortened = people.filter((person) => !removed.includes(person));
    for (const { templates } of shortened) lists.deleteTemplate(templates[0]?.id ?? '');
    lists.delete(gone.id);

    // At once: not only when retention has swept, or the store is closed.
    const after = new ByteSearch(dataDir);
    for (const { templates, name } of [...removed, ...others]) {
      assert.equal(left(after, templates), 0);
      assert.equal(after.count(name), 0);
    }
    for (const { templates, name } of shortened) {
      assert.equal(left(after, templates.slice(0, 1)), 0);
      assert.ok(left(after, templates.slice(1)) >= 100 * (templates.length - 1));
      assert.ok(after.count(name) > 0);
    }
    assert.equal(after.count('Of-the-list'), 0);
    store.close();
    assert.equal(
      left(
        new ByteSearch(dataDir),
        removed.flatMap(({ templates }) => templates),
      ),
      0,
    );
  });

  it('is gone when its time is over: alerts with their pictures, before and after updates', async (t) => {
    const { alerts, clock, retention, dataDir, evidence, store } = setUp(t);
    await retention.sweep();
    const pictures: Uint8Array[] = [];
    const keep = (of: ReturnType<typeof evidence>) => {
      pictures.push(of.frame, of.face, of.enhanced, of.enrolled, ...of.best);
      return of;
    };
    const createdAt = clock.now();
    for (let n = 1; n <= 30; n += 1) {
      const personName = `Name on alert ${n}.`;
      alerts.insert(makeAlert(n, { createdAt, personName }), keep(evidence()));
      if (n % 2 === 0) {
        const alert = makeAlert(n, { createdAt, revision: 1, personName, keyframes: 5 });
        alerts.update(alert, keep(evidence()));
      }
      if (n % 5 === 0) {
        alerts.sight(alertId(n), makeSighting(`again-${n}`, createdAt + 1000), keep(evidence()));
        alerts.sight(alertId(n), makeSighting(`again-${n}`, createdAt + 2000), keep(evidence()));
        alerts.sight(alertId(n), makeSighting(`later-${n}`, createdAt + 3000), keep(evidence()));
      }
      if (n % 3 === 0)
        alerts.review(alertId(n), {
          action: 'acknowledge',
          reviewer: 'bob',
          reason: `Reason-${n}`,
        });
    }
    clock.advance(20 * day);
    const young = evidence();
    alerts.insert(makeAlert(99, { createdAt: clock.now(), personName: 'Young' }), young);
    clock.advance(11 * day);
    await retention.sweep();
    assert.deepEqual(
      alerts.list().map(({ id }) => id),
      [alertId(99)],
    );
    const search = new ByteSearch(dataDir);
    assert.equal(
      pictures.reduce((sum, picture) => sum + search.pieces(picture), 0),
      0,
    );
    for (const text of ['Name on alert', 'Reason-']) {
      assert.equal(search.count(text), 0, text);
    }
    assert.ok(search.pieces(young.frame) > 2000);
    // Free pages are given back, so that nothing can hide in them.
    const pages = store.prepare('PRAGMA freelist_count').get()?.['freelist_count'];
    assert.equal(pages, 0);
  });

  it('is gone from alerts, stored or in memory, and from what was told of them', (t) => {
    const { lists, alerts, store, clock, dataDir, enrol, evidence } = setUp(t);
    lists.onErased((personId) => alerts.forgetPerson(personId));
    const list = lists.create(listInput());
    const [ada, bea] = [enrol(list.id, 'Ada Lovelace.', 2), enrol(list.id, 'Bea Kept.', 1)];
    const raise = (n: number, of: typeof ada, enrolled: Uint8Array) => {
      const on = { watchlistId: list.id, personId: of.id, personName: of.name };
      const alert = makeAlert(n, { ...on, templateId: of.templates[0]?.id ?? '', ...at() });
      return alerts.insert(alert, { ...evidence(), enrolled });
    };
    const at = () => ({ createdAt: clock.now() });
    const portrait = (of: typeof ada) => of.templates[0]?.image ?? new Uint8Array();
    const first = raise(1, ada, portrait(ada));
    alerts.update({ ...first, revision: 1, keyframes: 3 }, null);
    alerts.review(first.id, { action: 'acknowledge', reviewer: 'ann', reason: 'She is here' });
    // Seen again: by a track that knows the portrait, and by one whose alert waits in memory.
    const seen = { ...evidence(), enrolled: portrait(ada) };
    alerts.sight(first.id, makeSighting('again', clock.now() + 1000), seen);
    const other = raise(2, bea, portrait(bea));
    alerts.sight(other.id, makeSighting('bea-again', clock.now() + 1000), evidence());
    const free = fillDisk(store);
    assert.equal(raise(3, ada, new Uint8Array(60_000).fill(7)).stored, false);
    const waits = alerts.sight(alertId(3), makeSighting('waits', clock.now() + 2000), seen);
    assert.equal(waits.alert.stored, false);
    free();
    assert.ok(new ByteSearch(dataDir).count(ada.name) > 0);

    lists.deletePerson(ada.id);
    const search = new ByteSearch(dataDir);
    assert.equal(left(search, ada.templates), 0);
    assert.equal(search.count(ada.name), 0);
    for (const n of [1, 3]) {
      const { alert } = alerts.get(alertId(n));
      assert.equal(alert.personName, '');
      assert.equal(alerts.evidence(alert.id, 'enrolled'), null);
      assert.ok(alerts.evidence(alert.id, 'face'), 'what the camera saw has its own end');
    }
    // A track that goes on brings neither back.
    alerts.update({ ...first, revision: 2, keyframes: 4 }, { enrolled: portrait(ada) });
    for (const n of [1, 3]) {
      alerts.sight(alertId(n), makeSighting(`new-${n}`, clock.now() + 9000), seen);
      const { sightings, personName } = alerts.get(alertId(n)).alert;
      assert.deepEqual([sightings.length, personName], [2, '']);
      assert.ok(alerts.evidence(alertId(n), 'sighting-2-face'));
    }
    store.compact();
    const later = new ByteSearch(dataDir);
    assert.equal(later.count(ada.name), 0);
    assert.equal(left(later, ada.templates), 0);
    for (const { alert } of alerts.since(first.id, 100).events) {
      assert.equal(alert.personName, alert.personId === ada.id ? '' : bea.name);
    }
    assert.equal(alerts.evidence(first.id, 'enrolled'), null);

    assert.equal(alerts.get(other.id).alert.personName, bea.name);
    lists.deleteTemplate(bea.templates[0]?.id ?? '');
    assert.equal(alerts.evidence(other.id, 'enrolled'), null);
    assert.equal(left(new ByteSearch(dataDir), bea.templates), 0);
  });

  it('is gone from the journal as soon as a reader lets go of it', (t) => {
    const { lists, store, dataDir, enrol } = setUp(t);
    const list = lists.create(listInput());
    const { id, templates } = enrol(list.id, 'Ada', 2);
    const reader = new DatabaseSync(join(dataDir, databaseFileName), { readOnly: true });
    reader.exec('BEGIN');
    reader.prepare('SELECT count(*) FROM people').get();
    lists.deletePerson(id);
    assert.equal(store.compact(), false);
    reader.exec('COMMIT');
    reader.close();
    assert.equal(store.compact(), true);
    assert.equal(left(new ByteSearch(dataDir), templates), 0);
  });

  it('is gone from a database of the version before, which gives pages back only then', (t) => {
    const { store, dataDir, clock } = openStore(t);
    store.close();
    const file = join(dataDir, databaseFileName);
    const old = new DatabaseSync(file);
    old.exec('PRAGMA journal_mode = DELETE; PRAGMA auto_vacuum = NONE; VACUUM;');
    assert.equal(old.prepare('PRAGMA auto_vacuum').get()?.['auto_vacuum'], 0);
    old.close();
    const again = openStore(t, { dataDir, clock });
    assert.equal(again.store.prepare('PRAGMA auto_vacuum').get()?.['auto_vacuum'], 2);
    assert.equal(again.store.health().durable, true);
  });
});
