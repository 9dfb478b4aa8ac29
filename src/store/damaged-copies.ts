import { readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { databaseFileName } from './open-database.ts';

/** `nightglass.db.corrupt-2026-05-31T08-00-00-000Z`, with its journal and the head file beside it. */
const copy = /^(.+\.corrupt-(\d{4}-\d\d-\d\d)T(\d\d)-(\d\d)-(\d\d)-(\d{3})Z)/;

/**
 * Deletes copies of the database that were set aside before a wall time, for they hold people and
 * pictures like any other. Returns their names.
 */
export function purgeDamagedCopies(dataDir: string, before: number): string[] {
  const files = readdirSync(dataDir).filter((name) =>
    name.startsWith(`${databaseFileName}.corrupt-`),
  );
  const old = files.filter((name) => setAsideAt(dataDir, name) < before);
  for (const name of old) rmSync(join(dataDir, name), { force: true });
  return [...new Set(old.map((name) => copy.exec(name)?.[1] ?? name))];
}

function setAsideAt(dataDir: string, name: string): number {
  const [, , day, hour, minute, second, ms] = copy.exec(name) ?? [];
  // One that another version or a person named otherwise: by its last change.
  return day === undefined
    ? statSync(join(dataDir, name)).mtimeMs
    : Date.parse(`${day}T${hour}:${minute}:${second}.${ms}Z`);
}
