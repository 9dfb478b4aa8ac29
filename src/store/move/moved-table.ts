import type { DatabaseSync } from 'node:sqlite';
import type { Ask } from './ask.ts';

/** A table as it is moved. */
export interface MovedTable {
  readonly name: string;
  /** Those that hold a value; what is computed from them is computed anew. */
  readonly columns: readonly string[];
  /** Its primary key: the order in which both databases tell its rows. */
  readonly key: readonly string[];
}

/** Tables that the new database has of its own. */
const own = new Set(['schema_migrations']);

/**
 * The tables of an SQLite database, each after those that it refers to.
 * @param numbered tables whose rows have numbers (`rowid`) that stay
 */
export function movedTables(
  database: DatabaseSync,
  numbered: ReadonlySet<string>,
): readonly MovedTable[] {
  const names = database
    .prepare("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")
    .all()
    .map(({ name }) => String(name))
    .filter((name) => !own.has(name));
  return inOrder(database, names).map((name) => {
    const columns = database.prepare(`PRAGMA table_xinfo(${name})`).all();
    const stored = columns.filter(({ hidden }) => hidden === 0).map((column) => column['name']);
    const key = columns
      .filter(({ pk }) => Number(pk) > 0)
      .sort((one, other) => Number(one['pk']) - Number(other['pk']));
    return {
      name,
      columns: [...stored.map(String), ...(numbered.has(name) ? ['rowid'] : [])],
      key: key.map((column) => String(column['name'])),
    };
  });
}

function inOrder(database: DatabaseSync, names: readonly string[]): readonly string[] {
  const ordered = new Set<string>();
  const visit = (name: string): void => {
    if (ordered.has(name)) return;
    for (const { table } of database.prepare(`PRAGMA foreign_key_list(${name})`).all()) {
      if (table !== name) visit(String(table));
    }
    ordered.add(name);
  };
  for (const name of names) visit(name);
  return [...ordered];
}

/** Tables in which the order of rows that SQLite keeps by itself is a column. */
export function numberedTables(ask: Ask, schema: string): ReadonlySet<string> {
  const found = ask(
    `SELECT table_name AS name FROM information_schema.columns
      WHERE table_schema = $1 AND column_name = 'rowid'`,
    [schema],
  );
  return new Set(found.map(({ name }) => String(name)));
}
