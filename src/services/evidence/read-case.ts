import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { type Entry, openPromise, type ZipFile } from 'yauzl';
import { evidenceBounds } from '../../domain/bounds.ts';
import { NightglassError } from '../../domain/errors.ts';
import {
  auditFile,
  type CaseFile,
  manifestFile,
  publicKeyFile,
  signatureFile,
  timestampFile,
  timestampSignatureFile,
} from './case-manifest.ts';

/** What is wrong with a case, and in which of its files; `''` for the archive itself. */
export class Broken extends Error {
  readonly file: string;
  constructor(file: string, why: string) {
    super(why);
    this.file = file;
  }
}

/** Files besides those of the manifest, and the most that one of them may be long. */
const kept = new Map([
  [manifestFile, 4 * 1024 * 1024],
  [signatureFile, 1024],
  [publicKeyFile, 4096],
  [timestampFile, evidenceBounds.timestampBytes],
  [timestampSignatureFile, 1024],
  [auditFile, evidenceBounds.fileBytes],
]);

/** The files of an archive with their hashes, and the few that are read. */
export interface CaseContents {
  readonly files: ReadonlyMap<string, CaseFile>;
  readonly texts: ReadonlyMap<string, Buffer>;
}

/** @throws NightglassError `ARCHIVE_INVALID` for what is no zip archive, `NOT_FOUND`; Broken */
export async function readCase(path: string): Promise<CaseContents> {
  const zip = await openZip(path);
  try {
    return await readAll(zip);
  } finally {
    zip.close();
  }
}

async function openZip(path: string): Promise<ZipFile> {
  try {
    return await openPromise(path, { autoClose: false });
  } catch (cause) {
    const missing = (cause as NodeJS.ErrnoException).code === 'ENOENT';
    throw new NightglassError(
      missing ? 'NOT_FOUND' : 'ARCHIVE_INVALID',
      `Cannot read ${path}: ${missing ? 'there is no such file' : 'it is no whole zip archive'}`,
      { hint: 'Give a file that "nightglass evidence export" wrote.', cause },
    );
  }
}

/** Hashes all files, a piece at a time; the few that are read are kept. */
async function readAll(zip: ZipFile): Promise<CaseContents> {
  const files = new Map<string, CaseFile>();
  const texts = new Map<string, Buffer>();
  if (zip.entryCount > evidenceBounds.files) throw new Broken('', 'it holds too many files');
  let all = 0;
  const entries: Entry[] = [];
  try {
    for await (const entry of zip.eachEntry()) entries.push(entry);
  } catch (cause) {
    throw new Broken('', `its directory is damaged: ${(cause as Error).message}`);
  }
  for (const entry of entries) {
    const path = entry.fileName;
    if (files.has(path)) throw new Broken(path, 'it is there twice');
    all += entry.uncompressedSize;
    const usual = path.endsWith('.mp4') ? evidenceBounds.clipBytes : evidenceBounds.fileBytes;
    const most = kept.get(path) ?? usual;
    if (entry.uncompressedSize > most || all > evidenceBounds.allBytes) {
      throw new Broken(path, 'it is too large');
    }
    const { file, bytes } = await readOne(zip, entry);
    files.set(path, file);
    if (bytes !== undefined) texts.set(path, bytes);
  }
  return { files, texts };
}

async function readOne(zip: ZipFile, entry: Entry): Promise<{ file: CaseFile; bytes?: Buffer }> {
  const path = entry.fileName;
  const hash = createHash('sha256');
  const chunks: Buffer[] = [];
  let sum = 0;
  let length = 0;
  try {
    for await (const piece of await zip.openReadStreamPromise(entry)) {
      const chunk = piece as Buffer;
      hash.update(chunk);
      sum = crc32(chunk, sum);
      length += chunk.byteLength;
      if (kept.has(path)) chunks.push(chunk);
    }
  } catch (cause) {
    throw new Broken(path, `it cannot be unpacked: ${(cause as Error).message}`);
  }
  if (sum !== entry.crc32) throw new Broken(path, 'its check sum is wrong');
  const file = { path, bytes: length, sha256: hash.digest('hex') };
  return kept.has(path) ? { file, bytes: Buffer.concat(chunks) } : { file };
}
