// Over 300 lines: one suite on one log, from the record to its forgery.
import assert from 'node:assert/strict';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, it, type TestContext } from 'node:test';
import type { AuditAnchor } from '../../../src/domain/audit-anchor.ts';
import { auditHeadName } from '../../../src/store/audit-head-file.ts';
import { verifyLines } from '../../../src/store/audit-lines.ts';
import { AuditLog } from '../../../src/store/audit-log.ts';
import { auditDigest } from '../../../src/store/audit-record.ts';
import { databaseFileName } from '../../../src/store/open-database.ts';
import { fillDisk, openStore } from '../../support/store/open-store.ts';

const day = 86_400_000;

function setUp(t: TestContext) {
  const opened = openStore(t, { retryMs: 1000 });
  const { store, clock, dataDir } = opened;
  const anchorFile = join(dataDir, auditHeadName);
  const open = (of = store) => new AuditLog({ store: of, now: clock.now });
  const audit = open();
  return {
    ...opened,
    anchorFile,
    audit,
    /** In one transaction: each would wait for the disk. */
    appendMany(count: number) {
      store.write(() => {
        for (let n = 0; n < count; n += 1)
          audit.append({ who: 'a', what: 'search.run', target: 't' });
      });
    },
    /** The log as another process opens it. */
    again: () => open(openStore(t, { dataDir }).store),
    /** Changes the database as somebody with the file and a tool would. */
    tamper(sql: string) {
      const database = new DatabaseSync(join(dataDir, databaseFileName));
      database.exec('DROP TRIGGER IF EXISTS audit_never_updated');
      database.exec('DROP TRIGGER IF EXISTS audit_never_deleted');
      database.exec(sql);
      database.close();
    },
  };
}

/**
 * Prunes as somebody with the database and a tool would, who knows how the chain is made.
 * @param detail of the record of it, in SQL; none without such a record
 */
function forgePruning(dataDir: string, through: number, detail: string | undefined): void {
  const database = new DatabaseSync(join(dataDir, databaseFileName));
  database.exec(`INSERT OR REPLACE INTO audit_pruning
    SELECT 1, sequence, hash FROM audit WHERE sequence = ${through}`);
  if (detail !== undefined) {
    const row = database
      .prepare(
        `SELECT now.sequence + 1 AS sequence, now.at AS at, 'system' AS who, 'audit.pruned' AS what,
           '' AS target, ${detail} AS detail, now.hash AS previous
         FROM audit AS now, audit AS old WHERE old.sequence = ${through}
         ORDER BY now.sequence DESC LIMIT 1`,
      )
      .get() as unknown as Parameters<typeof auditDigest>[0];
    const hash = auditDigest(row);
    const { sequence, at, who, what, target, detail: text, previous } = row;
    database
      .prepare('INSERT INTO audit VALUES (?, ?, ?, ?, ?, ?, ?, ?)')
      .run(sequence, at, who, what, target, text, previous, hash);
    database.prepare('UPDATE audit_head SET sequence = ?, hash = ?').run(sequence, hash);
  }
  database.exec(`DELETE FROM audit WHERE sequence <= ${through}`);
  database.close();
}

describe('AuditLog', () => {
  it('chains records and finds the chain whole', (t) => {
    const { audit, clock } = setUp(t);
    assert.deepEqual(audit.verify(), {
      ok: true,
      entries: 0,
      head: '',
      prunedThrough: 0,
    });
    audit.append({ who: 'ann', what: 'watchlist.created', target: 'l1', detail: { name: 'x' } });
    clock.advance(5);
    audit.append({ who: 'bob', what: 'alert.viewed', target: 'a1' });
    const [first, second] = audit.list();
    assert.deepEqual(first?.detail, { name: 'x' });
    assert.equal(second?.at, clock.now());
    assert.equal(second?.previous, first?.hash);
    assert.deepEqual(audit.verify(), {
      ok: true,
      entries: 2,
      head: second?.hash,
      prunedThrough: 0,
    });
    assert.deepEqual(audit.head(), { sequence: 2, hash: second?.hash });
    assert.deepEqual(
      audit.list({ target: 'a1' }).map(({ who }) => who),
      ['bob'],
    );
    assert.deepEqual(audit.list({ after: 1 }).length, 1);
  });

  it('refuses changes in the database itself', (t) => {
    const { audit, store } = setUp(t);
    audit.append({ who: 'ann', what: 'search.run', target: 't' });
    for (const sql of ["UPDATE audit SET who = 'eve'", 'DELETE FROM audit']) {
      assert.throws(() => store.prepare(sql).run(), /append-only/);
    }
  });

  for (const [what, sql, brokenAt] of [
    ['a changed record', "UPDATE audit SET who = 'eve' WHERE sequence = 2", 2],
    ['a changed detail', "UPDATE audit SET detail = '{}' WHERE sequence = 2", 2],
    ['a changed time', 'UPDATE audit SET at = at + 1 WHERE sequence = 3', 3],
    ['a removed record', 'DELETE FROM audit WHERE sequence = 2', 3],
    ['a removed beginning', 'DELETE FROM audit WHERE sequence = 1', 2],
    ['a removed end', 'DELETE FROM audit WHERE sequence = 4', 4],
    ['a removed everything', 'DELETE FROM audit', 1],
    [
      'swapped records',
      'UPDATE audit SET sequence = CASE sequence WHEN 2 THEN -3 WHEN 3 THEN -2 ELSE sequence END;' +
        'UPDATE audit SET sequence = -sequence WHERE sequence < 0',
      2,
    ],
    [
      'an added record',
      "INSERT INTO audit SELECT 5, at, who, what, target, detail, hash, 'f' FROM audit WHERE sequence = 4",
      5,
    ],
    [
      'a beginning pruned by hand',
      'INSERT INTO audit_pruning SELECT 1, sequence, hash FROM audit WHERE sequence = 2; DELETE FROM audit WHERE sequence <= 2',
      5,
    ],
  ] as const) {
    it(`finds ${what}, made past the triggers`, async (t) => {
      const { audit, store, tamper } = setUp(t);
      for (const who of ['a', 'b', 'c', 'd'])
        audit.append({ who, what: 'search.run', target: who });
      tamper(sql);
      for (const verdict of [audit.verify(), await audit.verifySlowly()]) {
        assert.equal(verdict.ok, false);
        assert.equal(!verdict.ok && verdict.brokenAt, brokenAt);
      }
      // Going on does not heal it.
      audit.append({ who: 'e', what: 'search.run', target: 't' });
      assert.equal(audit.verify().ok, false);
      assert.ok(store.health().durable);
    });
  }

  it('finds an end that was cut off together with its head, by the file and by a head that was kept', (t) => {
    const { audit, tamper, anchorFile } = setUp(t);
    for (const who of ['a', 'b', 'c']) audit.append({ who, what: 'search.run', target: 't' });
    const kept = audit.verify();
    assert.ok(kept.ok);
    const before = readFileSync(anchorFile, 'utf8');
    tamper(
      'DELETE FROM audit WHERE sequence = 3;' +
        'UPDATE audit_head SET sequence = 2, hash = (SELECT hash FROM audit WHERE sequence = 2)',
    );
    const cut = audit.verify();
    assert.equal(!cut.ok && cut.why, 'records were cut off at the end');
    // What the file remembers stays as evidence, however the log goes on.
    for (const who of ['x', 'y']) audit.append({ who, what: 'search.run', target: 't' });
    assert.equal(readFileSync(anchorFile, 'utf8'), before);
    const grown = audit.verify();
    assert.equal(!grown.ok && grown.brokenAt, 3);
    rmSync(anchorFile);
    const missing = audit.verify();
    assert.equal(!missing.ok && missing.why, 'the file that holds its end is missing');
    // Going on does not put another one in its place.
    audit.append({ who: 'z', what: 'search.run', target: 't' });
    assert.equal(audit.verify().ok, false);
    assert.equal(audit.verify({ head: kept.head }).ok, false);
  });

  it('finds records that were added to the database alone, by the older file', (t) => {
    const { audit, anchorFile } = setUp(t);
    audit.append({ who: 'a', what: 'search.run', target: 't' });
    const before = readFileSync(anchorFile);
    audit.append({ who: 'b', what: 'search.run', target: 't' });
    writeFileSync(anchorFile, before);
    const verdict = audit.verify();
    assert.deepEqual(!verdict.ok && [verdict.brokenAt, verdict.why], [
      2,
      'the file that holds its end is older than the log',
    ]);
  });

  it('finds a log that was rewritten from the start with right hashes, by the file', (t) => {
    const { audit, tamper, anchorFile, again } = setUp(t);
    for (const who of ['a', 'b', 'c']) audit.append({ who, what: 'search.run', target: 't' });
    const before = readFileSync(anchorFile);
    tamper('DELETE FROM audit; DELETE FROM audit_head');
    rmSync(anchorFile);
    for (const who of ['a', 'b', 'not c']) audit.append({ who, what: 'search.run', target: 't' });
    assert.equal(audit.verify().ok, true);
    writeFileSync(anchorFile, before);
    const verdict = again().verify();
    assert.equal(!verdict.ok && verdict.brokenAt, 3);
    writeFileSync(anchorFile, 'nonsense');
    assert.equal(audit.verify().ok, false);
  });

  it('goes on where another process added records', (t) => {
    const { audit, again } = setUp(t);
    const other = again();
    for (let n = 0; n < 5; n += 1) {
      audit.append({ who: 'a', what: 'search.run', target: 't' });
      other.append({ who: 'b', what: 'search.run', target: 't' });
    }
    assert.deepEqual(
      audit.list().map(({ sequence }) => sequence),
      [1, 2, 3, 4, 5, 6, 7, 8, 9, 10],
    );
    assert.equal(audit.verify().ok, true);
  });

  it('lists by who, what and its group, target and time, from either end', (t) => {
    const { audit, clock } = setUp(t);
    const start = clock.now();
    for (const [who, what, target] of [
      ['ann', 'alert.viewed', 'a1'],
      ['bob', 'alert.reviewed', 'a1'],
      ['ann', 'alerts.listed', ''],
      ['bob', 'search.run', 'l1'],
    ] as const) {
      audit.append({ who, what, target });
      clock.advance(10);
    }
    const found = (query: Parameters<typeof audit.list>[0]) =>
      audit.list(query).map(({ sequence }) => sequence);
    assert.deepEqual(found({ who: 'ann' }), [1, 3]);
    assert.deepEqual(found({ what: 'alert' }), [1, 2]);
    assert.deepEqual(found({ what: 'alert.reviewed' }), [2]);
    assert.deepEqual(found({ target: 'a1', who: 'bob' }), [2]);
    assert.deepEqual(found({ from: start + 10, to: start + 30 }), [2, 3]);
    assert.deepEqual(found({ order: 'newest', limit: 2 }), [4, 3]);
    assert.deepEqual(found({ order: 'newest', before: 3 }), [2, 1]);
    assert.deepEqual(found({ what: "x' OR 1=1 --" }), []);
  });

  it('reads all records in pages, also those added meanwhile', async (t) => {
    const { audit, appendMany } = setUp(t);
    appendMany(1203);
    const seen: number[] = [];
    for await (const { sequence } of audit.records()) {
      if (sequence === 700) audit.append({ who: 'late', what: 'search.run', target: '' });
      seen.push(sequence);
    }
    assert.deepEqual(
      seen,
      Array.from({ length: 1204 }, (_, index) => index + 1),
    );
    assert.equal((await audit.verifySlowly()).ok, true);
  });

  it('reads a page in turns as it does at once, whatever is added meanwhile', async (t) => {
    const { audit, appendMany } = setUp(t);
    appendMany(2600);
    audit.append({ who: 'rare', what: 'search.run', target: 'x' });
    appendMany(1500);
    const late = { who: 'rare', what: 'search.run', target: 'late' } as const;
    for (const query of [
      { who: 'rare' },
      { who: 'rare', order: 'newest' },
      { who: 'nobody' },
      { limit: 250, order: 'newest', before: 2000 },
      { limit: 250, after: 1000 },
      { order: 'newest', limit: 1 },
    ] as const) {
      const expected = audit.list(query).map(({ sequence }) => sequence);
      const reading = audit.listSlowly(query);
      assert.deepEqual(
        (await reading).map(({ sequence }) => sequence),
        expected,
      );
    }
    const newest = audit.listSlowly({ who: 'rare', order: 'newest' });
    audit.append(late);
    assert.deepEqual(
      (await newest).map(({ target }) => target),
      ['x'],
      'as it was at its start',
    );
    const oldest = audit.listSlowly({ who: 'rare' });
    audit.append(late);
    const targets = (await oldest).map(({ target }) => target);
    assert.deepEqual(targets, ['x', 'late', 'late'], 'as it is at its end');
  });

  it('prunes what is too old, and what remains is verifiable', (t) => {
    const { audit, clock, tamper } = setUp(t);
    for (const who of ['a', 'b', 'c']) audit.append({ who, what: 'search.run', target: 't' });
    clock.advance(10 * day);
    for (const who of ['d', 'e']) audit.append({ who, what: 'search.run', target: 't' });
    assert.equal(audit.prune(clock.now() - 20 * day, 1000), 0);
    assert.equal(audit.prune(clock.now() - 9.5 * day, 1000), 0, 'less than a day is due');
    assert.equal(audit.prune(clock.now() - 5 * day, 2), 2);
    assert.equal(audit.prune(clock.now() - 5 * day, 1000), 1);
    assert.deepEqual(
      audit.list().map(({ sequence, what }) => [sequence, what]),
      [
        [4, 'search.run'],
        [5, 'search.run'],
        [6, 'audit.pruned'],
        [7, 'audit.pruned'],
      ],
    );
    const verdict = audit.verify();
    assert.deepEqual(verdict.ok && [verdict.entries, verdict.prunedThrough], [4, 3]);
    // All of it old: the record of the pruning is what remains.
    clock.advance(100 * day);
    assert.equal(audit.prune(clock.now() - 5 * day, 1000), 4);
    assert.deepEqual(
      audit.list().map(({ sequence }) => sequence),
      [8],
    );
    assert.equal(audit.verify().ok, true);
    audit.append({ who: 'f', what: 'search.run', target: 't' });
    assert.equal(audit.verify().ok, true);
    tamper('DELETE FROM audit WHERE sequence = 8');
    assert.equal(audit.verify().ok, false);
  });

  for (const [what, forge] of [
    ['forged', "json_object('from', 1, 'through', 3, 'hash', old.hash, 'before', now.at - 20)"],
    ['without a record', undefined],
  ] as const) {
    it(`finds a pruning ${what} in the database alone, also after the log goes on`, (t) => {
      const { audit, dataDir, anchorFile, again } = setUp(t);
      for (const who of ['a', 'b', 'c', 'd', 'e'])
        audit.append({ who, what: 'search.run', target: 't' });
      const before = readFileSync(anchorFile, 'utf8');
      forgePruning(dataDir, 3, forge);
      const verdict = again().verify();
      assert.equal(verdict.ok, false);
      if (forge !== undefined) {
        assert.deepEqual(!verdict.ok && [verdict.brokenAt, verdict.why], [
          4,
          'records before it were pruned by something else than this program',
        ]);
      }
      // Neither a record nor a real pruning makes it true.
      again().append({ who: 'f', what: 'search.run', target: 't' });
      assert.equal(again().verify().ok, false);
      assert.equal(readFileSync(anchorFile, 'utf8').split('\n')[1], before.split('\n')[1]);
    });
  }

  it('does not cover a forged pruning with a real one', (t) => {
    const { audit, clock, dataDir, again } = setUp(t);
    for (const who of ['a', 'b', 'c', 'd', 'e'])
      audit.append({ who, what: 'search.run', target: 't' });
    forgePruning(
      dataDir,
      2,
      "json_object('from', 1, 'through', 2, 'hash', old.hash, 'before', now.at - 20)",
    );
    clock.advance(50 * day);
    again().append({ who: 'f', what: 'search.run', target: 't' });
    assert.ok(again().prune(clock.now() - 20 * day, 1000) > 0);
    assert.equal(again().verify().ok, false);
  });

  it('knows of a pruning after which the program died before the file said so', (t) => {
    const { audit, clock, anchorFile } = setUp(t);
    for (const who of ['a', 'b', 'c']) audit.append({ who, what: 'search.run', target: 't' });
    clock.advance(20 * day);
    let announced = '';
    const { store } = openStore(t, { dataDir: join(anchorFile, '..'), clock });
    const dying = new AuditLog({ store, now: clock.now });
    store.write(() => {
      assert.equal(dying.prune(clock.now() - 10 * day, 1000), 3);
      announced = readFileSync(anchorFile, 'utf8');
    });
    assert.ok(dying.verify().ok);
    // As it lay there between the commit and the next write to the file.
    writeFileSync(anchorFile, announced);
    audit.append({ who: 'd', what: 'search.run', target: 't' });
    assert.ok(audit.verify().ok, JSON.stringify(audit.verify()));
    clock.advance(20 * day);
    assert.ok(audit.prune(clock.now() - 10 * day, 1000) > 0);
    assert.ok(audit.verify().ok, JSON.stringify(audit.verify()));
  });

  it('takes over the file of a version that kept the head alone', (t) => {
    const { audit, clock, anchorFile } = setUp(t);
    for (const who of ['a', 'b', 'c']) audit.append({ who, what: 'search.run', target: 't' });
    clock.advance(20 * day);
    audit.prune(clock.now() - 10 * day, 2);
    writeFileSync(anchorFile, `${readFileSync(anchorFile, 'utf8').split('\n')[0]}\n`);
    assert.ok(audit.verify().ok);
    audit.append({ who: 'd', what: 'search.run', target: 't' });
    const points = JSON.parse(readFileSync(anchorFile, 'utf8').split('\n')[1] ?? '');
    assert.equal(points.pruned.through, 2);
    assert.ok(audit.verify().ok);
  });

  it('finds a pruning that went further than the policy in force allows', (t) => {
    const { audit, clock, store } = setUp(t);
    const keeping = (days: number) =>
      new AuditLog({ store, now: clock.now, retention: days * day });
    for (const who of ['a', 'b', 'c']) audit.append({ who, what: 'search.run', target: 't' });
    clock.advance(20 * day);
    const hasty = new AuditLog({ store, now: clock.now });
    hasty.prune(clock.now() - 10 * day, 2);
    assert.ok(keeping(10).verify().ok);
    const early = keeping(30).verify();
    assert.deepEqual(!early.ok && [early.brokenAt, early.why], [
      4,
      'records were pruned before the retention policy allows it',
    ]);
    // A policy that was shorter when it pruned is no fault of that pruning.
    const detail = { auditRetention: 5 * day };
    audit.append({ who: 'system', what: 'program.started', target: '', detail });
    clock.advance(20 * day);
    keeping(5).prune(clock.now() - 5 * day, 1000);
    assert.ok(keeping(30).verify().ok);
  });

  it('is held against anchors: each record is there, and what is gone was old enough', async (t) => {
    const { audit, clock } = setUp(t);
    const anchors: AuditAnchor[] = [];
    for (let n = 0; n < 6; n += 1) {
      audit.append({ who: 'a', what: 'search.run', target: 't' });
      anchors.push({ ...(audit.head() as { sequence: number; hash: string }), at: clock.now() });
      clock.advance(10 * day);
    }
    const sound = audit.verify({ anchors });
    assert.deepEqual(sound.ok && [sound.entries, sound.anchors], [6, 6]);
    const [, second, , fourth, , last] = anchors as [
      AuditAnchor,
      AuditAnchor,
      AuditAnchor,
      AuditAnchor,
      AuditAnchor,
      AuditAnchor,
    ];
    const other = audit.verify({ anchors: [{ ...second, hash: last.hash }] });
    assert.deepEqual(!other.ok && [other.brokenAt, other.why], [
      2,
      'it is not the record that an anchor holds',
    ]);
    const cut = audit.verify({ anchors: [{ ...last, sequence: 7 }] });
    assert.equal(!cut.ok && cut.why, 'records were cut off at the end');
    audit.prune(clock.now() - 25 * day, 1000);
    assert.ok(audit.verify({ anchors }).ok, JSON.stringify(audit.verify({ anchors })));
    const hasty = audit.verify({ anchors: [{ ...second, at: clock.now() - 10 * day }] });
    assert.deepEqual(!hasty.ok && [hasty.brokenAt, hasty.why], [
      3,
      'records were pruned that an anchor shows to be too young for it',
    ]);
    const end = audit.verify({ anchors: [{ ...fourth, hash: last.hash }] });
    assert.equal(!end.ok && end.brokenAt, 4);
  });

  it('goes on verifying while it is pruned', async (t) => {
    const { audit, clock, appendMany } = setUp(t);
    appendMany(2500);
    clock.advance(10 * day);
    const verdict = audit.verifySlowly();
    audit.prune(clock.now() - 5 * day, 2200);
    assert.equal((await verdict).ok, true);
  });

  it('finds in an exported log what was changed there', async (t) => {
    const { audit } = setUp(t);
    for (let n = 1; n <= 5; n += 1) {
      audit.append({
        who: 'a',
        what: 'search.run',
        target: `a${n}`,
        detail: { 2: 'ü', 1: [n, 0.1] },
      });
    }
    const lines: string[] = [];
    for await (const record of audit.records()) lines.push(JSON.stringify(record));
    const head = audit.head()?.hash ?? '';
    async function* from(of: readonly string[]) {
      yield* of;
    }
    const sound = await verifyLines(from([...lines, '']), { head });
    assert.deepEqual(sound, audit.verify());
    assert.equal((await verifyLines(from(lines.slice(2)), { head })).ok, true, 'a part');
    assert.equal((await verifyLines(from([]))).ok, true);
    for (const [change, brokenAt, why] of [
      [lines.toSpliced(2, 1), 4, 'a record before it is missing'],
      [lines.with(1, lines[1]?.replace('a2', 'a9') ?? ''), 2, 'its content was changed'],
      [lines.toSpliced(1, 2, lines[2] ?? '', lines[1] ?? ''), 3, 'a record before it is missing'],
      [lines.slice(0, -1), 5, 'records were cut off at the end'],
      [lines.with(3, 'nonsense'), 4, 'line 4 is no record'],
      [[], 1, 'records were cut off at the end'],
    ] as const) {
      const verdict = await verifyLines(from(change), { head });
      assert.deepEqual(!verdict.ok && [verdict.brokenAt, verdict.why], [brokenAt, why]);
    }
  });

  it('keeps records while the disk is full and writes them in order afterwards', (t) => {
    const { audit, store, clock } = setUp(t);
    audit.append({ who: 'a', what: 'search.run', target: '0' });
    const free = fillDisk(store);
    const detail = { text: 'x'.repeat(100_000) };
    audit.append({ who: 'a', what: 'search.run', target: '1', detail });
    const at = clock.now();
    assert.deepEqual(audit.pending(), { waiting: 1, lost: 0 });
    clock.advance(10);
    free();
    audit.append({ who: 'a', what: 'search.run', target: '2' });
    assert.deepEqual(
      audit.list().map(({ target }) => target),
      ['0', '1', '2'],
    );
    assert.equal(audit.list()[1]?.at, at);
    assert.equal(audit.verify().ok, true);
    assert.deepEqual(audit.pending(), { waiting: 0, lost: 0 });
  });
});
