import { copyFileSync, existsSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { DatabaseSync, type SQLInputValue } from 'node:sqlite';
import { auditHeadName } from './audit-head-file.ts';
import { damagedMarkName, databaseFileName, openDatabase } from './open-database.ts';

/** Rows that could be read, by table, and tables of which some could not. */
export interface Repaired {
  readonly aside: string;
  readonly rows: Readonly<Record<string, number>>;
  readonly incomplete: readonly string[];
}

/**
 * Puts a backup, or an empty database where there is none, in the place of the present one, which
 * is kept aside. The head of the audit log that lies beside the backup goes with it.
 */
export function restoreDatabase(dataDir: string, backup: string | undefined, now: number): string {
  const aside = setAside(dataDir, now);
  moveIfThere(join(dataDir, auditHeadName), `${aside}-${auditHeadName}`);
  if (backup !== undefined) {
    copyFileSync(backup, join(dataDir, databaseFileName));
    const head = join(dirname(backup), auditHeadName);
    if (existsSync(head)) copyFileSync(head, join(dataDir, auditHeadName));
  }
  rmSync(join(dataDir, damagedMarkName), { force: true });
  openDatabase({ dataDir, now }).close();
  return aside;
}

/** Carries what can be read of the damaged database into a new one; the damaged one is kept aside. */
export function repairDatabase(dataDir: string, now: number): Repaired {
  const aside = setAside(dataDir, now);
  rmSync(join(dataDir, damagedMarkName), { force: true });
  const target = openDatabase({ dataDir, now });
  const rows: Record<string, number> = {};
  const incomplete: string[] = [];
  try {
    const source = new DatabaseSync(aside, { readOnly: true });
    target.exec('PRAGMA foreign_keys = OFF; BEGIN IMMEDIATE;');
    const tables = target
      .prepare("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")
      .all()
      .map(({ name }) => String(name))
      .filter((name) => name !== 'schema_migrations' && name !== 'write_probe');
    for (const table of tables) {
      rows[table] = 0;
      try {
        // Without the generated ones.
        const columns = target.prepare(`PRAGMA table_info(${table})`).all();
        const names = columns.map(({ name }) => String(name)).join();
        const put = target.prepare(
          `INSERT OR IGNORE INTO ${table} (${names}) VALUES (${columns.map(() => '?').join()})`,
        );
        for (const row of source.prepare(`SELECT ${names} FROM ${table}`).iterate()) {
          put.run(...(Object.values(row) as SQLInputValue[]));
          rows[table] = (rows[table] ?? 0) + 1;
        }
      } catch {
        incomplete.push(table);
      }
    }
    target.exec('COMMIT;');
    source.close();
  } catch {
    if (target.isTransaction) target.exec('ROLLBACK;');
    incomplete.push('all');
  } finally {
    target.close();
  }
  return { aside, rows, incomplete };
}

/** Moves the database with its journal to a name of its own, which retention knows. */
function setAside(dataDir: string, now: number): string {
  const file = join(dataDir, databaseFileName);
  const aside = `${file}.corrupt-${new Date(now).toISOString().replaceAll(/[:.]/g, '-')}`;
  for (const part of ['', '-wal', '-shm']) moveIfThere(file + part, aside + part);
  return aside;
}

function moveIfThere(from: string, to: string): void {
  if (existsSync(from)) renameSync(from, to);
}
