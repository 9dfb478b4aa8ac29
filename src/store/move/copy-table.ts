import type { DatabaseSync } from 'node:sqlite';
import type { SqlValue } from '../sql/statement.ts';
import type { Ask } from './ask.ts';
import type { MovedTable } from './moved-table.ts';
import { RowDigest } from './row-digest.ts';

/** PostgreSQL counts the values of a statement with sixteen bits. */
const mostValues = 32_000;
const mostRows = 500;
const mostBytes = 4 * 1024 * 1024;
/** Rows that are read at once to be compared; some hold a picture each. */
const readRows = 64;

/**
 * Copies the rows of a table, some at a time.
 * @param onRows told how many more are there
 * @returns what they were in SQLite
 */
export function copyTable(
  source: DatabaseSync,
  ask: Ask,
  { name, columns, key }: MovedTable,
  onRows: (count: number) => void,
): RowDigest {
  const digest = new RowDigest();
  const rowsAtOnce = Math.min(mostRows, Math.floor(mostValues / columns.length));
  const names = columns.map(quoted).join();
  let waiting: SqlValue[][] = [];
  let bytes = 0;
  const flush = () => {
    if (waiting.length === 0) return;
    let number = 0;
    const places = waiting.map((row) => `(${row.map(() => `$${++number}`).join()})`).join();
    ask(`INSERT INTO ${name} (${names}) VALUES ${places}`, waiting.flat());
    onRows(waiting.length);
    waiting = [];
    bytes = 0;
  };
  for (const row of sqliteRows(source, { name, columns, key })) {
    digest.add(row);
    waiting.push(row);
    for (const value of row) bytes += sizeOf(value);
    if (waiting.length >= rowsAtOnce || bytes >= mostBytes) flush();
  }
  flush();
  return digest;
}

/** Copies the rows of a table the other way, some at a time. @returns what they were in PostgreSQL */
export function copyToSqlite(ask: Ask, target: DatabaseSync, table: MovedTable): RowDigest {
  const { name, columns } = table;
  const digest = new RowDigest();
  const places = columns.map(() => '?').join();
  const names = columns.map(quoted).join();
  const insert = target.prepare(`INSERT INTO ${name} (${names}) VALUES (${places})`);
  for (const row of postgresRows(ask, table)) {
    digest.add(row);
    insert.run(...row);
  }
  return digest;
}

/** Counts and hashes rows. */
export function digestOf(rows: Iterable<readonly SqlValue[]>): RowDigest {
  const digest = new RowDigest();
  for (const row of rows) digest.add(row);
  return digest;
}

/** The rows of a table in SQLite, in the order of its key. */
export function* sqliteRows(
  source: DatabaseSync,
  { name, columns, key }: MovedTable,
): Generator<SqlValue[]> {
  const names = columns.map(quoted).join();
  const statement = source.prepare(`SELECT ${names} FROM ${name} ORDER BY ${key.join()}`);
  // Beyond 2^53 a number would be another one.
  statement.setReadBigInts(true);
  statement.setReturnArrays(true);
  for (const row of statement.iterate()) yield row as unknown as SqlValue[];
}

/** The rows of a table in PostgreSQL, in the order of its key; within a transaction. */
export function* postgresRows(ask: Ask, { name, columns, key }: MovedTable): Generator<SqlValue[]> {
  ask(
    `DECLARE moved NO SCROLL CURSOR FOR
      SELECT ${columns.map(quoted).join()} FROM ${name} ORDER BY ${key.join()}`,
  );
  for (;;) {
    const rows = ask(`FETCH ${readRows} FROM moved`, []);
    for (const row of rows) yield columns.map((column) => row[column] ?? null);
    if (rows.length < readRows) break;
  }
  ask('CLOSE moved');
}

/** A column may be called as something of SQL's, such as "until". */
function quoted(column: string): string {
  return column === 'rowid' ? column : `"${column}"`;
}

function sizeOf(value: SqlValue): number {
  if (value instanceof Uint8Array) return value.byteLength;
  return typeof value === 'string' ? value.length : 8;
}
