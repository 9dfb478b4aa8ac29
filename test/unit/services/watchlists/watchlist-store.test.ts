import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { systemActor } from '../../../../src/domain/audit-entry.ts';
import { type ErrorCode, isNightglassError } from '../../../../src/domain/errors.ts';
import type { WatchlistInput } from '../../../../src/domain/watchlist.ts';
import { WatchlistStore } from '../../../../src/services/watchlists/watchlist-store.ts';
import { AuditLog } from '../../../../src/store/audit-log.ts';
import { listInput, templateFor, vectorAt } from '../../../support/services/watchlist-fixture.ts';
import { fillDisk, openStore } from '../../../support/store/open-store.ts';

function setUp(t: TestContext) {
  const opened = openStore(t);
  const lists = new WatchlistStore({
    store: opened.store,
    audit: new AuditLog({ store: opened.store, now: opened.clock.now }),
    now: opened.clock.now,
  });
  return { ...opened, lists };
}
const code = (expected: ErrorCode) => (error: unknown) => isNightglassError(error, expected);

describe('WatchlistStore', () => {
  it('stores a list with its defaults and gives it back', (t) => {
    const { lists, clock } = setUp(t);
    const list = lists.create(listInput({ cameras: ['gate', 'gate', 'yard'] }));
    assert.deepEqual(lists.get(list.id), list);
    assert.deepEqual(
      { ...list, id: '' },
      {
        ...listInput({ cameras: ['gate', 'yard'] }),
        id: '',
        uses: ['live'],
        fpir: 0.001,
        fixedThreshold: null,
        expiresAt: null,
        retentionDays: 30,
        twoPersonReview: false,
        priority: 'normal',
        sound: 'tone',
        review: { revision: 1, authors: [], since: null, before: null, confirmed: null },
        createdAt: clock.now(),
        updatedAt: clock.now(),
      },
    );
    assert.equal(lists.findByName('Missing people')?.id, list.id);
  });

  const refused: [string, Partial<WatchlistInput>][] = [
    ['no purpose', { purpose: ' ' }],
    ['no legal basis', { legalBasis: '' }],
    ['no authorisation', { authorisation: '' }],
    ['no owner', { owner: '' }],
    ['no camera', { cameras: [] }],
    ['no use', { uses: [] }],
    ['an fpir of 0', { fpir: 0 }],
    ['an fpir of 1', { fpir: 1 }],
    ['a threshold beyond a cosine', { fixedThreshold: 1.1 }],
    ['an expiry in the past', { expiresAt: 5 }],
    ['no retention', { retentionDays: 0 }],
  ];
  for (const [what, changes] of refused) {
    it(`refuses a list with ${what}`, (t) => {
      const { lists } = setUp(t);
      assert.throws(() => lists.create(listInput(changes)), code('BAD_REQUEST'));
      assert.deepEqual(lists.list(), []);
    });
  }

  it('refuses a taken name, at creation and at renaming', (t) => {
    const { lists } = setUp(t);
    lists.create(listInput());
    const other = lists.create(listInput({ name: 'Other' }));
    assert.throws(() => lists.create(listInput()), code('CONFLICT'));
    assert.throws(() => lists.update(other.id, { name: 'Missing people' }), code('CONFLICT'));
    assert.throws(
      () => lists.create(listInput({ name: 'New' }), systemActor, other.id),
      code('CONFLICT'),
    );
  });

  it('changes a list and keeps its people', (t) => {
    const { lists, clock } = setUp(t);
    const list = lists.create(listInput());
    lists.addPerson(list.id, { name: 'Ada' });
    clock.advance(10);
    const changed = lists.update(list.id, { fpir: 0.01 });
    assert.equal(changed.fpir, 0.01);
    assert.equal(changed.createdAt, list.createdAt);
    assert.equal(changed.updatedAt, clock.now());
    assert.equal(lists.people(list.id).length, 1);
  });

  it('stores people and templates, bit for bit', (t) => {
    const { lists } = setUp(t);
    const list = lists.create(listInput());
    const person = lists.addPerson(list.id, { name: ' Ada ', note: 'n' });
    assert.equal(person.name, 'Ada');
    assert.equal(lists.updatePerson(person.id, { name: 'Ada L' }).note, 'n');
    const template = lists.addTemplate(
      templateFor(person.id, vectorAt(0.3, 7), { flags: ['outlier'] }),
    );
    const [stored] = lists.templates(person.id);
    assert.deepEqual(stored, template);
    assert.deepEqual(stored?.embedding, vectorAt(0.3, 7));
    assert.deepEqual(lists.templateImage(template.id), new Uint8Array([9, 9]));
    assert.deepEqual(lists.templatesBySource(list.id, 'ab').length, 1);
    assert.deepEqual(lists.templatesBySource('other', 'ab').length, 0);
  });

  it('refuses an embedding that is not finite', (t) => {
    const { lists } = setUp(t);
    const person = lists.addPerson(lists.create(listInput()).id, { name: 'Ada' });
    for (const bad of [new Float32Array(0), new Float32Array([1, Number.NaN])]) {
      assert.throws(() => lists.addTemplate(templateFor(person.id, bad)), RangeError);
    }
  });

  it('deletes what belongs to what is deleted', (t) => {
    const { lists } = setUp(t);
    const list = lists.create(listInput());
    const [ada, bea] = ['Ada', 'Bea'].map((name) => lists.addPerson(list.id, { name }));
    const ofAda = lists.addTemplate(templateFor(ada?.id ?? '', vectorAt(0)));
    const ofBea = lists.addTemplate(templateFor(bea?.id ?? '', vectorAt(1)));
    lists.deletePerson(ada?.id ?? '');
    assert.equal(lists.templateImage(ofAda.id), null);
    lists.delete(list.id);
    assert.equal(lists.templateImage(ofBea.id), null);
    assert.equal(lists.findPerson(bea?.id ?? ''), undefined);
  });

  it('answers NOT_FOUND for unknown ids', (t) => {
    const { lists } = setUp(t);
    for (const call of [
      () => lists.get('x'),
      () => lists.update('x', {}),
      () => lists.delete('x'),
      () => lists.addPerson('x', { name: 'n' }),
      () => lists.deletePerson('x'),
      () => lists.deleteTemplate('x'),
      () => lists.addTemplate(templateFor('x', vectorAt(0))),
    ]) {
      assert.throws(call, code('NOT_FOUND'));
    }
  });

  it('purges expired lists, and nothing of theirs stays in the files', (t) => {
    const { lists, clock, store, dataDir } = setUp(t);
    const keep = lists.create(listInput({ name: 'Kept' }));
    const list = lists.create(listInput({ expiresAt: clock.now() + 100 }));
    const person = lists.addPerson(list.id, { name: 'Ada-to-be-forgotten' });
    const marker = new Uint8Array(Buffer.from('PICTURE-TO-BE-FORGOTTEN'.repeat(300)));
    lists.addTemplate(templateFor(person.id, vectorAt(0), { image: marker }));
    const onDisk = (text: string) =>
      readdirSync(dataDir).some((file) => readFileSync(join(dataDir, file)).includes(text));
    assert.equal(onDisk('FORGOTTEN'), true);
    assert.equal(lists.purgeExpired(clock.now() + 99, 10), 0);
    assert.equal(lists.purgeExpired(clock.now() + 100, 10), 2, 'a person and the list');
    store.compact();
    assert.deepEqual(
      lists.list().map(({ id }) => id),
      [keep.id],
    );
    assert.equal(onDisk('FORGOTTEN'), false);
    assert.equal(onDisk('forgotten'), false);
  });

  it('purges a long list in parts of the size asked for', (t) => {
    const { lists, clock } = setUp(t);
    const list = lists.create(listInput({ expiresAt: clock.now() + 100 }));
    for (let i = 0; i < 5; i += 1) lists.addPerson(list.id, { name: `P${i}` });
    lists.create(listInput({ name: 'Second', expiresAt: clock.now() + 100 }));
    clock.advance(100);
    const purge = () => lists.purgeExpired(clock.now(), 3);
    assert.deepEqual([purge(), purge(), purge(), purge()], [3, 3, 1, 0]);
    assert.deepEqual(lists.list(), []);
  });

  it('refuses changes on a full disk, loudly, and tells nobody of them', (t) => {
    const { lists, store } = setUp(t);
    const person = lists.addPerson(lists.create(listInput()).id, { name: 'Ada' });
    let told = 0;
    lists.onChange(() => {
      told += 1;
    });
    fillDisk(store);
    const image = new Uint8Array(200_000);
    assert.throws(
      () => lists.addTemplate(templateFor(person.id, vectorAt(0), { image })),
      code('STORE_UNWRITABLE'),
    );
    assert.equal(told, 0);
    assert.deepEqual(lists.templates(person.id), []);
  });
});
