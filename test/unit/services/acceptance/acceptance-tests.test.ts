// Over 300 lines: each rule of a test with its counterexample, on one set-up.

import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { dayMs } from '../../../../src/domain/bounds.ts';
import { AcceptanceTests } from '../../../../src/services/acceptance/acceptance-tests.ts';
import type { NewVolunteer } from '../../../../src/services/acceptance/checked-volunteer.ts';
import type { NewWalk } from '../../../../src/services/acceptance/checked-walk.ts';
import { SqliteAlertStore } from '../../../../src/services/alerts/alert-store.ts';
import { WatchlistStore } from '../../../../src/services/watchlists/watchlist-store.ts';
import { AuditLog } from '../../../../src/store/audit-log.ts';
import { PeopleSeenTable } from '../../../../src/store/people-seen-table.ts';
import { FakeClock } from '../../../support/fake-clock.ts';
import { templateFor, vectorAt } from '../../../support/services/watchlist-fixture.ts';
import { alertId, makeAlert, makeEvidence } from '../../../support/store/alert-fixture.ts';
import { createMemoryStore } from '../../../support/store/test-store.ts';

const by = { name: 'ann' };
const plan = { rate: 0.9, halfWidth: 0.1, fpir: 0.001 };
const hourMs = 3_600_000;
const tested = { version: '1', models: [], configHash: 'c0' };

function setUp(t: TestContext) {
  const clock = new FakeClock();
  const store = createMemoryStore({ clock });
  t.after(() => store.close());
  const now = clock.now;
  const log = new AuditLog({ store, now });
  /** Actions that cannot be recorded. */
  const refused = new Set<string>();
  const audit = {
    record: (entry: Parameters<AuditLog['record']>[0]) => {
      if (refused.has(entry.what)) throw new Error(`no ${entry.what}`);
      log.record(entry);
    },
  };
  const watchlists = new WatchlistStore({ store, audit, now });
  const tests = new AcceptanceTests({ store, audit, watchlists, now });
  const alerts = new SqliteAlertStore({
    ...{ store, audit: log, now },
    policy: (id) => watchlists.find(id),
  });
  const start = (changes: Partial<Parameters<AcceptanceTests['start']>[0]> = {}) =>
    tests.start(
      {
        ...{ name: 'Gate test', legalBasis: 'consent', authorisation: 'File 9', owner: 'Desk 4' },
        ...{ cameras: '*', plan, endsAt: now() + 30 * dayMs, ...changes },
      },
      by,
    );
  const volunteer = (name: string, changes: Partial<NewVolunteer> = {}): NewVolunteer => ({
    ...{ name, groups: {} },
    consent: {
      ...{ givenAt: now(), textVersion: 'v1', textSha256: 'ab', expiresAt: now() + 60 * dayMs },
    },
    ...changes,
  });
  const walk = (changes: Partial<NewWalk> = {}): NewWalk => ({
    ...{ volunteer: 1, cameraId: 'gate', light: 'day', endedAt: null, quietMs: 60_000 },
    ...changes,
  });
  const alert = (number: number, on: { watchlistId: string; personId: string }, at = now()) =>
    alerts.insert(makeAlert(number, { ...on, createdAt: at }), makeEvidence(number));
  return {
    ...{ clock, store, log, refused, watchlists, tests, alerts, start, volunteer, walk },
    alert,
  };
}

const actions = (log: AuditLog) => log.list().map(({ what }) => what);

describe('an acceptance test', () => {
  it('has a list of its own that ends with it and keeps alerts as long', (t) => {
    const { log, start, tests, watchlists } = setUp(t);
    const test = start();
    const list = watchlists.get(test.watchlistId);
    assert.equal(list.expiresAt, test.endsAt);
    assert.ok(list.retentionDays >= 30);
    assert.equal(list.fpir, plan.fpir);
    assert.equal(tests.get().id, test.id);
    assert.equal(tests.state(test), 'under way');
    assert.deepEqual(actions(log), ['watchlist.created', 'acceptance.started']);
  });

  it('is refused as a whole where its list is', (t) => {
    const { log, start, tests } = setUp(t);
    start();
    assert.throws(() => start(), { code: 'CONFLICT' });
    assert.throws(() => start({ name: 'x', endsAt: 0 }), { code: 'BAD_REQUEST' });
    const bad = { ...plan, rate: 2 };
    assert.throws(() => start({ name: 'x', plan: bad }), { code: 'BAD_REQUEST' });
    assert.equal(tests.list().length, 1);
    assert.equal(actions(log).length, 2);
  });

  it('is meant without an id only where one alone goes on', (t) => {
    const { start, tests } = setUp(t);
    assert.throws(() => tests.get(), { code: 'NOT_FOUND' });
    start();
    start({ name: 'Yard test' });
    assert.throws(() => tests.get(), { code: 'CONFLICT' });
  });

  it('counts walks, strangers by tracks of whole hours, and those that people counted', (t) => {
    const { alert, clock, start, store, tests, volunteer, walk } = setUp(t);
    const { id, watchlistId } = start();
    const { personId } = tests.addVolunteer(id, volunteer('Ada'), by);
    tests.addWalk(id, walk(), by);
    clock.advance(10_000);
    alert(1, { watchlistId, personId });
    tests.endWalk(id, 1, by);
    clock.advance(2 * hourMs);
    alert(2, { watchlistId, personId });
    const seen = new PeopleSeenTable(store);
    seen.add(
      [
        { cameraId: 'gate', tracks: 101 },
        { cameraId: 'yard', tracks: 40 },
      ],
      clock.now() - hourMs,
    );
    const { strangersByCamera, total } = tests.results(id);
    assert.deepEqual([total.walks, total.found], [1, 1]);
    const told = (given: typeof strangersByCamera) =>
      given.map((each) => [each.cameraId, each.faces, each.falseAlerts, each.source]);
    assert.deepEqual(told(strangersByCamera), [
      ['gate', 100, 1, 'tracks'],
      ['yard', 40, 0, 'tracks'],
    ]);
    const counted = [{ cameraId: 'gate', faces: 501, source: 'people' }] as const;
    assert.deepEqual(told(tests.results(id, counted).strangersByCamera), [
      ['gate', 500, 1, 'people'],
      ['yard', 40, 0, 'tracks'],
    ]);
  });

  it('keeps figures without names when it is finished, and deletes all else', (t) => {
    const { alert, alerts, clock, log, start, tests, volunteer, walk, watchlists } = setUp(t);
    const { id, watchlistId } = start();
    const { personId } = tests.addVolunteer(id, volunteer('Ada Quill'), by);
    watchlists.addTemplate(templateFor(personId, vectorAt(1)), by);
    tests.addWalk(id, walk(), by);
    clock.advance(10_000);
    alert(1, { watchlistId, personId });
    tests.endWalk(id, 1, by);
    const finished = tests.finish(id, { counted: [], tested }, by);
    assert.equal(tests.state(finished), 'finished');
    assert.deepEqual([finished.results?.total.found, finished.results?.listSize], [1, 1]);
    assert.deepEqual(finished.settings?.configHashes, ['c0', 'c0ffee']);
    assert.deepEqual(finished.settings?.models, [{ name: 'm', task: 'embed', sha256: '00' }]);
    assert.doesNotMatch(JSON.stringify(tests.list()), /Ada|Quill/);
    assert.deepEqual([tests.volunteers(id), tests.walks(id)], [[], []]);
    assert.equal(watchlists.find(watchlistId), undefined);
    assert.equal(alerts.find(alertId(1)), undefined);
    assert.deepEqual(tests.results(id), finished.results);
    assert.deepEqual(actions(log).slice(-2), ['acceptance.finished', 'watchlist.removed']);
    assert.throws(() => tests.finish(id, { counted: [], tested }, by), { code: 'CONFLICT' });
    assert.throws(() => tests.addVolunteer(id, volunteer('Bob'), by), { code: 'CONFLICT' });
  });

  it('is finished as a whole or not at all', (t) => {
    const { alert, alerts, refused, start, tests, volunteer, watchlists } = setUp(t);
    const { id, watchlistId } = start();
    const { personId } = tests.addVolunteer(id, volunteer('Ada'), by);
    alert(1, { watchlistId, personId });
    refused.add('watchlist.removed');
    assert.throws(() => tests.finish(id, { counted: [], tested }, by), /no watchlist.removed/);
    assert.equal(tests.get().finishedAt, null);
    assert.equal(tests.volunteers(id).length, 1);
    assert.ok(alerts.find(alertId(1)));
    assert.ok(watchlists.find(watchlistId));
  });

  it('has ended without figures where its list was purged', (t) => {
    const { clock, start, tests, watchlists } = setUp(t);
    const test = start();
    clock.advance(31 * dayMs);
    watchlists.purgeExpired(clock.now(), 100);
    assert.equal(tests.state(test), 'ended');
    assert.throws(() => tests.get(), { code: 'NOT_FOUND' });
    assert.throws(() => tests.results(test.id), { code: 'CONFLICT' });
    assert.throws(() => tests.finish(test.id, { counted: [], tested }, by), { code: 'CONFLICT' });
  });
});

describe('volunteers', () => {
  it('are numbered, with consent on record and their number of pictures', (t) => {
    const { log, start, tests, volunteer, watchlists } = setUp(t);
    const { id } = start();
    tests.addVolunteer(id, volunteer('Ada', { groups: { age: '18-39' } }), by);
    const { personId } = tests.addVolunteer(id, volunteer('Bob'), by);
    watchlists.addTemplate(templateFor(personId, vectorAt(1)), by);
    assert.deepEqual(
      tests
        .volunteers(id)
        .map(({ groups, name, number, templates }) => [...[number, name, templates, groups]]),
      [
        [1, 'Ada', 0, { age: '18-39' }],
        [2, 'Bob', 1, {}],
      ],
    );
    const [record] = log.list({ what: 'volunteer.added', target: personId });
    assert.match(JSON.stringify(record?.detail), /"textVersion":"v1"/);
  });

  it('are refused without a consent that covers the test, and with a name that is taken', (t) => {
    const { clock, start, tests, volunteer, watchlists } = setUp(t);
    const { endsAt, id, watchlistId } = start();
    tests.addVolunteer(id, volunteer('Ada'), by);
    const consent = volunteer('x').consent;
    const refused: [NewVolunteer, string][] = [
      [volunteer('Ada'), 'CONFLICT'],
      [volunteer('Bob', { consent: { ...consent, expiresAt: endsAt - 1 } }), 'BAD_REQUEST'],
      [volunteer('Bob', { consent: { ...consent, givenAt: clock.now() + 1 } }), 'BAD_REQUEST'],
      [volunteer('Bob', { consent: { ...consent, textVersion: '' } }), 'BAD_REQUEST'],
      [volunteer('Bob', { groups: { age: '' } }), 'BAD_REQUEST'],
      [volunteer('Bob', { groups: { age: 'x'.repeat(61) } }), 'BAD_REQUEST'],
    ];
    for (const [given, code] of refused) {
      assert.throws(() => tests.addVolunteer(id, given, by), { code });
    }
    assert.equal(watchlists.countPeople(watchlistId), 1);
  });

  it('go with pictures, consent, walks and alerts, and stay as a whole where that fails', (t) => {
    const { alert, alerts, log, refused, start, tests, volunteer, walk, watchlists } = setUp(t);
    const { id, watchlistId } = start();
    const ada = tests.addVolunteer(id, volunteer('Ada'), by);
    const bob = tests.addVolunteer(id, volunteer('Bob'), by);
    watchlists.addTemplate(templateFor(ada.personId, vectorAt(1)), by);
    tests.addWalk(id, walk(), by);
    alert(1, { watchlistId, personId: ada.personId });
    alert(2, { watchlistId, personId: bob.personId });
    const before = log.list().length;
    refused.add('person.removed');
    assert.throws(() => tests.removeVolunteer(id, 1, by), /no person.removed/);
    assert.equal(log.list().length, before);
    assert.ok(alerts.find(alertId(1)));
    assert.equal(tests.volunteers(id).length, 2);
    refused.clear();
    const erased: string[] = [];
    watchlists.onErased((personId) => erased.push(personId));
    tests.removeVolunteer(id, 1, by);
    assert.deepEqual(erased, [ada.personId]);
    assert.equal(alerts.find(alertId(1)), undefined);
    assert.ok(alerts.find(alertId(2)));
    assert.deepEqual(
      tests.volunteers(id).map(({ name }) => name),
      ['Bob'],
    );
    assert.deepEqual([tests.walks(id), watchlists.templates(ada.personId)], [[], []]);
    assert.throws(() => tests.removeVolunteer(id, 1, by), { code: 'NOT_FOUND' });
  });

  it('go with the person where somebody removes that from the list', (t) => {
    const { start, tests, volunteer, walk, watchlists } = setUp(t);
    const { id } = start();
    const { personId } = tests.addVolunteer(id, volunteer('Ada'), by);
    tests.addWalk(id, walk(), by);
    watchlists.deletePerson(personId, by);
    assert.deepEqual([tests.volunteers(id), tests.walks(id)], [[], []]);
  });
});

it('gives no id of a walk again, in this test or another', (t) => {
  const { clock, start, tests, volunteer, walk } = setUp(t);
  const { id } = start();
  for (const name of ['Ada', 'Bea']) tests.addVolunteer(id, volunteer(name), by);
  const first = tests.addWalk(id, walk({ volunteer: 2 }), by);
  tests.removeVolunteer(id, 2, by);
  clock.advance(hourMs);
  const second = tests.addWalk(id, walk({ volunteer: 1 }), by);
  assert.equal(second.id, first.id + 1);
  assert.equal(tests.endWalk(id, 1, by).id, second.id);
  tests.finish(id, { counted: [], tested }, by);
  const other = start({ name: 'Second test' });
  tests.addVolunteer(other.id, volunteer('Dee'), by);
  assert.equal(tests.addWalk(other.id, walk(), by).id, second.id + 1);
});

describe('walks', () => {
  it('are refused beyond the test, of nobody, too long and too soon at the same camera', (t) => {
    const { clock, start, tests, volunteer, walk } = setUp(t);
    const { id, startedAt } = start({ cameras: ['gate', 'yard'] });
    tests.addVolunteer(id, volunteer('Ada'), by);
    clock.advance(3 * hourMs);
    const at = startedAt + hourMs;
    tests.addWalk(id, walk({ startedAt: at, endedAt: at + 10_000 }), by);
    const refused: [Partial<NewWalk>, string][] = [
      [{ volunteer: 2 }, 'NOT_FOUND'],
      [{ cameraId: 'attic' }, 'BAD_REQUEST'],
      [{ startedAt: startedAt - 1, endedAt: at }, 'BAD_REQUEST'],
      [{ startedAt: at, endedAt: clock.now() + 1 }, 'BAD_REQUEST'],
      [{ startedAt: at + 100_000, endedAt: at + 99_000 }, 'BAD_REQUEST'],
      [{ startedAt: startedAt + 1, endedAt: startedAt + hourMs + 2 }, 'BAD_REQUEST'],
      [{ startedAt: at + 30_000, endedAt: at + 40_000 }, 'CONFLICT'],
    ];
    for (const [given, code] of refused) {
      assert.throws(() => tests.addWalk(id, walk(given), by), { code }, JSON.stringify(given));
    }
    tests.addWalk(id, walk({ startedAt: at + 80_000, endedAt: at + 90_000 }), by);
    tests.addWalk(id, walk({ cameraId: 'yard', startedAt: at, endedAt: at + 10_000 }), by);
    assert.equal(tests.walks(id).length, 3);
  });

  it('go on one at a time, and end after an hour at the latest', (t) => {
    const { clock, start, tests, volunteer, walk } = setUp(t);
    const { id } = start();
    tests.addVolunteer(id, volunteer('Ada'), by);
    assert.throws(() => tests.endWalk(id, 1, by), { code: 'NOT_FOUND' });
    const { startedAt } = tests.addWalk(id, walk(), by);
    assert.throws(() => tests.addWalk(id, walk({ cameraId: 'yard' }), by), { code: 'CONFLICT' });
    clock.advance(2 * hourMs);
    assert.equal(tests.endWalk(id, 1, by).endedAt, startedAt + hourMs);
  });
});
