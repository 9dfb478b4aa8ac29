import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { pathToFileURL } from 'node:url';
import { NightglassError } from '../domain/errors.ts';
import { clampTimes } from './clamp-times.ts';
import { assertRecordsHere } from './elsewhere-mark.ts';
import { migrate } from './migrate.ts';
import { migrations } from './migrations.ts';
import { sqliteFault } from './sqlite-fault.ts';
import { copyBeforeUpgrade } from './upgrade-copies.ts';

export const databaseFileName = 'nightglass.db';
/** Says that the database was found damaged; it is refused while this file is there. */
export const damagedMarkName = 'nightglass.db.damaged';

export interface OpenDatabaseOptions {
  /** The data folder; made when missing, for its owner alone. */
  readonly dataDir: string;
  /** Wall time, milliseconds: dates migrations and the mark of a damaged file. */
  readonly now: number;
  /** How long to wait for another process's lock, milliseconds. It blocks the thread. Default 1000. */
  readonly busyTimeoutMs?: number;
}

/**
 * Opens `<dataDir>/nightglass.db` for writing, checks it and brings its schema
 * up to date; what an older version wrote is copied first.
 *
 * Why these settings: in WAL mode a committed transaction survives the death
 * of the process in any case; `synchronous = FULL` makes it survive a power
 * cut too. It costs one fsync a write (an alert with 300 kB of pictures took
 * 4 ms against 0.4 ms, the slowest hundredth 24 ms against 40 ms), and writes
 * are alerts and changes by people, seldom more than a few a second. `secure_delete` overwrites what is purged.
 *
 * A damaged database is never used, at no later start either: it stays where it
 * is, with its journal, until somebody repairs it or puts another in its place.
 * @throws NightglassError `STORE_CORRUPT`, `STORE_UNWRITABLE`, `ENVIRONMENT` (newer schema)
 */
export function openDatabase(options: OpenDatabaseOptions): DatabaseSync {
  const { dataDir, now, busyTimeoutMs = 1000 } = options;
  const file = join(dataDir, databaseFileName);
  let database: DatabaseSync | undefined;
  try {
    makeFolder(dataDir);
    assertRecordsHere(dataDir);
    if (existsSync(join(dataDir, damagedMarkName))) throw new Corrupt(whyMarked(dataDir));
    // Made here and not by SQLite, so that nobody else may ever read it.
    if (!existsSync(file)) closeSync(openSync(file, 'a', 0o600));
    assertSound(file);
    database = new DatabaseSync(file, { timeout: busyTimeoutMs });
    database.exec('PRAGMA trusted_schema = OFF; PRAGMA cell_size_check = ON;');
    // Temporary files would be copies that nobody overwrites.
    database.exec('PRAGMA temp_store = MEMORY; PRAGMA secure_delete = ON;');
    giveBackPages(database, statSync(file).size);
    database.exec(`PRAGMA journal_mode = WAL;
      PRAGMA synchronous = FULL;
      PRAGMA journal_size_limit = 67108864;`);
    migrate(database, now, migrations, (schema) => {
      copyBeforeUpgrade(file, dataDir, schema, now);
    });
    clampTimes(database);
    database.prepare('INSERT OR REPLACE INTO write_probe VALUES (1, ?)').run(now);
    return database;
  } catch (error) {
    database?.close();
    if (error instanceof NightglassError) throw error;
    if (sqliteFault(error) === 'corrupt') {
      markDamaged(dataDir, now, reason(error));
      throw new NightglassError(
        'STORE_CORRUPT',
        `Cannot use the database ${file}: it is damaged (${reason(error)})`,
        {
          hint: 'Run "nightglass store repair" to save what can be read, or "nightglass store restore" to put a backup or an empty database in its place.',
          cause: error,
        },
      );
    }
    throw new NightglassError(
      'STORE_UNWRITABLE',
      `Cannot open the database in ${dataDir}: ${reason(error)}`,
      { hint: 'Give the data folder free space and write permission.', cause: error },
    );
  }
}

/** Refuses the database from now on, until somebody decides what becomes of it. */
export function markDamaged(dataDir: string, now: number, why: string): void {
  const mark = join(dataDir, damagedMarkName);
  if (existsSync(mark)) return;
  try {
    writeFileSync(mark, `${JSON.stringify({ at: new Date(now).toISOString(), why })}\n`);
  } catch {
    // The disk may be why: the next start finds the damage itself.
  }
}

/** What the mark of a damaged database says. */
export function whyMarked(dataDir: string): string {
  try {
    const mark: unknown = JSON.parse(readFileSync(join(dataDir, damagedMarkName), 'utf8'));
    const { why } = mark as { why?: unknown };
    if (typeof why === 'string') return `it was found so before: ${why}`;
  } catch {
    // A mark without a reason holds as well.
  }
  return 'it was found damaged before';
}

/**
 * Makes the folder and those above it, for their owner alone. Not by `recursive`: below a folder
 * that can hold none, such as /proc, that does not end.
 */
export function makeFolder(folder: string): void {
  if (existsSync(folder)) return;
  const parent = dirname(folder);
  if (parent !== folder) makeFolder(parent);
  try {
    mkdirSync(folder, { mode: 0o700 });
  } catch (error) {
    // Another process may have made it meanwhile.
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
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

/** Reads alone: a connection that writes would empty the journal of a damaged file. */
function assertSound(file: string): void {
  if (statSync(file).size === 0) return;
  const database = new DatabaseSync(file, { readOnly: true });
  try {
    database.exec('PRAGMA cell_size_check = ON;');
    const row = database.prepare('PRAGMA quick_check(1)').get();
    const verdict = row === undefined ? 'no answer' : String(Object.values(row)[0]);
    if (verdict !== 'ok') throw new Corrupt(verdict);
  } finally {
    database.close();
  }
}

/** Looks like SQLite's own error for a damaged file, so that one branch handles both. */
class Corrupt extends Error {
  readonly errcode = 11;
}

function reason(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
