import assert from 'node:assert/strict';
import { it } from 'node:test';
import { SqliteAlertStore } from '../../../../src/services/alerts/alert-store.ts';
import { atOnce } from '../../../../src/services/in-turns.ts';
import { learntPeople } from '../../../../src/services/learning/learning-samples.ts';
import { WatchlistStore } from '../../../../src/services/watchlists/watchlist-store.ts';
import { AuditLog } from '../../../../src/store/audit-log.ts';
import { LearningTable } from '../../../../src/store/learning-table.ts';
import { listInput } from '../../../support/services/watchlist-fixture.ts';
import { alertId, makeAlert } from '../../../support/store/alert-fixture.ts';
import { openStore } from '../../../support/store/open-store.ts';

const jpeg = Uint8Array.of(0xff, 0xd8, 0xff, 0xd9);
const perList = 250;

it('reads lists page by page, each alert once, the newest first', (t) => {
  const { store, clock } = openStore(t);
  const { now } = clock;
  const audit = new AuditLog({ store, now });
  const watchlists = new WatchlistStore({ store, audit, now });
  const policy = () => ({ retentionDays: 30, twoPersonReview: false });
  using alerts = new SqliteAlertStore({ store, audit, now, policy });
  const people = ['first', 'second'].map((name) => {
    const list = watchlists.create(listInput({ name }));
    return watchlists.addPerson(list.id, { name });
  });
  const expected: { id: string; at: number }[] = [];
  for (let n = 0; n < 2 * perList; n += 1) {
    const { id: personId, watchlistId } = people[n % 2] ?? assert.fail();
    // Many of the same moment: pages must neither lose nor repeat one.
    if (n % 7 === 0) clock.advance(1_000);
    const cameraId = n % 3 === 0 ? 'gate' : 'yard';
    alerts.insert(makeAlert(n, { personId, watchlistId, cameraId, createdAt: now() }), {
      ...{ frame: jpeg, face: jpeg, enhanced: null, enrolled: null, best: [jpeg, jpeg] },
    });
    for (const action of ['acknowledge', 'confirm'] as const) {
      alerts.review(alertId(n), { action, reviewer: 'ann' });
    }
    expected.push({ id: alertId(n), at: now() });
  }
  expected.sort((a, b) => b.at - a.at || (a.id < b.id ? 1 : -1));
  const sources = { now, table: new LearningTable(store) };
  const lists = people.map(({ watchlistId }) => watchlistId);
  // A list that is named twice counts once.
  const asked = { retention: 86_400_000, watchlists: [...lists, ...lists] };
  const steps = learntPeople(asked, sources);
  let count = 0;
  let step = steps.next();
  for (; !step.done; step = steps.next()) count += 1;
  assert.ok(count >= 6, 'pages, each a step of its own');
  const found = step.value.people.flatMap((person) => person.alerts);
  assert.equal(found.length, 2 * perList);
  assert.equal(new Set(found.map(({ id }) => id)).size, 2 * perList);
  for (const [at, person] of step.value.people.entries()) {
    const own = expected.filter(({ id }) => person.alerts.some((alert) => alert.id === id));
    assert.deepEqual(
      person.alerts.map(({ id }) => id),
      own.map(({ id }) => id),
      `person ${at}`,
    );
    assert.ok(person.alerts.every(({ pictures }) => pictures === 2));
  }
  const [first] = people;
  const one = atOnce(learntPeople({ ...asked, personId: first?.id }, sources)).people;
  assert.deepEqual([one.length, one[0]?.alerts.length], [1, perList]);
  const gate = { watchlists: '*', cameras: ['gate'] } as const;
  const seen = atOnce(learntPeople(asked, sources, gate)).people.flatMap((each) => each.alerts);
  assert.equal(seen.length, Math.ceil((2 * perList) / 3));
  const second = { watchlists: [lists[1] ?? ''], cameras: '*' } as const;
  assert.equal(atOnce(learntPeople(asked, sources, second)).people.length, 1);
});
