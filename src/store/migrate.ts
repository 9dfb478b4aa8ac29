import type { DatabaseSync } from 'node:sqlite';
import { NightglassError } from '../domain/errors.ts';
import { type Migration, migrations as released } from './migrations.ts';

/**
 * Brings the schema up to date, all steps in one transaction.
 * @param before called in that transaction, before the first step, with the number of the schema
 *   that is there; not for an empty database
 * @returns the numbers of the steps that ran
 * @throws NightglassError `ENVIRONMENT` when a newer Nightglass wrote the database
 */
export function migrate(
  database: DatabaseSync,
  now: number,
  migrations: readonly Migration[] = released,
  before?: (present: number) => void,
): number[] {
  const present = schemaVersion(database);
  if (present > migrations.length) {
    throw new NightglassError(
      'ENVIRONMENT',
      `Cannot use the database: its schema is number ${present}, this program knows ${migrations.length}`,
      { hint: 'Run the version of Nightglass that wrote it, or a newer one.' },
    );
  }
  const missing = migrations.slice(present);
  if (missing.length === 0) return [];
  database.exec('BEGIN IMMEDIATE');
  try {
    if (present > 0) before?.(present);
    database.exec(`CREATE TABLE IF NOT EXISTS schema_migrations (
      version INTEGER PRIMARY KEY, name TEXT NOT NULL, applied_at INTEGER NOT NULL) STRICT`);
    const record = database.prepare('INSERT INTO schema_migrations VALUES (?, ?, ?)');
    missing.forEach((migration, index) => {
      database.exec(migration.sql);
      record.run(present + index + 1, migration.name, now);
    });
    database.exec('COMMIT');
  } catch (error) {
    if (database.isTransaction) database.exec('ROLLBACK');
    throw error;
  }
  return missing.map((_, index) => present + index + 1);
}

/** Number of the last migration that ran; 0 for an empty database. */
export function schemaVersion(database: DatabaseSync): number {
  const table = database
    .prepare("SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = 'schema_migrations'")
    .get();
  if (table === undefined) return 0;
  const row = database.prepare('SELECT max(version) AS version FROM schema_migrations').get();
  return Number(row?.['version'] ?? 0);
}
