import { createHash } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

/** Written whatever becomes of a request: what was tried, and whether the folder takes writes. */
const beside = /^(audit|write_probe|sqlite_)/;

/**
 * All that a data folder holds but the record of what was tried: for each table
 * the number of rows and a hash of them, and the names of the files.
 */
export function databaseState(dataDir: string): Readonly<Record<string, string>> {
  const database = new DatabaseSync(join(dataDir, 'nightglass.db'), { readOnly: true });
  try {
    const tables = database
      .prepare("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name")
      .all()
      .map(({ name }) => String(name))
      .filter((name) => !beside.test(name));
    const state = tables.map((table) => {
      const rows = database.prepare(`SELECT * FROM "${table}" ORDER BY 1, 2`).all();
      const hash = createHash('sha256');
      for (const row of rows) {
        for (const value of Object.values(row)) {
          hash.update(value instanceof Uint8Array ? value : String(value)).update('\0');
        }
      }
      return [table, `${rows.length} rows ${hash.digest('hex').slice(0, 16)}`];
    });
    const files = readdirSync(dataDir, { recursive: true }).map(String).sort();
    return { ...Object.fromEntries(state), files: files.join(' ') };
  } finally {
    database.close();
  }
}
