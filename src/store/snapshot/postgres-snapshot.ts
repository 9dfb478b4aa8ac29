import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import { NightglassError } from '../../domain/errors.ts';
import { migrations } from '../migrations.ts';
import type { Ask } from '../move/ask.ts';
import { continueNumbersInSqlite } from '../move/continue-numbers.ts';
import { copyToSqlite, digestOf, sqliteRows } from '../move/copy-table.ts';
import { type MovedTable, movedTables, numberedTables } from '../move/moved-table.ts';
import { databaseFileName, openDatabase } from '../open-database.ts';
import type { PostgresLimits } from '../postgres/channel-messages.ts';
import {
  type PostgresAddress,
  placeOfPostgres,
  readPostgresAddress,
} from '../postgres/postgres-address.ts';
import { PostgresFault, startError } from '../postgres/postgres-fault.ts';
import { schemaLock } from '../postgres/schema-lock.ts';
import { StatementChannel } from '../postgres/statement-channel.ts';
import { awaitHead, headAttempts, headIsNoted } from './head-is-noted.ts';
import type { Snapshot, SnapshotCopy } from './snapshot.ts';
import { copyFault, openCopy, placeOfCopy } from './snapshot-copy.ts';

/** Nobody waits for an answer meanwhile, and an answer may carry megabytes. */
const limits: PostgresLimits = {
  connectMs: 10_000,
  statementMs: 300_000,
  lockMs: 10_000,
  doubtMs: 1000,
};

/**
 * Holds the records in PostgreSQL as they are now, by one transaction that sees no later change
 * ("REPEATABLE READ"); its copy is an SQLite database with the same rows, each table counted and
 * hashed against what was read. Holds its thread: for a command or a thread of its own.
 * @param dataDir of the installation: the head of the audit log is there, and room for the copy
 * @param url with its login; it appears in no message
 * @param beside called while nobody can write, to read what must belong to the same moment
 * @throws NightglassError `STORE_UNREACHABLE`, `STORE_REFUSED`, `ENVIRONMENT`
 */
export function takePostgresSnapshot(dataDir: string, url: string, beside: () => void): Snapshot {
  const address = readPostgresAddress(url);
  let channel: StatementChannel | undefined;
  try {
    channel = new StatementChannel({ address, limits, exclusive: false });
    const open = channel;
    const { connection } = open;
    const ask: Ask = (text, values) =>
      open.call({ text, values, name: undefined, connection }).rows ?? [];
    pin(ask, address, dataDir, beside);
    return {
      copy: () => copyOf(ask, address, dataDir).finally(() => open.close()),
      [Symbol.dispose]: () => open.close(),
    };
  } catch (error) {
    // The lock and the transaction go with the connection.
    channel?.close();
    throw faultOf(error, address, dataDir);
  }
}

/** Fixes the moment while no program can write: they wait for the files beside to be read. */
function pin(ask: Ask, address: PostgresAddress, dataDir: string, beside: () => void): void {
  const [lock, kind] = schemaLock(address.schema, 'write');
  for (let attempt = 1; ; attempt += 1) {
    // Of the session: the first statement of the transaction must not come before it is had.
    ask(`SELECT pg_advisory_lock(${lock}, ${kind})`, []);
    ask('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
    assertSchema(ask);
    const found = ask('SELECT sequence, hash FROM audit_head', [])[0];
    const head = found && {
      sequence: Number(found['sequence']),
      hash: String(found['hash']),
    };
    const isWhole = attempt >= headAttempts || headIsNoted(head ?? null, dataDir);
    if (isWhole) beside();
    ask(`SELECT pg_advisory_unlock(${lock}, ${kind})`, []);
    if (isWhole) return;
    ask('ROLLBACK');
    awaitHead();
  }
}

/** Only what this program knows whole can be copied whole. */
function assertSchema(ask: Ask): void {
  const [row] = ask('SELECT max(version) AS version FROM schema_migrations', []);
  const version = Number(row?.['version'] ?? 0);
  if (version === migrations.length) return;
  throw new NightglassError(
    'ENVIRONMENT',
    `Cannot back up the records: their schema is number ${version}, this program knows ${migrations.length}`,
    { hint: 'Back up with the version of Nightglass that runs on them.' },
  );
}

async function copyOf(ask: Ask, address: PostgresAddress, dataDir: string): Promise<SnapshotCopy> {
  try {
    const folder = placeOfCopy(dataDir);
    try {
      mkdirSync(folder, { mode: 0o700 });
      const target = openDatabase({ dataDir: folder, now: Date.now() });
      try {
        fill(target, ask, address);
      } finally {
        target.close();
      }
      return openCopy(join(folder, databaseFileName));
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  } catch (error) {
    throw faultOf(error, address, dataDir);
  }
}

function fill(target: DatabaseSync, ask: Ask, address: PostgresAddress): void {
  // Nobody reads it before it is complete, and one that is not is thrown away.
  target.exec('PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA foreign_keys = OFF');
  target.exec('BEGIN');
  const tables = movedTables(target, numberedTables(ask, address.schema));
  assertNoOthers(tables, ask, address);
  for (const table of tables) {
    // What a new database begins with is not of this installation.
    target.exec(`DELETE FROM ${table.name}`);
    const read = copyToSqlite(ask, target, table);
    const kept = digestOf(sqliteRows(target, table));
    if (kept.rows === read.rows && kept.hex === read.hex) continue;
    throw faulty(address, `SQLite holds the table ${table.name} otherwise than PostgreSQL`);
  }
  continueNumbersInSqlite(ask, target, address.schema);
  target.exec('COMMIT');
  if (target.prepare('PRAGMA foreign_key_check').get() !== undefined) {
    throw faulty(address, 'a row refers to one that is not there');
  }
}

/** A table that only PostgreSQL has would be missing in every backup. */
function assertNoOthers(tables: readonly MovedTable[], ask: Ask, address: PostgresAddress): void {
  const known = new Set(['schema_migrations', ...tables.map(({ name }) => name)]);
  const other = ask('SELECT tablename AS name FROM pg_tables WHERE schemaname = $1', [
    address.schema,
  ]).find(({ name }) => !known.has(String(name)));
  if (other !== undefined)
    throw faulty(address, `the table ${other['name']} is none of Nightglass`);
}

function faulty(address: PostgresAddress, why: string): NightglassError {
  return new NightglassError(
    'STORE_REFUSED',
    `Cannot back up the records in ${placeOfPostgres(address)}: ${why}`,
    {
      hint: 'Keep other tables in another schema; anything else is a fault of the program: report it.',
    },
  );
}

function faultOf(error: unknown, address: PostgresAddress, dataDir: string): unknown {
  return error instanceof PostgresFault
    ? startError(error, placeOfPostgres(address))
    : copyFault(error, dataDir);
}
