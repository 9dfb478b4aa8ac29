import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { WatchlistStore } from '../../../src/services/watchlists/watchlist-store.ts';
import { AuditLog } from '../../../src/store/audit-log.ts';
import { type OutdatedPlace, outdatedSql } from '../../../src/store/template-table.ts';
import { listInput, templateFor, vectorAt } from '../../support/services/watchlist-fixture.ts';
import { openStore } from '../../support/store/open-store.ts';

/** Five templates: by turns of an old space, and of the one in use without a poor view. */
function setUp(t: TestContext) {
  const { store, clock } = openStore(t);
  const audit = new AuditLog({ store, now: clock.now });
  const lists = new WatchlistStore({ store, audit, now: clock.now });
  const list = lists.create(listInput());
  const { id } = lists.addPerson(list.id, { name: 'Ada' });
  const templates = Array.from({ length: 5 }, (_, n) =>
    lists.addTemplate(templateFor(id, vectorAt(n), { model: n % 2 === 0 ? 'now' : 'old' })),
  );
  return { store, lists, ids: templates.map((template) => template.id) };
}

const now = { model: 'now', recipe: '8px' };

/** What pages of so many hold. */
function pagesOf(lists: WatchlistStore, limit: number): string[][] {
  const pages: string[][] = [];
  for (let place: OutdatedPlace | null = { pass: 'space', after: 0 }; place !== null; ) {
    const page = lists.outdatedTemplates(now, place, limit);
    pages.push(page.templates.map(({ id }) => id));
    place = page.next;
  }
  return pages;
}

describe('outdated templates', () => {
  it('come in pages, those of another space first, each oldest first', (t) => {
    const { lists, ids } = setUp(t);
    const [a, b, c, d, e] = ids;
    assert.equal(lists.outdatedCount(now), 5);
    assert.deepEqual(pagesOf(lists, 2), [[b, d], [], [a, c], [e]]);
    assert.deepEqual(pagesOf(lists, 100), [
      [b, d],
      [a, c, e],
    ]);
    assert.deepEqual(lists.outdatedAmong(now, [a ?? '', 'nobody']), new Set([a]));
  });

  it('are no longer there once they are renewed, and the others are not left out', (t) => {
    const { lists, ids } = setUp(t);
    const [first] = lists.outdatedTemplates(now, { pass: 'poor-view', after: 0 }, 1).templates;
    assert.ok(first);
    const embedding = vectorAt(1);
    lists.renewTemplate(first, { model: 'now', embedding, poorView: { embedding, recipe: '8px' } });
    assert.equal(lists.outdatedCount(now), 4);
    assert.deepEqual(lists.outdatedAmong(now, [first.id]), new Set());
    assert.deepEqual(pagesOf(lists, 1).flat(), [ids[1], ids[3], ids[2], ids[4]]);
    assert.equal(lists.outdatedCount({ model: 'now', recipe: null }), 3);
  });

  it('are found by the index alone: no picture is read through', (t) => {
    const { store } = setUp(t);
    for (const pass of ['space', 'poor-view'] as const) {
      const sql = `EXPLAIN QUERY PLAN ${outdatedSql(pass)}`;
      const values = pass === 'space' ? ['now', 0, 2] : ['now', '8px', 0, 2];
      const plan = store.prepare(sql).all(...values);
      assert.match(
        plan.map(({ detail }) => String(detail)).join('\n'),
        /templates USING COVERING INDEX templates_by_making/,
      );
    }
  });
});
