import { closeSync, existsSync, mkdirSync, openSync, renameSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { pathToFileURL } from 'node:url';
import { NightglassError } from '../domain/errors.ts';
import { auditAnchorName } from './audit-anchor-name.ts';
import { migrate } from './migrate.ts';
import { sqliteFault } from './sqlite-fault.ts';

export const databaseFileName = 'nightglass.db';

export interface OpenDatabaseOptions {
  /** The data folder; made when missing, for its owner alone. */
  readonly dataDir: string;
  /** Wall time, milliseconds: dates migrations and the name of a file kept aside. */
  readonly now: number;
  /** How long to wait for another process's lock, milliseconds. It blocks the thread. Default 1000. */
  readonly busyTimeoutMs?: number;
}

/**
 * Opens `<dataDir>/nightglass.db` for writing, checks it and brings its schema
 * up to date.
 *
 * Why these settings: in WAL mode a committed transaction survives the death
 * of the process in any case; `synchronous = FULL` makes it survive a power
 * cut too. It costs one fsync a write (an alert with 300 kB of pictures took
 * 4 ms against 0.4 ms, the slowest hundredth 24 ms against 40 ms), and writes
 * are alerts and changes by people, seldom more than a few a second. `secure_delete` overwrites what is purged.
 *
 * A damaged database is never used: it is moved aside together with its
 * journal, and the error names the new file. The next start begins afresh.
 * @throws NightglassError `STORE_CORRUPT`, `STORE_UNWRITABLE`, `ENVIRONMENT` (newer schema)
 */
export function openDatabase(options: OpenDatabaseOptions): DatabaseSync {
  const { dataDir, now, busyTimeoutMs = 1000 } = options;
  const file = join(dataDir, databaseFileName);
  let database: DatabaseSync | undefined;
  try {
    mkdirSync(dataDir, { recursive: true, mode: 0o700 });
    // Made here and not by SQLite, so that nobody else may ever read it.
    if (!existsSync(file)) closeSync(openSync(file, 'a', 0o600));
    database = new DatabaseSync(file, { timeout: busyTimeoutMs });
    database.exec('PRAGMA trusted_schema = OFF; PRAGMA cell_size_check = ON;');
    assertSound(database);
    // Temporary files would be copies that nobody overwrites.
    database.exec('PRAGMA temp_store = MEMORY; PRAGMA secure_delete = ON;');
    giveBackPages(database, statSync(file).size);
    database.exec(`PRAGMA journal_mode = WAL;
      PRAGMA synchronous = FULL;
      PRAGMA journal_size_limit = 67108864;`);
    migrate(database, now);
    database.prepare('INSERT OR REPLACE INTO write_probe VALUES (1, ?)').run(now);
    return database;
  } catch (error) {
    // Before it is closed: closing deletes the journal, and with it what may be saved.
    const damaged = sqliteFault(error) === 'corrupt' ? keepAside(file, now, error) : undefined;
    database?.close();
    if (damaged !== undefined) throw damaged;
    if (error instanceof NightglassError) throw error;
    throw new NightglassError(
      'STORE_UNWRITABLE',
      `Cannot open the database in ${dataDir}: ${reason(error)}`,
      { hint: 'Give the data folder free space and write permission.', cause: error },
    );
  }
}

/**
 * Opens an existing database for reading alone, for a folder that takes no
 * writes. Where SQLite cannot even make its shared-memory file, the main file
 * is read as it stands (changes left in a journal by a killed process are then
 * not seen).
 * @returns undefined when there is none that can be read
 */
export function openReadOnly(dataDir: string): DatabaseSync | undefined {
  const file = join(dataDir, databaseFileName);
  const immutable = new URL(`${pathToFileURL(file).href}?immutable=1`);
  for (const path of [file, immutable]) {
    let database: DatabaseSync | undefined;
    try {
      database = new DatabaseSync(path, { readOnly: true });
      if (database.prepare('SELECT count(*) FROM schema_migrations').get()) return database;
    } catch {
      database?.close();
    }
  }
  return undefined;
}

/** A database in memory with the same schema. */
export function openInMemory(now: number): DatabaseSync {
  const database = new DatabaseSync(':memory:');
  migrate(database, now);
  return database;
}

/** Above it the one rewriting of an older database would take too long at a start. */
const rewrittenBytes = 128 * 1024 * 1024;

/**
 * Lets free pages be given back. The setting of a new database; one of an
 * earlier version is rewritten once, unless it is large: its free pages,
 * overwritten with zeros, then wait to be used again.
 */
function giveBackPages(database: DatabaseSync, bytes: number): void {
  const incremental = 2;
  const row = database.prepare('PRAGMA auto_vacuum').get();
  if (row?.['auto_vacuum'] === incremental || bytes > rewrittenBytes) return;
  database.exec('PRAGMA auto_vacuum = INCREMENTAL;');
  if (bytes === 0) return;
  try {
    database.exec('VACUUM;');
  } catch (error) {
    // Another process has it open, or the disk has no room for a copy: at a later start then.
    if (sqliteFault(error) !== 'unwritable') throw error;
  }
}

function assertSound(database: DatabaseSync): void {
  const row = database.prepare('PRAGMA quick_check(1)').get();
  const verdict = row === undefined ? 'no answer' : String(Object.values(row)[0]);
  if (verdict !== 'ok') throw new Corrupt(verdict);
}

/** Looks like SQLite's own error for a damaged file, so that one branch handles both. */
class Corrupt extends Error {
  readonly errcode = 11;
}

function keepAside(file: string, now: number, cause: unknown): NightglassError {
  const stamp = new Date(now).toISOString().replaceAll(/[:.]/g, '-');
  const aside = `${file}.corrupt-${stamp}`;
  try {
    renameSync(file, aside);
    for (const journal of ['-wal', '-shm']) {
      if (existsSync(file + journal)) renameSync(file + journal, aside + journal);
    }
    // The new database begins an audit log of its own.
    const anchor = join(dirname(file), auditAnchorName);
    if (existsSync(anchor)) renameSync(anchor, `${aside}-${auditAnchorName}`);
  } catch (error) {
    return new NightglassError(
      'STORE_CORRUPT',
      `Cannot use the database ${file}: it is damaged (${reason(cause)}) and cannot be moved aside (${reason(error)})`,
      { hint: 'Move the file away, then restore a backup or start afresh.', cause },
    );
  }
  return new NightglassError(
    'STORE_CORRUPT',
    `Cannot use the database ${file}: it is damaged (${reason(cause)}); it is kept as ${aside}`,
    {
      hint: `Restore a backup to ${file}, or start again to begin with an empty database.`,
      cause,
    },
  );
}

function reason(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
