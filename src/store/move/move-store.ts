import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import { NightglassError } from '../../domain/errors.ts';
import { assertRecordsHere, markElsewhere, markedPlace } from '../elsewhere-mark.ts';
import { lockDataFolder } from '../lock-data-folder.ts';
import { databaseFileName, openDatabase } from '../open-database.ts';
import type { PostgresLimits } from '../postgres/channel-messages.ts';
import { migratePostgres } from '../postgres/migrate-postgres.ts';
import {
  type PostgresAddress,
  placeOfPostgres,
  readPostgresAddress,
} from '../postgres/postgres-address.ts';
import { PostgresFault, startError } from '../postgres/postgres-fault.ts';
import { schemaLock } from '../postgres/schema-lock.ts';
import { StatementChannel } from '../postgres/statement-channel.ts';
import type { Ask } from './ask.ts';
import { continueNumbers } from './continue-numbers.ts';
import { copyTable, digestOf, postgresRows } from './copy-table.ts';
import { setMovedAside } from './moved-copies.ts';
import { type MovedTable, movedTables, numberedTables } from './moved-table.ts';

export interface MoveOrder {
  readonly dataDir: string;
  /** Address of PostgreSQL with its login; it appears in no message. */
  readonly url: string;
  /** Wall time, milliseconds. */
  readonly now: number;
  /** Told often. @param done rows copied so far, of all */
  readonly onProgress?: (done: number, all: number) => void;
}

export interface Moved {
  /** Where the records are now, without a login. */
  readonly place: string;
  /** Rows of each table; empty where an earlier attempt had moved them. */
  readonly rows: Readonly<Record<string, number>>;
  /** The database as it was. */
  readonly aside: string;
}

/** Nobody waits for an answer meanwhile, and an order may carry megabytes. */
const limits: PostgresLimits = {
  connectMs: 10_000,
  statementMs: 300_000,
  lockMs: 10_000,
  doubtMs: 10_000,
};

/**
 * Moves the records of a data folder from SQLite into an empty schema of PostgreSQL, all in one
 * transaction: each table is read back there, and counted and hashed against what SQLite holds, before
 * it is committed. What is encrypted stays as it is. Where it fails nothing has changed, except that
 * the schema may have empty tables. The SQLite database is then set aside.
 *
 * Holds the thread until it is done: for a command, never for the running program.
 * @throws NightglassError `STORE_IN_USE`, `STORE_REFUSED`, `STORE_UNREACHABLE`, `STORE_UNWRITABLE`,
 * `STORE_CORRUPT`, `CONFIG_INVALID`, `ENVIRONMENT`
 */
export function moveStore({ dataDir, url, now, onProgress = () => undefined }: MoveOrder): Moved {
  const address = readPostgresAddress(url);
  const place = placeOfPostgres(address);
  if (!existsSync(join(dataDir, databaseFileName))) {
    assertRecordsHere(dataDir);
    throw new NightglassError(
      'USAGE',
      `Cannot move records: ${dataDir} has no ${databaseFileName}`,
    );
  }
  const lock = lockDataFolder(dataDir);
  try {
    // Ended between its commit and its last step: nothing else leaves both.
    if (markedPlace(dataDir) === place) {
      return { place, rows: {}, aside: setMovedAside(dataDir, now) };
    }
    const source = openDatabase({ dataDir, now });
    try {
      holdAlone(source, dataDir);
      const rows = moveRows(source, address, now, onProgress);
      markElsewhere(dataDir, place);
      source.exec('ROLLBACK');
      source.close();
      return { place, rows, aside: setMovedAside(dataDir, now) };
    } finally {
      if (source.isOpen) source.close();
    }
  } finally {
    lock.close();
  }
}

/** Commands that write need no lock of the folder, so the database itself is locked too. */
function holdAlone(source: DatabaseSync, dataDir: string): void {
  try {
    // Refused while anybody else has it open.
    source.exec('PRAGMA journal_mode = DELETE');
    const mode = source.prepare('PRAGMA journal_mode').get()?.['journal_mode'];
    if (mode !== 'delete') throw new Error('it is open elsewhere');
    source.exec('BEGIN EXCLUSIVE');
  } catch (cause) {
    throw new NightglassError(
      'STORE_IN_USE',
      `Cannot move the records of ${dataDir}: another program has its database open`,
      { hint: 'End the other program or command first.', cause },
    );
  }
}

function moveRows(
  source: DatabaseSync,
  address: PostgresAddress,
  now: number,
  onProgress: (done: number, all: number) => void,
): Record<string, number> {
  const { schema } = address;
  let channel: StatementChannel | undefined;
  try {
    channel = new StatementChannel({ address, limits, exclusive: true });
    const open = channel;
    const { connection } = open;
    const ask: Ask = (text, values) =>
      open.call({ text, values, name: undefined, connection }).rows ?? [];
    assertEmpty(ask, address);
    migratePostgres(open, schema, now);
    const [lock, kind] = schemaLock(schema, 'write');
    ask(`BEGIN; SELECT pg_advisory_xact_lock(${lock}, ${kind})`);
    assertEmpty(ask, address);
    const tables = movedTables(source, numberedTables(ask, schema));
    const rows = copyAll(source, ask, tables, onProgress);
    continueNumbers(source, ask, schema);
    ask('COMMIT');
    return rows;
  } catch (error) {
    // What is not committed goes with the connection.
    throw error instanceof PostgresFault ? startError(error, placeOfPostgres(address)) : error;
  } finally {
    channel?.close();
  }
}

function copyAll(
  source: DatabaseSync,
  ask: Ask,
  tables: readonly MovedTable[],
  onProgress: (done: number, all: number) => void,
): Record<string, number> {
  const count = ({ name }: MovedTable) =>
    Number(source.prepare(`SELECT count(*) AS n FROM ${name}`).get()?.['n']);
  const all = tables.reduce((sum, table) => sum + count(table), 0);
  let done = 0;
  const rows: Record<string, number> = {};
  for (const table of tables) {
    const sent = copyTable(source, ask, table, (more) => {
      done += more;
      onProgress(done, all);
    });
    const kept = digestOf(postgresRows(ask, table));
    if (kept.rows !== sent.rows || kept.hex !== sent.hex) {
      throw new NightglassError(
        'STORE_REFUSED',
        `Cannot move the records: PostgreSQL holds the table ${table.name} otherwise than SQLite`,
        { hint: 'Nothing was moved. This is a fault of the program: report it.' },
      );
    }
    rows[table.name] = sent.rows;
  }
  return rows;
}

/** @throws NightglassError `STORE_REFUSED` where a table has rows */
function assertEmpty(ask: Ask, address: PostgresAddress): void {
  const { schema } = address;
  const tables = ask('SELECT tablename AS name FROM pg_tables WHERE schemaname = $1', [schema])
    .map(({ name }) => String(name))
    .filter((name) => name !== 'schema_migrations');
  const full = tables.find((name) => {
    const [found] = ask(`SELECT EXISTS (SELECT 1 FROM "${schema}"."${name}") AS some`, []);
    return found?.['some'] === 1;
  });
  if (full === undefined) return;
  throw new NightglassError(
    'STORE_REFUSED',
    `Cannot move records to ${placeOfPostgres(address)}: the schema is not empty (table ${full})`,
    { hint: 'Name another one in the address ("?schema=NAME"), or drop this one yourself.' },
  );
}
