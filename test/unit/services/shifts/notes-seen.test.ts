import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { SqliteAlertStore } from '../../../../src/services/alerts/alert-store.ts';
import { AlertNoteTable, notesSinceSql } from '../../../../src/store/alert-note-table.ts';
import { CameraOutageTable, outagesSinceSql } from '../../../../src/store/camera-outage-table.ts';
import { alertId, makeAlert, makeEvidence } from '../../../support/store/alert-fixture.ts';
import { createMemoryStore } from '../../../support/store/test-store.ts';

const everything = { cameras: '*', watchlists: '*', name: 'ann' } as const;

/** An alert of the gate and one of the yard, whose list asks for two people. */
function setUp(t: TestContext) {
  const store = createMemoryStore();
  t.after(() => store.close());
  const audit = { record: () => undefined, append: () => undefined } as never;
  const policy = (list: string) => ({ retentionDays: 1, twoPersonReview: list === 'two' });
  const alerts = new SqliteAlertStore({ store, audit, now: () => 0, policy });
  const evidence = makeEvidence(1, 1);
  alerts.insert(makeAlert(1, { cameraId: 'gate', watchlistId: 'one' }), evidence);
  alerts.insert(makeAlert(2, { cameraId: 'yard', watchlistId: 'two' }), evidence);
  const table = new AlertNoteTable(store);
  const note = (number: number, author: string, at: number) =>
    store.write(() => table.insert(alertId(number), { author, text: `${author} ${at}`, at }));
  return { store, table, note };
}

/** Steps that it takes, and what comes of them. */
function walk<T>(steps: Generator<void, T>): { steps: number; value: T } {
  for (let n = 1; ; n += 1) {
    const step = steps.next();
    if (step.done) return { steps: n, value: step.value };
  }
}

describe('notes that a reader may see', () => {
  it('are counted over all steps, also where many have one time', (t) => {
    const { note, store, table } = setUp(t);
    store.write(() => {
      for (let n = 0; n < 1200; n += 1) note(1, 'bob', Math.floor(n / 400));
    });
    const { steps, value } = walk(table.since(0, everything, 30));
    assert.deepEqual([value.count, value.notes.length], [1200, 30]);
    assert.ok(steps >= 4, `${steps} steps`);
    assert.equal(walk(table.since(1, everything, 30)).value.count, 800);
    assert.equal(walk(table.since(3, everything, 30)).value.count, 0);
  });

  it('are those of the cameras and lists, however many others are newer', (t) => {
    const { note, store, table } = setUp(t);
    note(2, 'ann', 1);
    store.write(() => {
      for (let n = 0; n < 600; n += 1) note(1, 'bob', 2);
    });
    for (const limited of [{ cameras: ['yard'] }, { watchlists: ['two'] }]) {
      const { value } = walk(table.since(0, { ...everything, ...limited }, 10));
      assert.deepEqual([value.count, value.notes.map(({ text }) => text)], [1, ['ann 1']]);
    }
    assert.equal(walk(table.since(0, { ...everything, cameras: [] }, 10)).value.count, 0);
  });

  it('are not those of others where two people judge', (t) => {
    const { note, store, table } = setUp(t);
    note(2, 'ann', 1);
    note(2, 'bob', 2);
    note(1, 'bob', 3);
    const seen = (name: string | null) =>
      walk(table.since(0, { ...everything, name }, 10)).value.notes.map(({ at }) => at);
    assert.deepEqual([seen('ann'), seen('bob'), seen('eve')], [[3, 1], [3, 2], [3]]);
    assert.deepEqual(seen(null), [3], 'what everybody sees');
    store.write(() => store.prepare("UPDATE alerts SET state = 'confirmed'").run());
    assert.deepEqual(seen(null), [3, 2, 1], 'decided');
  });

  it('and outages are read along an index from the moment on', (t) => {
    const { store } = setUp(t);
    const planOf = (sql: string) =>
      store
        .prepare(`EXPLAIN QUERY PLAN ${sql}`)
        .all({})
        .map(({ detail }) => String(detail))
        .join('\n');
    const notes = planOf(notesSinceSql);
    assert.match(notes, /SEARCH n USING INDEX alert_notes_by_time \(at>\? AND at<\?\)/);
    assert.match(notes, /SEARCH a USING INDEX/);
    const outages = planOf(`SELECT count(*) FROM camera_outages WHERE ${outagesSinceSql}`);
    assert.match(outages, /SEARCH camera_outages USING .*camera_outages_by_end/);
    for (const plan of [notes, outages])
      assert.doesNotMatch(plan, /SCAN (?!json_each)|TEMP B-TREE/);
  });
});

describe('outages', () => {
  it('are all counted, those that a turned clock ends before they began as well', (t) => {
    const { store } = setUp(t);
    const table = new CameraOutageTable(store);
    const down = { code: 'STREAM_STALLED', message: 'no frames' };
    store.write(() => {
      for (let n = 0; n < 7; n += 1) table.begin({ ...down, cameraId: 'gate', since: 100 + n });
      table.end(table.begin({ ...down, cameraId: 'yard', since: 200 }), 50);
    });
    assert.equal(table.countSince(150, '*'), 8);
    assert.equal(table.countSince(150, ['yard']), 1);
    assert.equal(table.countSince(201, ['yard']), 0);
    assert.deepEqual(
      table.since(150, ['yard'], 10).map(({ since, endedAt }) => [since, endedAt]),
      [[200, 200]],
    );
    assert.equal(table.since(150, '*', 3).length, 3);
  });
});
