import { closeSync, existsSync, openSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { backup, DatabaseSync } from 'node:sqlite';
import { NightglassError } from '../domain/errors.ts';
import { auditHeadName, HeadFile } from './audit-head-file.ts';
import { schemaVersion } from './migrate.ts';
import { damagedMarkName, databaseFileName, whyMarked } from './open-database.ts';
import { sqliteFault } from './sqlite-fault.ts';

/** Of a copy that is being made; one that a killed program left is removed by the next. */
const copyPrefix = `${databaseFileName}.snapshot-`;
/** Pages of a step: 8 MiB, of which no other thread waits for more than a lock. */
const pagesOfStep = 2048;
/** How long another process may be between its commit and the file that holds the log's end. */
const headAttempts = 50;
const headWaitMs = 20;

/** The database of a data folder as it stood at one moment; others go on writing meanwhile. */
export interface Snapshot extends Disposable {
  /** Number of the last migration. */
  readonly schema: number;
  /** Where the audit log ended. */
  readonly auditHead: { readonly sequence: number; readonly hash: string } | null;
  /** Rows by table. */
  readonly rows: Readonly<Record<string, number>>;
  /** Ids of the keys that values are encrypted with. */
  readonly keyIds: readonly string[];
  /** Bytes of the database. */
  readonly bytes: number;
  /**
   * Copies it into a file of the data folder, which has no name any more once this returns: a kill
   * leaves nothing behind. Once only: the database is held no longer than that takes, for its
   * write-ahead log cannot be emptied meanwhile. @returns a descriptor, to be closed by the caller
   * @throws NightglassError `STORE_UNWRITABLE`, `STORE_CORRUPT`
   */
  copy(): Promise<number>;
}

/**
 * Holds the database as it is now.
 * @param beside called while nobody can write, to read what must belong to the same moment
 * @throws NightglassError `NOT_FOUND`, `STORE_UNWRITABLE`, `STORE_CORRUPT`
 */
export function takeSnapshot(dataDir: string, beside: () => void): Snapshot {
  const file = join(dataDir, databaseFileName);
  if (!existsSync(file)) {
    throw new NightglassError('NOT_FOUND', `Cannot back up ${dataDir}: it holds no database`);
  }
  if (existsSync(join(dataDir, damagedMarkName))) throw damaged(file, whyMarked(dataDir));
  let reader: DatabaseSync | undefined;
  try {
    reader = pinned(file, dataDir, beside);
    return { ...contentOf(reader), ...copyOf(reader, dataDir, file) };
  } catch (error) {
    reader?.close();
    throw translated(error, dataDir, file);
  }
}

/** A connection that sees this moment until it is closed, however much is written. */
function pinned(file: string, dataDir: string, beside: () => void): DatabaseSync {
  for (let attempt = 1; ; attempt += 1) {
    const writer = new DatabaseSync(file, { timeout: 10_000 });
    let reader: DatabaseSync | undefined;
    try {
      writer.exec('BEGIN IMMEDIATE');
      reader = new DatabaseSync(file, { readOnly: true });
      // The first read of a transaction fixes what all later ones see.
      reader.exec('BEGIN');
      reader.prepare('SELECT count(*) FROM sqlite_schema').get();
      if (attempt >= headAttempts || headIsNoted(reader, dataDir)) {
        beside();
        return reader;
      }
      reader.close();
    } catch (error) {
      reader?.close();
      throw error;
    } finally {
      if (writer.isTransaction) writer.exec('ROLLBACK');
      writer.close();
    }
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, headWaitMs);
  }
}

/** False while another process has committed a record and not yet written where the log ends. */
function headIsNoted(reader: DatabaseSync, dataDir: string): boolean {
  const head = auditHeadOf(reader);
  const noted = new HeadFile(join(dataDir, auditHeadName)).read();
  return head === null || (typeof noted === 'object' && noted.head.sequence >= head.sequence);
}

function contentOf(reader: DatabaseSync) {
  const tables = reader
    .prepare("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")
    .all()
    .map(({ name }) => String(name))
    .sort();
  const rows = tables.map((table) => {
    const row = reader.prepare(`SELECT count(*) AS count FROM "${table}"`).get();
    return [table, Number(row?.['count'])] as const;
  });
  const pragma = (name: string) =>
    Number(Object.values(reader.prepare(`PRAGMA ${name}`).get() ?? {})[0]);
  return {
    schema: schemaVersion(reader),
    auditHead: auditHeadOf(reader),
    rows: Object.fromEntries(rows),
    keyIds: keyIdsOf(reader, tables),
    bytes: pragma('page_count') * pragma('page_size'),
  };
}

function auditHeadOf(reader: DatabaseSync): Snapshot['auditHead'] {
  const known = reader.prepare("SELECT 1 FROM sqlite_schema WHERE name = 'audit_head'").get();
  if (known === undefined) return null;
  const row = reader.prepare('SELECT sequence, hash FROM audit_head').get();
  return row === undefined
    ? null
    : { sequence: Number(row['sequence']), hash: String(row['hash']) };
}

function keyIdsOf(reader: DatabaseSync, tables: readonly string[]): string[] {
  if (!tables.includes('store_encryption')) return [];
  return reader
    .prepare(
      `SELECT key_id FROM store_encryption WHERE key_id IS NOT NULL
       UNION SELECT key_id FROM templates WHERE key_id IS NOT NULL
       UNION SELECT key_id FROM alert_evidence WHERE key_id IS NOT NULL`,
    )
    .all()
    .map((row) => String(row['key_id']));
}

function copyOf(reader: DatabaseSync, dataDir: string, file: string) {
  return {
    async copy(): Promise<number> {
      removeCopies(dataDir);
      const copy = join(dataDir, `${copyPrefix}${process.pid}`);
      try {
        // Made here and not by SQLite, so that nobody else may ever read it.
        closeSync(openSync(copy, 'wx', 0o600));
        await backup(reader, copy, { rate: pagesOfStep });
        reader.close();
        assertSound(copy);
        return openSync(copy, 'r');
      } catch (error) {
        throw translated(error, dataDir, file);
      } finally {
        for (const part of ['', '-journal', '-wal', '-shm']) rmSync(copy + part, { force: true });
      }
    },
    [Symbol.dispose]() {
      if (reader.isOpen) reader.close();
    },
  };
}

/** Removes what killed programs left; the process that made a copy may still run. */
function removeCopies(dataDir: string): void {
  for (const name of readdirSync(dataDir).filter((name) => name.startsWith(copyPrefix))) {
    const pid = Number.parseInt(name.slice(copyPrefix.length), 10);
    if (pid === process.pid || !isRunning(pid)) rmSync(join(dataDir, name), { force: true });
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** A backup of what is damaged would be found out when it is needed. */
function assertSound(copy: string): void {
  const database = new DatabaseSync(copy, { readOnly: true });
  try {
    const row = database.prepare('PRAGMA quick_check(1)').get();
    const verdict = String(Object.values(row ?? {})[0]);
    if (verdict !== 'ok') throw damaged(copy, verdict);
  } finally {
    database.close();
  }
}

function damaged(file: string, why: string): NightglassError {
  return new NightglassError('STORE_CORRUPT', `Cannot back up ${file}: it is damaged (${why})`, {
    hint: 'Run "nightglass store repair", or restore an earlier backup.',
  });
}

function translated(error: unknown, dataDir: string, file: string): unknown {
  if (error instanceof NightglassError) return error;
  const why = error instanceof Error ? error.message : String(error);
  if (sqliteFault(error) === 'corrupt') return damaged(file, why);
  return new NightglassError('STORE_UNWRITABLE', `Cannot copy the database in ${dataDir}: ${why}`, {
    hint: 'A backup needs as much free space in the data folder as the database takes, and write permission.',
    cause: error,
  });
}
