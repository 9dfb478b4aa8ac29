import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, it, type TestContext } from 'node:test';
import { isNightglassError } from '../../../src/domain/errors.ts';
import { auditHeadName, HeadFile } from '../../../src/store/audit-head-file.ts';
import { AuditLog } from '../../../src/store/audit-log.ts';
import { auditDigest } from '../../../src/store/audit-record.ts';
import { createStore } from '../../../src/store/create-store.ts';
import { restoreDatabase } from '../../../src/store/decide-damaged.ts';
import { migrate, schemaVersion } from '../../../src/store/migrate.ts';
import { migrations } from '../../../src/store/migrations.ts';
import { openDatabase } from '../../../src/store/open-database.ts';
import { purgeUpgradeCopies } from '../../../src/store/upgrade-copies.ts';
import { tableRows } from '../../support/store/data-folder-content.ts';
import { temporaryFolder } from '../../support/store/temporary-folder.ts';

const now = Date.UTC(2030, 0, 1);
const day = 86_400_000;
const before = migrations.length - 1;

/** A data folder as the version before left it, with rows and an audit log of one record. */
function olderFolder(t: TestContext, folder = temporaryFolder(t)): string {
  const dataDir = join(folder, 'data');
  mkdirSync(dataDir);
  const database = new DatabaseSync(join(dataDir, 'nightglass.db'));
  migrate(database, 1, migrations.slice(0, before));
  const record = { sequence: 1, at: 1, who: 'w', what: 'search.run', target: '', detail: 'null' };
  const hash = auditDigest({ ...record, previous: '' });
  database
    .prepare("INSERT INTO audit VALUES (1, 1, 'w', 'search.run', '', 'null', '', ?)")
    .run(hash);
  database.prepare('INSERT INTO audit_head VALUES (1, 1, ?)').run(hash);
  database.close();
  new HeadFile(join(dataDir, auditHeadName)).create({ sequence: 1, hash });
  return dataDir;
}

const copies = (dataDir: string) =>
  readdirSync(dataDir).filter((name) => name.startsWith('before-upgrade-'));

describe('a copy before an upgrade', () => {
  it('is the database as it was, with the end of its log, for its owner alone', (t) => {
    const dataDir = olderFolder(t);
    const rows = tableRows(dataDir);
    openDatabase({ dataDir, now }).close();
    const [name = ''] = copies(dataDir);
    assert.equal(name, `before-upgrade-${before}-2030-01-01T00-00-00-000Z`);
    const folder = join(dataDir, name);
    assert.deepEqual(tableRows(folder), rows);
    assert.ok(existsSync(join(folder, 'audit-head.json')));
    assert.equal(statSync(folder).mode & 0o777, 0o700);
    assert.equal(statSync(join(folder, 'nightglass.db')).mode & 0o777, 0o600);
    openDatabase({ dataDir, now: now + 1 }).close();
    assert.deepEqual(copies(dataDir), [name], 'once for each upgrade');
  });

  it('brings the version before back, with a log that is sound', (t) => {
    const dataDir = olderFolder(t);
    openDatabase({ dataDir, now }).close();
    const store = createStore({ dataDir });
    const log = new AuditLog({ store, now: () => now });
    log.append({ who: 'later', what: 'search.run', target: '' });
    store.close();
    restoreDatabase(dataDir, join(dataDir, copies(dataDir)[0] ?? '', 'nightglass.db'), now + 5);
    const back = createStore({ dataDir });
    assert.equal(Number(back.prepare('SELECT count(*) AS n FROM audit').get()?.['n']), 1);
    assert.deepEqual(new AuditLog({ store: back, now: () => now }).verify().ok, true);
    back.close();
  });

  it('is not made of a new database', (t) => {
    const dataDir = temporaryFolder(t);
    openDatabase({ dataDir, now }).close();
    assert.deepEqual(copies(dataDir), []);
  });

  it('is kept of the last two upgrades, until it is too old', (t) => {
    const dataDir = olderFolder(t);
    for (const [at, schema] of [8, 9, 10].entries()) {
      mkdirSync(join(dataDir, `before-upgrade-${schema}-2029-12-0${at + 1}T00-00-00-000Z`));
    }
    openDatabase({ dataDir, now }).close();
    const kept = [
      'before-upgrade-10-2029-12-03T00-00-00-000Z',
      `before-upgrade-${before}-2030-01-01T00-00-00-000Z`,
    ];
    assert.deepEqual(copies(dataDir).sort(), kept.toSorted());
    assert.deepEqual(purgeUpgradeCopies(dataDir, now - day), [kept[0]]);
    assert.deepEqual(copies(dataDir), [kept[1]]);
  });

  it('that finds no room leaves the database as it was', (t) => {
    const disk = join(temporaryFolder(t), 'disk');
    mkdirSync(disk);
    if (spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=2m', 'tmpfs', disk]).status !== 0) {
      t.skip('needs the right to mount a small tmpfs');
      return;
    }
    try {
      const dataDir = olderFolder(t, disk);
      const file = join(dataDir, 'nightglass.db');
      const database = new DatabaseSync(file);
      const fill = 'INSERT INTO assessments VALUES (?, 1, 2, NULL, ?)';
      database.prepare(fill).run('big', 'x'.repeat(900_000));
      database.close();
      const rows = tableRows(dataDir);
      assert.throws(
        () => openDatabase({ dataDir, now }),
        (error) =>
          isNightglassError(error, 'STORE_UNWRITABLE') &&
          /before it is upgraded/.test(error.message),
      );
      assert.deepEqual(copies(dataDir), []);
      const after = new DatabaseSync(file, { readOnly: true });
      assert.equal(schemaVersion(after), before);
      after.close();
      assert.deepEqual(tableRows(dataDir), rows);
    } finally {
      spawnSync('umount', [disk]);
    }
  });

  it('comes before the first step, in its transaction', () => {
    const database = new DatabaseSync(':memory:');
    migrate(database, now, migrations.slice(0, before));
    const seen: [number, boolean][] = [];
    migrate(database, now, migrations, (schema) => seen.push([schema, database.isTransaction]));
    migrate(database, now, migrations, (schema) => seen.push([schema, true]));
    assert.deepEqual(seen, [[before, true]]);
  });
});
