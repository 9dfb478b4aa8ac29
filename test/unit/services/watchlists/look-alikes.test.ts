import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { mostLookAlikes } from '../../../../src/domain/look-alike.ts';
import { SqliteAlertStore } from '../../../../src/services/alerts/alert-store.ts';
import { WatchlistStore } from '../../../../src/services/watchlists/watchlist-store.ts';
import { AuditLog } from '../../../../src/store/audit-log.ts';
import { makeKey, StoreKeys } from '../../../../src/store/encryption/store-keys.ts';
import { largeStep, Reencryption } from '../../../../src/store/reencrypt.ts';
import { listInput } from '../../../support/services/watchlist-fixture.ts';
import { alertId, makeAlert, makeEvidence } from '../../../support/store/alert-fixture.ts';
import { ByteSearch } from '../../../support/store/byte-search.ts';
import { fillDisk, openStore, silentLog } from '../../../support/store/open-store.ts';
import { temporaryFolder } from '../../../support/store/temporary-folder.ts';
import { createStore } from '../../../support/store/test-store.ts';

const by = { name: 'ann', address: null };
const noise = (seed: number) =>
  Float32Array.from({ length: 128 }, (_, i) => Math.sin(seed + i * i));

function setUp(t: TestContext, options: Parameters<typeof openStore>[1] = {}) {
  const opened = openStore(t, options);
  const { store, clock } = opened;
  const now = clock.now;
  const audit = new AuditLog({ store, now });
  const lists = new WatchlistStore({ store, audit, now });
  const alerts = new SqliteAlertStore({
    ...{ store, audit, now },
    policy: (id) => lists.find(id),
    onDelete: (ids) => lists.lookAlikes.forgetAlerts(ids),
  });
  const list = lists.create(listInput({ retentionDays: 1 }));
  const person = lists.addPerson(list.id, { name: 'Ada' });
  const changed: string[] = [];
  lists.onChange((change) => changed.push(change.kind === 'person' ? change.personId : 'list'));
  const add = (number: number, embedding = noise(number)) => {
    const alert = { watchlistId: list.id, personId: person.id, createdAt: now() };
    alerts.insert(makeAlert(number, alert), makeEvidence(number));
    const face = { model: 'm1', embedding, score: 0.4 };
    return lists.lookAlikes.add({ ...face, personId: person.id, alertId: alertId(number) }, by);
  };
  return { ...opened, audit, lists, alerts, list, person, changed, add };
}

describe('look-alikes', () => {
  it('are added and removed, each with its record, and whoever follows hears of both', (t) => {
    const { add, audit, changed, lists, list, person } = setUp(t);
    const { id, createdBy } = add(1);
    assert.equal(createdBy, 'ann');
    const [kept] = lists.lookAlikes.ofPeople([person.id]);
    assert.deepEqual(kept?.embedding, noise(1));
    assert.equal(lists.lookAlikes.ofAlert(alertId(1))?.id, id);
    assert.throws(() => lists.lookAlikes.remove('another', id, by), { code: 'NOT_FOUND' });
    lists.lookAlikes.remove(person.id, id, by);
    assert.throws(() => lists.lookAlikes.remove(person.id, id, by), { code: 'NOT_FOUND' });
    assert.deepEqual(lists.lookAlikes.ofPeople([person.id]), []);
    assert.deepEqual(changed, [person.id, person.id]);
    const detail = { watchlist: list.id, alert: alertId(1), lookAlike: id };
    assert.deepEqual(
      audit
        .list()
        .filter(({ what }) => what.startsWith('person.look_alike'))
        .map((record) => [record.who, record.what, record.target, record.detail])
        .sort(),
      [
        ['ann', 'person.look_alike_added', person.id, detail],
        ['ann', 'person.look_alike_removed', person.id, detail],
      ],
    );
  });

  it('leave neither face nor record behind where the folder takes no writes', (t) => {
    const { add, alerts, audit, changed, lists, list, person, store } = setUp(t);
    add(1);
    alerts.insert(makeAlert(2, { watchlistId: list.id }), makeEvidence(2));
    const before = [audit.list().length, changed.length];
    const undo = fillDisk(store);
    const face = { model: 'm1', embedding: new Float32Array(100_000).fill(1), score: 0.4 };
    assert.throws(
      () => lists.lookAlikes.add({ ...face, personId: person.id, alertId: alertId(2) }, by),
      { code: 'STORE_UNWRITABLE' },
    );
    undo();
    assert.deepEqual([audit.list().length, changed.length], before);
    assert.equal(lists.lookAlikes.factsOf([person.id]).length, 1);
  });

  it('are one an alert, and so many a person', (t) => {
    const { add, lists, person } = setUp(t);
    add(1);
    const face = { model: 'm1', embedding: noise(1), score: 0.4 };
    const again = { ...face, personId: person.id, alertId: alertId(1) };
    assert.throws(() => lists.lookAlikes.add(again, by), { code: 'CONFLICT' });
    for (let number = 2; number <= mostLookAlikes; number += 1) add(number);
    assert.throws(() => add(99), { code: 'CONFLICT' });
    const nobody = { ...again, personId: 'nobody' };
    assert.throws(() => lists.lookAlikes.add(nobody, by), { code: 'NOT_FOUND' });
    const broken = { ...again, embedding: Float32Array.of(Number.NaN) };
    assert.throws(() => lists.lookAlikes.add(broken, by), RangeError);
  });

  for (const [what, end] of [
    ['the person', ({ lists, person }) => lists.deletePerson(person.id)],
    ['the list', ({ lists, list }) => lists.delete(list.id)],
    [
      'the alert, by retention',
      ({ alerts, clock, changed, person }) => {
        changed.length = 0;
        assert.equal(alerts.purgeExpired(clock.now() + 86_400_001, 10), 1);
        // What is held in memory goes with it.
        assert.deepEqual(changed, [person.id]);
      },
    ],
    [
      'themselves',
      ({ lists, person }) => {
        const [one] = lists.lookAlikes.factsOf([person.id]);
        lists.lookAlikes.remove(person.id, one?.id ?? '', by);
      },
    ],
  ] as readonly (readonly [string, (set: ReturnType<typeof setUp>) => void])[]) {
    it(`leave the disk with ${what}, byte by byte`, (t) => {
      const set = setUp(t);
      const face = noise(7);
      const bytes = new Uint8Array(face.buffer);
      set.add(1, face);
      assert.ok(new ByteSearch(set.dataDir).pieces(bytes) > 50);
      end(set);
      set.store.compact();
      assert.equal(new ByteSearch(set.dataDir).pieces(bytes), 0);
      assert.deepEqual(set.lists.lookAlikes.factsOf([set.person.id]), []);
    });
  }

  it('are sealed where the store is encrypted, and go to another key with it', (t) => {
    const dataDir = temporaryFolder(t);
    const [first, second] = [makeKey(), makeKey()];
    const face = noise(7);
    const bytes = new Uint8Array(face.buffer);
    const left = () => new ByteSearch(dataDir).pieces(bytes);
    const keysOf = (...lines: string[]) => StoreKeys.parse(lines.join('\n'), 'test');
    const set = setUp(t, { dataDir, keys: keysOf(first.text), holdsFolder: true });
    set.add(1, face);
    assert.equal(left(), 0);
    set.store.close();
    {
      const keys = keysOf(second.text, first.text);
      const store = createStore({ dataDir, keys, holdsFolder: true, log: silentLog });
      const moving = new Reencryption(store);
      while (moving.step(largeStep) > 0);
      store.close();
    }
    // The first key is needed no more.
    const store = createStore({ dataDir, keys: keysOf(second.text), log: silentLog });
    t.after(() => store.close());
    const audit = new AuditLog({ store, now: Date.now });
    const { lookAlikes } = new WatchlistStore({ store, audit, now: Date.now });
    assert.deepEqual(lookAlikes.ofPeople([set.person.id])[0]?.embedding, face);
    assert.equal(left(), 0);
  });
});
