import { createHash } from 'node:crypto';
import { close, createReadStream, createWriteStream } from 'node:fs';
import { link, lstat, open, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { type Pack, pack as packTar } from 'tar-stream';
import type { BackupLock, BackupResult, KeyChoice } from '../../domain/backup.ts';
import { NightglassError } from '../../domain/errors.ts';
import { type EvidenceKey, evidenceKeyIn } from '../../store/evidence-key.ts';
import { databaseFileName } from '../../store/open-database.ts';
import { takePostgresSnapshot } from '../../store/snapshot/postgres-snapshot.ts';
import type { SnapshotCopy } from '../../store/snapshot/snapshot.ts';
import { takeSqliteSnapshot } from '../../store/snapshot/sqlite-snapshot.ts';
import { sealHeader } from './age-header.ts';
import { encryptPayload } from './age-payload.ts';
import {
  aboutEntry,
  type BackupAbout,
  type BackupFile,
  type BackupManifest,
  dataEntries,
  manifestEntry,
  publicKeyEntry,
  signatureEntry,
  storeKeysEntry,
} from './backup-manifest.ts';
import { type FolderFile, readDataFolder } from './data-folder-files.ts';

export interface BackupOrder {
  readonly dataDir: string;
  /** Address of the records in PostgreSQL, with its login; undefined where they are in the folder. */
  readonly storeUrl?: string | undefined;
  /** Where; never over another file. */
  readonly file: string;
  readonly lock: BackupLock;
  readonly keys: KeyChoice;
  /** The keys of the store as they stand in their file; needed for the choice `all`. */
  readonly storeKeys?: string | undefined;
  readonly version: string;
}

/**
 * Writes the data folder as it stands at one moment into one file: a tar archive, encrypted by the
 * age format, whose list of contents is signed. Other programs go on meanwhile. The file has its
 * name only once it is complete and on the disk.
 * @throws NightglassError `BACKUP_FAILED`, `CONFLICT`, `NOT_FOUND`, `USAGE`, `STORE_*`
 */
export async function writeBackup(order: BackupOrder): Promise<BackupResult> {
  const part = `${order.file}.part`;
  await reserve(order.file, part);
  try {
    // Made where there is none yet, so that it is part of this backup.
    const key = evidenceKeyIn(order.dataDir);
    const { bytes: header, fileKey } = await sealHeader(order.lock);
    const folder: FolderFile[] = [];
    let at = 0;
    using snapshot = takeSnapshot(order, () => {
      at = Date.now();
      folder.push(...readDataFolder(order.dataDir, order.keys !== 'none'));
    });
    const database = await snapshot.copy();
    const about = aboutOf(order, database, folder, new Date(at));
    const tar = packTar();
    const contents = { order, key, about, folder, database };
    const { descriptor } = database;
    const packing = packAll(tar, contents).finally(() => close(descriptor, () => undefined));
    // Where the archive cannot be written, both fail: the reason is in the second.
    const [packed, written] = await Promise.allSettled([
      packing,
      pipeline(
        withHeader(header, encryptPayload(fileKey, tar as AsyncIterable<Uint8Array>)),
        createWriteStream(part, { flags: 'r+', flush: true }),
      ),
    ]);
    if (written.status === 'rejected') throw written.reason;
    if (packed.status === 'rejected') throw packed.reason;
    await publish(part, order.file);
    await syncFolder(dirname(order.file));
    const bytes = await sizeOf(order.file);
    const { rows, files, signer, createdAt } = packed.value;
    return {
      ...{ file: order.file, bytes, createdAt, signer },
      ...{ files: files.length, alerts: rows['alerts'] ?? 0 },
    };
  } catch (error) {
    await rm(part, { force: true });
    throw asFailure(error, order.file);
  }
}

function takeSnapshot({ dataDir, storeUrl }: BackupOrder, beside: () => void) {
  return storeUrl === undefined
    ? takeSqliteSnapshot(dataDir, beside)
    : takePostgresSnapshot(dataDir, storeUrl, beside);
}

interface Contents {
  readonly order: BackupOrder;
  readonly key: EvidenceKey;
  readonly about: BackupAbout;
  readonly folder: readonly FolderFile[];
  readonly database: SnapshotCopy;
}

/** Everything, one after the other; the list and what vouches for it last. */
async function packAll(tar: Pack, contents: Contents): Promise<BackupManifest> {
  const { order, key, about, folder, database } = contents;
  try {
    const files: BackupFile[] = [];
    const put = async (path: string, bytes: number, source: AsyncIterable<Uint8Array>) => {
      files.push({ path, bytes, sha256: await packFile(tar, path, bytes, source) });
    };
    const putText = (path: string, text: string | Uint8Array) => {
      const bytes = Buffer.from(text);
      return put(path, bytes.length, Readable.from([bytes]));
    };
    await putText(aboutEntry, `${JSON.stringify(about, undefined, 1)}\n`);
    const copy = createReadStream('', { fd: database.descriptor, autoClose: false, start: 0 });
    await put(`${dataEntries}${databaseFileName}`, database.bytes, copy);
    for (const { path, bytes, content } of folder) {
      const source = content
        ? Readable.from([content])
        : createReadStream(join(order.dataDir, path));
      await put(`${dataEntries}${path}`, bytes, source);
    }
    if (order.keys === 'all' && order.storeKeys !== undefined) {
      await putText(storeKeysEntry, order.storeKeys);
    }
    const { auditHead, rows } = database;
    const manifest = { ...about, auditHead, rows, signer: key.fingerprint, files: [...files] };
    const text = Buffer.from(`${JSON.stringify(manifest, undefined, 1)}\n`);
    await putText(manifestEntry, text);
    await putText(signatureEntry, Buffer.from(key.sign(text)).toString('base64'));
    await putText(publicKeyEntry, key.publicPem);
    tar.finalize();
    return manifest;
  } catch (error) {
    // Ends the other side too.
    tar.destroy(error as Error);
    throw error;
  }
}

/** Adds a file of known length and returns its SHA-256. */
async function packFile(
  tar: Pack,
  name: string,
  size: number,
  source: AsyncIterable<Uint8Array>,
): Promise<string> {
  const hash = createHash('sha256');
  const entry = tar.entry({ name, size, mode: 0o600, mtime: new Date(0) });
  async function* hashed() {
    for await (const chunk of source) {
      hash.update(chunk);
      yield chunk;
    }
  }
  await pipeline(hashed(), entry);
  return hash.digest('hex');
}

async function* withHeader(header: Buffer, rest: AsyncIterable<Buffer>) {
  yield header;
  yield* rest;
}

function aboutOf(
  { dataDir, keys, storeUrl, version }: BackupOrder,
  database: SnapshotCopy,
  folder: readonly FolderFile[],
  at: Date,
): BackupAbout {
  return {
    ...{ format: 'nightglass-backup/1', version, createdAt: at.toISOString() },
    ...{ schema: database.schema, dataDir, keys, storeKeyIds: [...database.keyIds] },
    records: storeUrl === undefined ? 'sqlite' : 'postgresql',
    bytes: folder.reduce((sum, { bytes }) => sum + bytes, database.bytes),
  };
}

/** Gives the whole backup its name; a file that came in the meantime stays. */
async function publish(part: string, file: string): Promise<void> {
  try {
    // Unlike a rename, never over another file.
    await link(part, file);
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'EEXIST') throw isThere(file, cause);
    // A file system without hard links.
    const other = await lstat(file).catch(() => undefined);
    if (other !== undefined) throw isThere(file, cause);
    await rename(part, file);
    return;
  }
  await rm(part);
}

/** Takes the place of the file before anything is read. */
async function reserve(file: string, part: string): Promise<void> {
  try {
    await (await open(file, 'wx', 0o600)).close();
    await rm(file);
    // What a killed backup left.
    await rm(part, { force: true });
    await (await open(part, 'wx', 0o600)).close();
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'EEXIST') throw isThere(file, cause);
    throw asFailure(cause, file);
  }
}

function isThere(file: string, cause: unknown): NightglassError {
  return new NightglassError('CONFLICT', `Cannot write ${file}: there is a file already`, {
    hint: 'Give another name: a backup is never written over another file.',
    cause,
  });
}

function asFailure(error: unknown, file: string): unknown {
  const { code } = error as NodeJS.ErrnoException;
  if (error instanceof NightglassError || typeof code !== 'string') return error;
  const why = code === 'ENOSPC' ? 'its disk is full' : `${code}, ${(error as Error).message}`;
  return new NightglassError('BACKUP_FAILED', `Cannot write the backup ${file}: ${why}`, {
    hint: 'Check the folder, who may write to it, and its free space.',
    cause: error,
  });
}

async function sizeOf(file: string): Promise<number> {
  const handle = await open(file);
  try {
    return (await handle.stat()).size;
  } finally {
    await handle.close();
  }
}

async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder);
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
