import { existsSync, lstatSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { type FileHandle, mkdir, open, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { pipeline } from 'node:stream/promises';
import type { BackupKeys } from '../../domain/backup.ts';
import { NightglassError } from '../../domain/errors.ts';
import { freeBytes } from '../../store/free-bytes.ts';
import { lockDataFolder } from '../../store/lock-data-folder.ts';
import { migrations } from '../../store/migrations.ts';
import {
  damagedMarkName,
  databaseFileName,
  makeFolder,
  markDamaged,
} from '../../store/open-database.ts';
import type { BackupAbout, BackupManifest } from './backup-manifest.ts';
import { type ReadBackup, readBackup } from './read-backup.ts';

export interface RestoreOrder {
  readonly file: string;
  /** An empty folder, or none yet. */
  readonly dataDir: string;
  readonly keys: BackupKeys;
  /** Public key that the backup must be signed with, PEM. */
  readonly signer?: string | undefined;
  /** A new file for the keys of the store, if the backup holds them; left out where not given. */
  readonly storeKeysFile?: string | undefined;
}

const lockName = 'nightglass.lock';
const pointerName = 'models-in-use.json';

/**
 * Puts a backup into an empty data folder and verifies every byte of it. Until all is there and on
 * the disk the folder bears the mark of a damaged database, so that no program uses half of it; what
 * fails leaves the folder empty. What was there before is never replaced or removed.
 * @throws NightglassError `CONFLICT` (folder not empty, file for the store keys there), `BACKUP_INVALID`, `BACKUP_KEY_WRONG`,
 * `STORE_UNWRITABLE`, `ENVIRONMENT` (of a newer version), `NOT_FOUND`
 */
export async function restoreBackup(order: RestoreOrder): Promise<ReadBackup> {
  const { dataDir, file, keys, signer, storeKeysFile } = order;
  assertEmpty(dataDir);
  if (storeKeysFile !== undefined) assertNew(storeKeysFile);
  const lock = lockDataFolder(dataDir);
  const written: string[] = [];
  try {
    // Another restore may have filled it until the lock was had: what fails below clears the folder.
    assertEmpty(dataDir);
  } catch (error) {
    lock.close();
    throw error;
  }
  try {
    markDamaged(dataDir, Date.now(), 'a restore was not completed');
    const put = async (path: string | null, source: AsyncIterable<Uint8Array>) => {
      const target = path === null ? storeKeysFile : join(dataDir, path);
      if (target === undefined) {
        for await (const _ of source);
        return;
      }
      await mkdir(dirname(target), { recursive: true, mode: 0o700 });
      const handle = await openNew(target);
      // Only now it is known to be of this restore: a failure removes what stands in the list.
      written.push(target);
      await pipeline(source, handle.createWriteStream({ flush: true }));
    };
    const read = await readBackup(
      file,
      keys,
      {
        about: (about) => assertFits(about, dataDir),
        file: (path, _bytes, source) => put(path, source),
      },
      signer,
    );
    assertWhole(join(dataDir, databaseFileName));
    followModels(read.manifest, dataDir);
    await syncFolder(dataDir);
    rmSync(join(dataDir, damagedMarkName));
    await syncFolder(dataDir);
    return read;
  } catch (error) {
    for (const path of written) await rm(path, { force: true });
    clearFolder(dataDir);
    throw asFailure(error, dataDir);
  } finally {
    lock.close();
  }
}

/** @throws NightglassError `CONFLICT` */
function assertEmpty(dataDir: string): void {
  if (!existsSync(dataDir)) return;
  const names = namesIn(dataDir).filter((name) => name !== lockName);
  if (names.length === 0) return;
  throw new NightglassError('CONFLICT', `Cannot restore into ${dataDir}: it is not empty`, {
    hint: 'Give a new folder, then move it to where the old one was; what is there is never replaced.',
  });
}

/** A link that leads nowhere is something too. @throws NightglassError `CONFLICT` */
function assertNew(file: string): void {
  if (lstatSync(file, { throwIfNoEntry: false }) !== undefined) throw isThere(file);
}

/** @throws NightglassError `CONFLICT` where it came in the meantime */
async function openNew(file: string): Promise<FileHandle> {
  try {
    return await open(file, 'wx', 0o600);
  } catch (cause) {
    throw (cause as NodeJS.ErrnoException).code === 'EEXIST' ? isThere(file, cause) : cause;
  }
}

function isThere(file: string, cause?: unknown): NightglassError {
  return new NightglassError('CONFLICT', `Cannot restore ${file}: there is a file already`, {
    hint: 'Give the path of a new file: what is there is never replaced.',
    cause,
  });
}

function namesIn(dataDir: string): string[] {
  try {
    return readdirSync(dataDir);
  } catch (cause) {
    const { message } = cause as Error;
    throw new NightglassError('STORE_UNWRITABLE', `Cannot use ${dataDir}: ${message}`, { cause });
  }
}

/** Before the first byte is written. @throws NightglassError `ENVIRONMENT`, `STORE_UNWRITABLE` */
function assertFits({ schema, version, bytes }: BackupAbout, dataDir: string): void {
  if (schema > migrations.length) {
    throw new NightglassError(
      'ENVIRONMENT',
      `Cannot restore the backup: version ${version} made it, with schema ${schema}; this program knows ${migrations.length}`,
      { hint: 'Restore it with the version of Nightglass that made it, or a newer one.' },
    );
  }
  const free = freeBytes(dataDir);
  if (free === undefined || free >= bytes) return;
  throw new NightglassError(
    'STORE_UNWRITABLE',
    `Cannot restore into ${dataDir}: the backup holds ${bytes} bytes, its disk has ${free} left`,
    { hint: 'Give a folder on a disk with more free space.' },
  );
}

/** @throws NightglassError `BACKUP_INVALID` */
function assertWhole(file: string): void {
  let verdict = 'it is missing';
  if (existsSync(file)) {
    const database = new DatabaseSync(file, { readOnly: true });
    try {
      verdict = String(Object.values(database.prepare('PRAGMA quick_check(1)').get() ?? {})[0]);
    } catch (error) {
      verdict = (error as Error).message;
    } finally {
      database.close();
    }
  }
  if (verdict === 'ok') return;
  throw new NightglassError('BACKUP_INVALID', `Cannot use the database of the backup: ${verdict}`, {
    hint: 'Restore an earlier backup.',
  });
}

/** Models that were pulled into the data folder are found in the new one. */
function followModels({ dataDir: before }: BackupManifest, dataDir: string): void {
  const file = join(dataDir, pointerName);
  if (before === dataDir || !existsSync(file)) return;
  const moved = (path: unknown) =>
    typeof path === 'string' && path.startsWith(`${before}/`)
      ? join(dataDir, path.slice(before.length + 1))
      : path;
  let pointer: { manifest: unknown; known: readonly unknown[] };
  try {
    pointer = JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    // As it was: the program says what is wrong with it.
    return;
  }
  const next = { manifest: moved(pointer.manifest), known: pointer.known.map(moved) };
  writeFileSync(file, `${JSON.stringify(next, undefined, 1)}\n`, { mode: 0o600, flush: true });
}

/** The folder was empty: all that is in it came from here. */
function clearFolder(dataDir: string): void {
  for (const name of readdirSync(dataDir)) {
    if (name !== lockName) rmSync(join(dataDir, name), { recursive: true, force: true });
  }
}

async function syncFolder(folder: string): Promise<void> {
  makeFolder(folder);
  const handle = await open(folder);
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

function asFailure(error: unknown, dataDir: string): unknown {
  const { code } = error as NodeJS.ErrnoException;
  if (error instanceof NightglassError || typeof code !== 'string') return error;
  const why = code === 'ENOSPC' ? 'its disk is full' : (error as Error).message;
  return new NightglassError('STORE_UNWRITABLE', `Cannot restore into ${dataDir}: ${why}`, {
    hint: 'Give the folder free space and write permission.',
    cause: error,
  });
}
