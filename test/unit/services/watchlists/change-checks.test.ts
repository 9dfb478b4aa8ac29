import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { isNightglassError } from '../../../../src/domain/errors.ts';
import { changeChecks } from '../../../../src/services/watchlists/change-checks.ts';
import { WatchlistStore } from '../../../../src/services/watchlists/watchlist-store.ts';
import { listInput, templateFor, vectorAt } from '../../../support/services/watchlist-fixture.ts';
import { openStore } from '../../../support/store/open-store.ts';

/** What a refusal says; undefined where there is none. */
function refusalOf(act: () => unknown): readonly unknown[] | undefined {
  try {
    act();
    return undefined;
  } catch (error) {
    if (!isNightglassError(error)) throw error;
    return [error.code, error.message, error.hint];
  }
}

function setUp(t: TestContext) {
  const { store, clock } = openStore(t);
  const lists = new WatchlistStore({ store, now: clock.now });
  const open = lists.create(listInput({ name: 'Open' }));
  const taken = lists.create(listInput({ name: 'Taken' }));
  const ended = lists.create(listInput({ name: 'Ended', expiresAt: clock.now() + 1000 }));
  const person = lists.addPerson(open.id, { name: 'Ada' });
  const late = lists.addPerson(ended.id, { name: 'Eve' });
  clock.advance(2000);
  return { lists, checks: changeChecks(lists, clock.now), open, taken, ended, person, late };
}

const hidden = 'Ada\u202eEve';
const past = { expiresAt: 1 };

describe('changeChecks', () => {
  it('refuses exactly what the store would refuse, in its words', (t) => {
    const { lists, checks, open, ended, person, late } = setUp(t);
    const cases: [what: string, check: () => unknown, change: () => unknown][] = [];
    for (const input of [
      listInput({ name: 'New' }),
      listInput({ name: 'Taken' }),
      listInput({ name: hidden }),
      listInput({ name: 'No purpose', purpose: ' ' }),
      listInput({ name: 'Past', ...past }),
    ]) {
      cases.push([
        `list ${input.name}`,
        () => checks.createWatchlist(input),
        () => lists.create(input),
      ]);
    }
    for (const changes of [{ name: 'Open' }, { name: 'Taken' }, { name: hidden }, past]) {
      cases.push([
        `change ${JSON.stringify(changes)}`,
        () => checks.updateWatchlist(open.id, changes),
        () => lists.update(open.id, changes),
      ]);
    }
    cases.push([
      'an ended list is renamed',
      () => checks.updateWatchlist(ended.id, { name: 'Over' }),
      () => lists.update(ended.id, { name: 'Over' }),
    ]);
    for (const [watchlistId, name] of [
      [open.id, 'Bo'],
      [open.id, hidden],
      [ended.id, 'Bo'],
      [open.id, 'x'.repeat(201)],
    ] as const) {
      cases.push([
        `person ${name.slice(0, 9)}`,
        () => checks.createPerson({ watchlistId, name }),
        () => lists.addPerson(watchlistId, { name }),
      ]);
    }
    for (const name of ['Bo', hidden]) {
      cases.push([
        `renamed ${name}`,
        () => checks.updatePerson(person.id, { name }),
        () => lists.updatePerson(person.id, { name }),
      ]);
    }
    for (const { id, watchlistId } of [person, late]) {
      cases.push([
        'enrol',
        () => checks.enrol(watchlistId),
        () => lists.addTemplate(templateFor(id, vectorAt(0))),
      ]);
    }
    const refused = cases.map(([what, check, change]) => {
      const foreseen = refusalOf(check);
      assert.deepEqual(foreseen, refusalOf(change), what);
      return foreseen !== undefined;
    });
    assert.equal(refused.filter(Boolean).length, 12, 'the cases are of both kinds');
  });

  it('changes nothing', (t) => {
    const { lists, checks, open, person } = setUp(t);
    const before = [lists.list(), lists.people(open.id)];
    checks.createWatchlist(listInput({ name: 'New' }));
    checks.updateWatchlist(open.id, { name: 'Renamed' });
    checks.createPerson({ watchlistId: open.id, name: 'Bo' });
    checks.updatePerson(person.id, { name: 'Bo' });
    assert.deepEqual([lists.list(), lists.people(open.id)], before);
  });
});
