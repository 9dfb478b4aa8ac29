import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join, sep } from 'node:path';
import { backupBounds } from '../../domain/bounds.ts';
import { NightglassError } from '../../domain/errors.ts';
import { elsewhereMarkName } from '../../store/elsewhere-mark.ts';
import { movedPrefix } from '../../store/move/moved-copies.ts';
import { databaseFileName } from '../../store/open-database.ts';
import { upgradePrefix } from '../../store/upgrade-copies.ts';

/** A file of the data folder beside the database. */
export interface FolderFile {
  /** Relative to the folder, with `/`. */
  readonly path: string;
  readonly bytes: number;
  /** As it was at the moment of the snapshot; undefined for a large one, which is read later. */
  readonly content: Buffer | undefined;
}

/** Names of files that hold a key. */
const key = /\.(key|pem|keys)$/;

/** True for what a backup without keys leaves out. */
export function isKeyFile(path: string): boolean {
  return key.test(path);
}

/**
 * The files that belong to a data folder; the small ones with what they hold. Not the database, its
 * journal and copies, what is being written, and what names a file that lies elsewhere.
 * @throws NightglassError `BACKUP_FAILED` for more than can belong to it
 */
export function readDataFolder(dataDir: string, withKeys: boolean): FolderFile[] {
  const files: FolderFile[] = [];
  let held = 0;
  for (const entry of readdirSync(dataDir, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name)
      .slice(dataDir.length + 1)
      .replaceAll(sep, '/');
    if (!entry.isFile() || isPassing(path) || (isKeyFile(path) && !withKeys)) continue;
    const { size } = statSync(join(dataDir, path));
    const small = size <= backupBounds.momentFileBytes;
    if (small) held += size;
    if (files.length >= backupBounds.files || held > backupBounds.momentBytes)
      throw tooMuch(dataDir);
    const content = small ? readFileSync(join(dataDir, path)) : undefined;
    files.push({ path, bytes: content?.length ?? size, content });
  }
  return files.sort((one, other) => (one.path < other.path ? -1 : 1));
}

function isPassing(path: string): boolean {
  return (
    path === databaseFileName ||
    // Journal, copies, marks.
    path.startsWith(`${databaseFileName}-`) ||
    path.startsWith(`${databaseFileName}.`) ||
    path.startsWith(upgradePrefix) ||
    path.startsWith(movedPrefix) ||
    // A backup holds the records, wherever they were.
    path === elsewhereMarkName ||
    // What libraries leave in a home, where that is the data folder.
    path.startsWith('.') ||
    path === 'nightglass.lock' ||
    path.startsWith('nightglass.lock-') ||
    path.endsWith('.new') ||
    path.endsWith('.part')
  );
}

function tooMuch(dataDir: string): NightglassError {
  return new NightglassError(
    'BACKUP_FAILED',
    `Cannot back up ${dataDir}: it holds more than ${backupBounds.files} files, or more than ${backupBounds.momentBytes} bytes in small ones`,
    { hint: 'Move what does not belong to Nightglass out of the data folder.' },
  );
}
