import assert from 'node:assert/strict';
import { it } from 'node:test';
import { namingOthers } from '../../../../../src/services/evidence/subject/names-of-others.ts';
import { StaffNames } from '../../../../../src/services/evidence/subject/staff-names.ts';
import { WatchlistStore } from '../../../../../src/services/watchlists/watchlist-store.ts';
import { AuditLog } from '../../../../../src/store/audit-log.ts';
import { listInput } from '../../../../support/services/watchlist-fixture.ts';
import { openStore } from '../../../../support/store/open-store.ts';

it('people have one number each, programs keep their name', () => {
  const names = new StaffNames('numbered');
  assert.deepEqual(
    ['ann', 'bob', 'ann', 'system'].map((name) => names.of(name)),
    ['reviewer 1', 'reviewer 2', 'reviewer 1', 'system'],
  );
  assert.equal(new StaffNames('named').of('ann'), 'ann');
});

it('names are replaced in texts as words, the longest first', () => {
  const names = new StaffNames('numbered');
  const text = names.inText('Ann told ann-marie (Annex, c++ and 王伟)', [
    'ann',
    'ann-marie',
    'c++',
    '王伟',
  ]);
  assert.match(text, /^reviewer \d told reviewer \d \(Annex, reviewer \d and reviewer \d\)$/);
  assert.equal(names.inText('Ann', ['ann']), names.of('ann'));
  assert.equal(new StaffNames('named').inText('Ann', ['ann']), 'Ann');
});

it('texts that name somebody else who is enrolled are found', async (t) => {
  const { store, clock } = openStore(t);
  const audit = new AuditLog({ store, now: clock.now });
  const people = new WatchlistStore({ store, audit, now: clock.now });
  const list = people.create(listInput());
  const own = people.addPerson(list.id, { name: 'Ada Lovegrove' });
  for (let n = 0; n < 600; n += 1) people.addPerson(list.id, { name: `Number ${n}` });
  people.addPerson(list.id, { name: 'Bea Underhill' });
  people.addPerson(list.id, { name: '王小明' });
  const texts = [
    'with BEA Underhill',
    'underhill alone',
    '和王小明在一起',
    'Ada Lovegrove',
    'number 598!',
  ];
  const found = await namingOthers(texts, new Set([own.id]), [own.name], people);
  assert.deepEqual(
    [...found].sort(),
    ['with BEA Underhill', '和王小明在一起', 'number 598!'].sort(),
  );
  assert.deepEqual(await namingOthers([], new Set(), [], people), new Set());
});
