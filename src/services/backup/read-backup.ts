import { createHash, createPublicKey, type KeyObject, verify } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { extract as extractTar } from 'tar-stream';
import type { BackupKeys } from '../../domain/backup.ts';
import { backupBounds } from '../../domain/bounds.ts';
import { NightglassError } from '../../domain/errors.ts';
import { fingerprintOf } from '../../store/evidence-key.ts';
import { longestHeader, openHeader } from './age-header.ts';
import { decryptPayload } from './age-payload.ts';
import {
  aboutEntry,
  type BackupAbout,
  type BackupManifest,
  backupAbout,
  backupManifest,
  dataEntries,
  manifestEntry,
  publicKeyEntry,
  signatureEntry,
  storeKeysEntry,
} from './backup-manifest.ts';

/** What becomes of the files; called in the order of the archive. */
export interface BackupSink {
  /** Once, before all files. */
  about(about: BackupAbout): void;
  /** A file of the data folder, `path` relative to it, or the keys of the store where it is null. */
  file(path: string | null, bytes: number, source: AsyncIterable<Uint8Array>): Promise<void>;
}

/** A sound backup. */
export interface ReadBackup {
  readonly manifest: BackupManifest;
  /** True where it is signed with the key that was asked for. */
  readonly signerKnown: boolean;
}

/**
 * Reads a backup from its first to its last byte: all of it is authentic, complete and signed once
 * this returns, and not before.
 * @param signer public key that it must be signed with, PEM; its own where left out
 * @throws NightglassError `BACKUP_INVALID`, `BACKUP_KEY_WRONG`, `NOT_FOUND`; errors of the sink
 */
export async function readBackup(
  file: string,
  keys: BackupKeys,
  sink: BackupSink,
  signer?: string,
): Promise<ReadBackup> {
  const { bytes, length } = await headerOf(file);
  const fileKey = await openHeader(bytes, keys);
  const extract = extractTar();
  const contents = new Contents(sink);
  const feeding = pipeline(
    decryptPayload(fileKey, createReadStream(file, { start: length, highWaterMark: 1 << 20 })),
    extract,
  );
  const reading = (async () => {
    try {
      for await (const entry of extract) {
        const { name, size = 0, type } = entry.header;
        if (type !== 'file') throw invalid(`it holds ${name}, which is no file`);
        await contents.take(name, size, entry as AsyncIterable<Uint8Array>);
      }
    } catch (error) {
      extract.destroy(error as Error);
      throw error;
    }
  })();
  const [fed, read] = await Promise.allSettled([feeding, reading]);
  // Each ends the other: what is coded is the reason.
  const failures = [fed, read].flatMap((end) => (end.status === 'rejected' ? [end.reason] : []));
  const reason = failures.find((error) => error instanceof NightglassError) ?? failures[0];
  if (reason instanceof NightglassError || isOfSystem(reason)) throw reason;
  if (reason !== undefined)
    throw invalid(reason instanceof Error ? reason.message : String(reason));
  return contents.verified(signer);
}

/** What was read so far, and whether it is as the list at its end says. */
class Contents {
  readonly #sink: BackupSink;
  readonly #files: { path: string; bytes: number; sha256: string }[] = [];
  readonly #last = new Map<string, Buffer>();
  #about: BackupAbout | undefined;

  constructor(sink: BackupSink) {
    this.#sink = sink;
  }

  async take(path: string, bytes: number, source: AsyncIterable<Uint8Array>): Promise<void> {
    if (this.#files.length > backupBounds.files + 10) throw invalid('it holds too many files');
    const hash = createHash('sha256');
    async function* hashed() {
      for await (const chunk of source) {
        hash.update(chunk);
        yield chunk;
      }
    }
    if (this.#about === undefined) {
      if (path !== aboutEntry) throw invalid('it does not begin with what it is');
      this.#about = parsed(backupAbout, await textOf(hashed(), bytes), path);
      this.#sink.about(this.#about);
    } else if (path.startsWith(dataEntries)) {
      await this.#sink.file(safePath(path.slice(dataEntries.length)), bytes, hashed());
    } else if (path === storeKeysEntry) {
      await this.#sink.file(null, bytes, hashed());
    } else {
      this.#last.set(path, await textOf(hashed(), bytes));
      return;
    }
    this.#files.push({ path, bytes, sha256: hash.digest('hex') });
  }

  verified(signer: string | undefined): ReadBackup {
    const text = this.#last.get(manifestEntry);
    const pem = this.#last.get(publicKeyEntry);
    const signature = this.#last.get(signatureEntry);
    if (!text || !pem || !signature) throw invalid('the list of its contents is missing');
    const manifest = parsed(backupManifest, text, manifestEntry);
    const key = publicKey(signer ?? pem.toString());
    if (!verify(null, text, key, Buffer.from(signature.toString(), 'base64'))) {
      throw invalid('its signature is not of the key that it must be signed with');
    }
    if (fingerprintOf(key) !== manifest.signer) throw invalid('another key signed it than it says');
    if (JSON.stringify(manifest.files) !== JSON.stringify(this.#files)) {
      throw invalid('its files are not those of its list');
    }
    return { manifest, signerKnown: signer !== undefined };
  }
}

/** The header, however the payload goes on, and where that begins. */
async function headerOf(file: string): Promise<{ bytes: Buffer; length: number }> {
  const handle = await open(file).catch((cause: unknown) => {
    throw new NightglassError('NOT_FOUND', `Cannot read ${file}: ${(cause as Error).message}`);
  });
  try {
    const buffer = Buffer.alloc(longestHeader);
    const { bytesRead } = await handle.read(buffer, 0, buffer.length, 0);
    const start = buffer.subarray(0, bytesRead);
    const last = start.indexOf('\n--- ');
    const end = last === -1 ? -1 : start.indexOf('\n', last + 1);
    if (!start.toString('latin1', 0, 19).startsWith('age-encryption.org/') || end === -1) {
      throw invalid('it does not begin as one');
    }
    return { bytes: start.subarray(0, end + 1), length: end + 1 };
  } catch (error) {
    if (error instanceof NightglassError) throw error;
    throw new NightglassError('NOT_FOUND', `Cannot read ${file}: ${(error as Error).message}`);
  } finally {
    await handle.close();
  }
}

async function textOf(source: AsyncIterable<Uint8Array>, bytes: number): Promise<Buffer> {
  if (bytes > backupBounds.manifestBytes) throw invalid('the list of its contents is too long');
  const parts: Uint8Array[] = [];
  for await (const part of source) parts.push(part);
  return Buffer.concat(parts);
}

/** A path within the data folder. The archive is authentic, and yet who made it may err or mean harm. */
function safePath(path: string): string {
  const parts = path.split('/');
  const bad = parts.some((part) => part === '' || part === '.' || part === '..');
  if (bad || path.includes('\\') || path.includes('\0')) {
    throw invalid('it names a file outside the data folder');
  }
  return path;
}

function parsed<T>(
  schema: { safeParse(value: unknown): { success: boolean; data?: T } },
  text: Buffer,
  name: string,
): T {
  let value: unknown;
  try {
    value = JSON.parse(text.toString());
  } catch {
    throw invalid(`${name} is no JSON`);
  }
  const { data } = schema.safeParse(value);
  if (data === undefined) throw invalid(`${name} is not of a form that this version reads`);
  return data;
}

function publicKey(pem: string): KeyObject {
  try {
    return createPublicKey(pem);
  } catch {
    throw invalid('the public key to verify it with is none');
  }
}

function isOfSystem(error: unknown): boolean {
  return error instanceof Error && 'syscall' in error;
}

function invalid(why: string): NightglassError {
  return new NightglassError('BACKUP_INVALID', `Cannot read the backup: ${why}`, {
    hint: 'Take another copy of it, or an earlier backup.',
  });
}
