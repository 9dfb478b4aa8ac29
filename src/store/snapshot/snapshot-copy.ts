import { openSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { NightglassError } from '../../domain/errors.ts';
import { schemaVersion } from '../migrate.ts';
import { databaseFileName } from '../open-database.ts';
import { sqliteFault } from '../sqlite-fault.ts';
import type { SnapshotCopy } from './snapshot.ts';

/** Of copies that are being made; one that a killed program left is removed by the next. */
const copyPrefix = `${databaseFileName}.snapshot-`;

/** Where this process makes its copy, with those of programs that were killed removed. */
export function placeOfCopy(dataDir: string): string {
  for (const name of readdirSync(dataDir).filter((name) => name.startsWith(copyPrefix))) {
    const pid = Number.parseInt(name.slice(copyPrefix.length), 10);
    if (pid === process.pid || !isRunning(pid)) {
      rmSync(join(dataDir, name), { force: true, recursive: true });
    }
  }
  return join(dataDir, `${copyPrefix}${process.pid}`);
}

/** The process that made a copy may still run. */
function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** Checks a copy and reads what it holds: a backup of what is damaged would be found out when it is needed. */
export function openCopy(file: string): SnapshotCopy {
  const reader = new DatabaseSync(file, { readOnly: true });
  try {
    const pragma = (name: string) =>
      String(Object.values(reader.prepare(`PRAGMA ${name}`).get() ?? {})[0]);
    const verdict = pragma('quick_check(1)');
    if (verdict !== 'ok') throw damagedRecords(file, verdict);
    const tables = reader
      .prepare("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")
      .all()
      .map(({ name }) => String(name))
      .sort();
    const rows = tables.map((table) => {
      const row = reader.prepare(`SELECT count(*) AS count FROM "${table}"`).get();
      return [table, Number(row?.['count'])] as const;
    });
    return {
      schema: schemaVersion(reader),
      auditHead: auditHeadOf(reader),
      rows: Object.fromEntries(rows),
      keyIds: keyIdsOf(reader, tables),
      bytes: Number(pragma('page_count')) * Number(pragma('page_size')),
      // Last: nothing fails after it.
      descriptor: openSync(file, 'r'),
    };
  } finally {
    reader.close();
  }
}

/** Where the audit log of a database ends. */
export function auditHeadOf(reader: DatabaseSync): SnapshotCopy['auditHead'] {
  const known = reader.prepare("SELECT 1 FROM sqlite_schema WHERE name = 'audit_head'").get();
  if (known === undefined) return null;
  const row = reader.prepare('SELECT sequence, hash FROM audit_head').get();
  return row === undefined
    ? null
    : { sequence: Number(row['sequence']), hash: String(row['hash']) };
}

function keyIdsOf(reader: DatabaseSync, tables: readonly string[]): string[] {
  if (!tables.includes('store_encryption')) return [];
  return reader
    .prepare(
      `SELECT key_id FROM store_encryption WHERE key_id IS NOT NULL
       UNION SELECT key_id FROM templates WHERE key_id IS NOT NULL
       UNION SELECT key_id FROM alert_evidence WHERE key_id IS NOT NULL`,
    )
    .all()
    .map((row) => String(row['key_id']));
}

export function damagedRecords(file: string, why: string): NightglassError {
  return new NightglassError('STORE_CORRUPT', `Cannot back up ${file}: it is damaged (${why})`, {
    hint: 'Run "nightglass store repair", or restore an earlier backup.',
  });
}

/** What went wrong while a copy was made, coded. */
export function copyFault(error: unknown, dataDir: string): unknown {
  if (error instanceof NightglassError) return error;
  const why = error instanceof Error ? error.message : String(error);
  if (sqliteFault(error) === 'corrupt') return damagedRecords(join(dataDir, databaseFileName), why);
  return new NightglassError('STORE_UNWRITABLE', `Cannot copy the database in ${dataDir}: ${why}`, {
    hint: 'A backup needs as much free space in the data folder as the database takes, and write permission.',
    cause: error,
  });
}
