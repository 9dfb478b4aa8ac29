import { copyFileSync, existsSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { auditHeadName } from '../audit-head-file.ts';
import { databaseFileName } from '../open-database.ts';

/** Of folders that hold the database as it was before its records were moved. */
export const movedPrefix = 'before-move-';
const named = /^before-move-(\d{4}-\d\d-\d\d)T(\d\d)-(\d\d)-(\d\d)-(\d{3})Z$/;

/**
 * Puts the SQLite database of a data folder, and the file that holds the end of its audit log, into a
 * folder of their own beside it, from which one could go back.
 * @param now wall time, milliseconds
 * @returns path of the database there
 */
export function setMovedAside(dataDir: string, now: number): string {
  const time = new Date(now).toISOString().replaceAll(/[:.]/g, '-');
  const folder = join(dataDir, `${movedPrefix}${time}`);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const head = join(dataDir, auditHeadName);
  // It stays where it is as well: the log goes on.
  if (existsSync(head)) copyFileSync(head, join(folder, auditHeadName));
  const aside = join(folder, databaseFileName);
  for (const part of ['-wal', '-shm', '']) {
    const file = join(dataDir, databaseFileName + part);
    if (existsSync(file)) renameSync(file, aside + part);
  }
  return aside;
}

/** Deletes databases that were set aside before a wall time. Returns the names of their folders. */
export function purgeMovedCopies(dataDir: string, before: number): string[] {
  const old = readdirSync(dataDir).filter((name) => madeAt(name) < before);
  for (const name of old) rmSync(join(dataDir, name), { recursive: true, force: true });
  return old;
}

/** NaN, which is before nothing, for what is no such folder. */
function madeAt(name: string): number {
  const [, day, hour, minute, second, ms] = named.exec(name) ?? [];
  return Date.parse(`${day}T${hour}:${minute}:${second}.${ms}Z`);
}
