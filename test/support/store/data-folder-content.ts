import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

/** Hashes of all rows of a database, by table, in the order of their first columns. */
export function tableRows(dataDir: string): ReadonlyMap<string, readonly string[]> {
  const database = new DatabaseSync(join(dataDir, 'nightglass.db'), { readOnly: true });
  try {
    const tables = database
      .prepare("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")
      .all()
      .map(({ name }) => String(name))
      // Rewritten at each start, only to find out whether the folder takes writes.
      .filter((name) => name !== 'write_probe');
    return new Map(tables.sort().map((table) => [table, rowsOf(database, table)]));
  } finally {
    database.close();
  }
}

function rowsOf(database: DatabaseSync, table: string): string[] {
  const columns = database.prepare(`PRAGMA table_xinfo("${table}")`).all();
  const order = columns.map((_, at) => at + 1).slice(0, 3);
  const names = columns.map(({ name }) => `"${String(name)}"`).join();
  const rows: string[] = [];
  for (const row of database
    .prepare(`SELECT ${names} FROM "${table}" ORDER BY ${order.join()}`)
    .iterate()) {
    const hash = createHash('sha256');
    for (const value of Object.values(row)) {
      hash.update(value instanceof Uint8Array ? value : String(value)).update('\0');
    }
    rows.push(hash.digest('hex'));
  }
  return rows;
}

/** Hashes of the files of a data folder that are kept with the database, by path. */
export function filesBeside(dataDir: string): ReadonlyMap<string, string> {
  const files = readdirSync(dataDir, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(dataDir.length + 1))
    .filter((path) => !/^nightglass\.(db|lock)/.test(path))
    .sort();
  return new Map(
    files.map((path) => [
      path,
      createHash('sha256')
        .update(readFileSync(join(dataDir, path)))
        .digest('hex'),
    ]),
  );
}
