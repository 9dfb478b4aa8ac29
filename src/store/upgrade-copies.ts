import {
  closeSync,
  copyFileSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  rmSync,
} from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { NightglassError } from '../domain/errors.ts';
import { auditHeadName } from './audit-head-file.ts';

/** Of folders that hold the database as it was before its schema changed. */
export const upgradePrefix = 'before-upgrade-';
const named = /^before-upgrade-\d+-(\d{4}-\d\d-\d\d)T(\d\d)-(\d\d)-(\d\d)-(\d{3})Z$/;
/** Those of the last two upgrades. */
const mostCopies = 2;

/**
 * Copies the database, and the file that holds the end of its audit log, into a folder of their own
 * beside it, from which the version before can go on. Nobody may write meanwhile.
 * @param schema number of the last migration that it has
 * @throws NightglassError `STORE_UNWRITABLE`: then nothing is to be migrated
 */
export function copyBeforeUpgrade(
  file: string,
  dataDir: string,
  schema: number,
  now: number,
): void {
  const time = new Date(now).toISOString().replaceAll(/[:.]/g, '-');
  const folder = join(dataDir, `${upgradePrefix}${schema}-${time}`);
  const copy = join(folder, 'nightglass.db');
  try {
    mkdirSync(folder, { mode: 0o700 });
    // Made here and not by SQLite, so that nobody else may ever read it.
    closeSync(openSync(copy, 'wx', 0o600));
    const reader = new DatabaseSync(file, { readOnly: true });
    try {
      reader.prepare('VACUUM INTO ?').run(copy);
    } finally {
      reader.close();
    }
    const head = join(dataDir, auditHeadName);
    if (existsSync(head)) copyFileSync(head, join(folder, auditHeadName));
    for (const path of [copy, folder, dataDir]) sync(path);
  } catch (cause) {
    rmSync(folder, { recursive: true, force: true });
    throw new NightglassError(
      'STORE_UNWRITABLE',
      `Cannot copy the database before it is upgraded: ${(cause as Error).message}`,
      {
        hint: 'An upgrade needs as much free space in the data folder as the database takes; nothing was changed.',
        cause,
      },
    );
  }
  for (const name of copiesIn(dataDir).slice(mostCopies)) remove(dataDir, name);
}

/** Deletes copies that were made before a wall time. Returns their names. */
export function purgeUpgradeCopies(dataDir: string, before: number): string[] {
  const old = copiesIn(dataDir).filter((name) => madeAt(name) < before);
  for (const name of old) remove(dataDir, name);
  return old;
}

/** The newest first. */
function copiesIn(dataDir: string): string[] {
  return readdirSync(dataDir)
    .filter((name) => named.test(name))
    .sort((one, other) => madeAt(other) - madeAt(one));
}

function madeAt(name: string): number {
  const [, day, hour, minute, second, ms] = named.exec(name) ?? [];
  return Date.parse(`${day}T${hour}:${minute}:${second}.${ms}Z`);
}

function remove(dataDir: string, name: string): void {
  rmSync(join(dataDir, name), { recursive: true, force: true });
}

function sync(path: string): void {
  const handle = openSync(path, 'r');
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}
