import type { DatabaseSync } from 'node:sqlite';
import type { Ask } from './copy-table.ts';

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
