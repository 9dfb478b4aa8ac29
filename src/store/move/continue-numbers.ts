import type { DatabaseSync } from 'node:sqlite';
import type { Ask } from './ask.ts';

/**
 * Lets the numbers that the new database gives to rows follow those that the old one gave, also to
 * rows that are gone: who remembers a number must never meet another row under it.
 */
export function continueNumbers(source: DatabaseSync, ask: Ask, schema: string): void {
  const given = new Map(
    source
      .prepare('SELECT name, seq FROM sqlite_sequence')
      .all()
      .map(({ name, seq }) => [String(name), Number(seq)]),
  );
  const columns = ask(
    `SELECT table_name AS "table", column_name AS "column" FROM information_schema.columns
      WHERE table_schema = $1 AND is_identity = 'YES'`,
    [schema],
  );
  for (const row of columns) {
    const [table, column] = [String(row['table']), String(row['column'])];
    const [last] = ask(`SELECT coalesce(max(${column}), 0) AS last FROM ${table}`, []);
    const highest = Math.max(Number(last?.['last'] ?? 0), given.get(table) ?? 0);
    if (highest === 0) continue;
    ask('SELECT setval(pg_get_serial_sequence($1, $2), $3)', [
      `"${schema}".${table}`,
      column,
      highest,
    ]);
  }
}

/** The other way: numbers in SQLite follow those that PostgreSQL gave. */
export function continueNumbersInSqlite(ask: Ask, target: DatabaseSync, schema: string): void {
  const counting = new Set(
    target
      .prepare("SELECT name FROM sqlite_schema WHERE type = 'table' AND sql LIKE '%AUTOINCREMENT%'")
      .all()
      .map(({ name }) => String(name)),
  );
  const given = ask(
    `SELECT table_name AS "table", pg_sequence_last_value(
        pg_get_serial_sequence(format('%I.%I', table_schema, table_name), column_name)::regclass
      ) AS last
      FROM information_schema.columns WHERE table_schema = $1 AND is_identity = 'YES'`,
    [schema],
  );
  for (const row of given) {
    const table = String(row['table']);
    if (!counting.has(table) || row['last'] === null) continue;
    const known = target.prepare('SELECT seq FROM sqlite_sequence WHERE name = ?').get(table);
    const last = Math.max(Number(row['last']), Number(known?.['seq'] ?? 0));
    target.prepare('DELETE FROM sqlite_sequence WHERE name = ?').run(table);
    target.prepare('INSERT INTO sqlite_sequence (name, seq) VALUES (?, ?)').run(table, last);
  }
}
