import assert from 'node:assert/strict';
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, it } from 'node:test';
import { latestTime } from '../../../src/domain/bounds.ts';
import { isNightglassError } from '../../../src/domain/errors.ts';
import { migrate, schemaVersion } from '../../../src/store/migrate.ts';
import { databaseFileName, openDatabase } from '../../../src/store/open-database.ts';
import { temporaryFolder } from '../../support/store/temporary-folder.ts';

const now = Date.UTC(2030, 0, 1);
const failure = (work: () => unknown) => {
  try {
    work();
  } catch (error) {
    return error;
  }
  return assert.fail('it did not throw');
};

describe('openDatabase', () => {
  it('makes the folder and the file for their owner alone', (t) => {
    const dataDir = join(temporaryFolder(t), 'deep', 'data');
    openDatabase({ dataDir, now }).close();
    assert.equal(statSync(dataDir).mode & 0o077, 0);
    assert.equal(statSync(join(dataDir, databaseFileName)).mode & 0o077, 0);
  });

  it('sets WAL, full synchronisation, foreign keys and overwriting of what is deleted', (t) => {
    const database = openDatabase({ dataDir: temporaryFolder(t), now });
    t.after(() => database.close());
    const pragma = (name: string) =>
      Object.values(database.prepare(`PRAGMA ${name}`).get() ?? {})[0];
    assert.equal(pragma('journal_mode'), 'wal');
    assert.equal(pragma('synchronous'), 2);
    assert.equal(pragma('foreign_keys'), 1);
    assert.equal(pragma('secure_delete'), 1);
  });

  it('brings times beyond all bounds, which an earlier version took, within them', (t) => {
    const dataDir = temporaryFolder(t);
    const before = openDatabase({ dataDir, now });
    before.exec(`INSERT INTO watchlists (id, name, purpose, legal_basis, authorisation, owner, cameras,
      fpir, fixed_threshold, expires_at, retention_days, two_person_review, created_at, updated_at)
      VALUES ('a', 'A', 'p', 'l', 'a', 'o', '"*"', 0.01, NULL, 9100000000000000, 30, 0, 1, 1)`);
    before.close();
    const database = openDatabase({ dataDir, now });
    t.after(() => database.close());
    const row = database.prepare('SELECT expires_at FROM watchlists').get();
    assert.equal(row?.['expires_at'], latestTime);
  });

  for (const [what, damage] of [
    ['a file that is no database', () => Buffer.from('not a database at all, '.repeat(400))],
    [
      'a database with overwritten pages',
      (sound: Buffer) => Buffer.concat([sound.subarray(0, 4096), Buffer.alloc(40_000, 0xa5)]),
    ],
    ['a database that was cut off', (sound: Buffer) => sound.subarray(0, 4096 * 3)],
  ] as const) {
    it(`refuses ${what} until somebody decides, and leaves it as it is`, (t) => {
      const dataDir = temporaryFolder(t);
      openDatabase({ dataDir, now }).close();
      const file = join(dataDir, databaseFileName);
      const damaged = damage(readFileSync(file));
      writeFileSync(file, damaged);

      for (let start = 0; start < 3; start += 1) {
        const error = failure(() => openDatabase({ dataDir, now }));
        assert.ok(isNightglassError(error, 'STORE_CORRUPT'), String(error));
        assert.match(error.hint ?? '', /nightglass store repair.*nightglass store restore/);
        assert.deepEqual(readFileSync(file), damaged);
      }
      // Not even a sound file in its place is used: somebody has to say that it is meant.
      writeFileSync(file, '');
      const error = failure(() => openDatabase({ dataDir, now }));
      assert.ok(isNightglassError(error, 'STORE_CORRUPT'), String(error));
    });
  }

  it('keeps the journal with the damaged file', (t) => {
    const dataDir = temporaryFolder(t);
    const file = join(dataDir, databaseFileName);
    writeFileSync(file, 'x'.repeat(5000));
    writeFileSync(`${file}-wal`, 'journal');
    failure(() => openDatabase({ dataDir, now }));
    assert.equal(readFileSync(`${file}-wal`, 'utf8'), 'journal');
  });

  it('says STORE_UNWRITABLE where the folder cannot be', (t) => {
    const folder = temporaryFolder(t);
    writeFileSync(join(folder, 'a-file'), '');
    const error = failure(() => openDatabase({ dataDir: join(folder, 'a-file'), now }));
    assert.ok(isNightglassError(error, 'STORE_UNWRITABLE'), String(error));
  });

  it('leaves alone a database that a newer program wrote', (t) => {
    const dataDir = temporaryFolder(t);
    const database = openDatabase({ dataDir, now });
    database.prepare("INSERT INTO schema_migrations VALUES (99, 'later', 0)").run();
    database.close();
    const error = failure(() => openDatabase({ dataDir, now }));
    assert.ok(isNightglassError(error, 'ENVIRONMENT'), String(error));
    assert.ok(existsSync(join(dataDir, databaseFileName)));
  });
});

describe('migrate', () => {
  const steps = [
    { name: 'one', sql: 'CREATE TABLE a (x)' },
    { name: 'two', sql: 'CREATE TABLE b (y)' },
  ];

  it('runs what is missing, once, and records it', () => {
    const database = new DatabaseSync(':memory:');
    assert.deepEqual(migrate(database, now, steps.slice(0, 1)), [1]);
    assert.deepEqual(migrate(database, now, steps), [2]);
    assert.deepEqual(migrate(database, now, steps), []);
    assert.equal(schemaVersion(database), 2);
    assert.deepEqual(
      database
        .prepare('SELECT version, name, applied_at FROM schema_migrations')
        .all()
        .map((row) => ({ ...row })),
      steps.map(({ name }, i) => ({ version: i + 1, name, applied_at: now })),
    );
  });

  it('keeps nothing of a run that fails', () => {
    const database = new DatabaseSync(':memory:');
    assert.throws(() =>
      migrate(database, now, [...steps, { name: 'bad', sql: 'CREATE NONSENSE' }]),
    );
    assert.equal(schemaVersion(database), 0);
    assert.equal(migrate(database, now, steps).length, 2);
  });
});
