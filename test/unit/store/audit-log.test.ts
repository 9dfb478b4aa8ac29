import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { createAuditLog } from '../../../src/store/audit-log.ts';
import { fillDisk, openStore } from '../../support/store/open-store.ts';

function setUp(t: TestContext) {
  const opened = openStore(t, { retryMs: 1000 });
  return { ...opened, audit: createAuditLog({ store: opened.store, now: opened.clock.now }) };
}

describe('createAuditLog', () => {
  it('chains records and finds the chain whole', (t) => {
    const { audit, clock } = setUp(t);
    assert.deepEqual(audit.verify(), { ok: true, entries: 0, head: '' });
    audit.append({ who: 'ann', what: 'list.create', target: 'l1', detail: { name: 'x' } });
    clock.advance(5);
    audit.append({ who: 'bob', what: 'alert.view', target: 'a1' });
    const [first, second] = audit.list();
    assert.deepEqual(first?.detail, { name: 'x' });
    assert.equal(second?.at, clock.now());
    assert.equal(second?.previous, first?.hash);
    assert.deepEqual(audit.verify(), { ok: true, entries: 2, head: second?.hash });
    assert.deepEqual(
      audit.list({ target: 'a1' }).map(({ who }) => who),
      ['bob'],
    );
    assert.deepEqual(audit.list({ after: 1 }).length, 1);
  });

  it('refuses changes in the database itself', (t) => {
    const { audit, store } = setUp(t);
    audit.append({ who: 'ann', what: 'w', target: 't' });
    for (const sql of ["UPDATE audit SET who = 'eve'", 'DELETE FROM audit']) {
      assert.throws(() => store.prepare(sql).run(), /append-only/);
    }
  });

  for (const [what, sql, brokenAt] of [
    ['a changed record', "UPDATE audit SET who = 'eve' WHERE sequence = 2", 2],
    ['a removed record', 'DELETE FROM audit WHERE sequence = 2', 3],
    ['a removed beginning', 'DELETE FROM audit WHERE sequence = 1', 2],
    ['a changed time', 'UPDATE audit SET at = at + 1 WHERE sequence = 3', 3],
  ] as const) {
    it(`finds ${what}, made past the triggers`, (t) => {
      const { audit, store } = setUp(t);
      for (const who of ['a', 'b', 'c']) audit.append({ who, what: 'w', target: 't' });
      store.prepare('DROP TRIGGER audit_never_updated').run();
      store.prepare('DROP TRIGGER audit_never_deleted').run();
      store.prepare(sql).run();
      const verdict = audit.verify();
      assert.equal(verdict.ok, false);
      assert.equal(!verdict.ok && verdict.brokenAt, brokenAt);
    });
  }

  it('finds a cut-off end by a head that was kept', (t) => {
    const { audit, store } = setUp(t);
    for (const who of ['a', 'b']) audit.append({ who, what: 'w', target: 't' });
    const kept = audit.verify();
    assert.ok(kept.ok);
    store.prepare('DROP TRIGGER audit_never_deleted').run();
    store.prepare('DELETE FROM audit WHERE sequence = 2').run();
    assert.equal(audit.verify().ok, true);
    assert.equal(audit.verify(kept.head).ok, false);
  });

  it('keeps records while the disk is full and writes them in order afterwards', (t) => {
    const { audit, store, clock } = setUp(t);
    audit.append({ who: 'a', what: 'w', target: '0' });
    const free = fillDisk(store);
    const detail = 'x'.repeat(100_000);
    audit.append({ who: 'a', what: 'w', target: '1', detail });
    const at = clock.now();
    assert.deepEqual(audit.pending(), { waiting: 1, lost: 0 });
    clock.advance(10);
    free();
    audit.append({ who: 'a', what: 'w', target: '2' });
    assert.deepEqual(
      audit.list().map(({ target }) => target),
      ['0', '1', '2'],
    );
    assert.equal(audit.list()[1]?.at, at);
    assert.equal(audit.verify().ok, true);
    assert.deepEqual(audit.pending(), { waiting: 0, lost: 0 });
  });
});
