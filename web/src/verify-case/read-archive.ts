import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex } from '@noble/hashes/utils.js';
import {
  BlobReader,
  configure,
  type Entry,
  ZipReader,
} from '@zip.js/zip.js/lib/zip-core-custom.js';
import { Broken } from './broken.ts';

/** A file of a case. */
export interface ReadFile {
  readonly bytes: number;
  readonly sha256: string;
  /** Of the few that are read. */
  readonly content?: Uint8Array;
}

/** As the command has them (`evidenceBounds`). */
const most = { files: 5_000, all: 4 * 2 ** 30, file: 64 * 2 ** 20, clip: 2 ** 30 } as const;

const read = new Set([
  'manifest.json',
  'manifest.sig',
  'public-key.pem',
  'audit.jsonl',
  'case.json',
  'subject.json',
  'timestamp.tst',
  'timestamp.sig',
]);

// The page runs from a file and without network: no worker, and the browser's own inflate.
configure({ useWebWorkers: false });

/**
 * Reads and hashes all files of a zip archive, a piece at a time.
 * @param onProgress told how many bytes of how many were read
 * @throws Broken
 */
export async function readArchive(
  archive: Blob,
  onProgress: (done: number, all: number) => void,
): Promise<ReadonlyMap<string, ReadFile>> {
  const zip = new ZipReader(new BlobReader(archive), {
    checkSignature: true,
    // What other programs could read in another way is no archive of ours.
    strictness: 'strict',
  });
  const entries = await zip.getEntries().catch(() => {
    throw new Broken('', 'noZip');
  });
  if (entries.length > most.files) throw new Broken('', 'tooMany');
  const all = entries.reduce((sum, { uncompressedSize }) => sum + uncompressedSize, 0);
  if (all > most.all) throw new Broken('', 'tooLarge');
  const files = new Map<string, ReadFile>();
  let done = 0;
  for (const entry of entries) {
    const path = entry.filename;
    if (files.has(path)) throw new Broken(path, 'twice');
    const limit = path.endsWith('.mp4') ? most.clip : most.file;
    if (entry.uncompressedSize > limit) throw new Broken(path, 'tooLarge');
    files.set(
      path,
      await readOne(entry, limit, (bytes) => {
        done += bytes;
        onProgress(done, all);
      }),
    );
  }
  await zip.close();
  return files;
}

async function readOne(
  entry: Entry,
  limit: number,
  onBytes: (bytes: number) => void,
): Promise<ReadFile> {
  const path = entry.filename;
  if (entry.directory) throw new Broken(path, 'notListed');
  const hash = sha256.create();
  const pieces: Uint8Array[] = [];
  let bytes = 0;
  const sink = new WritableStream<Uint8Array>({
    write(piece) {
      bytes += piece.length;
      if (bytes > limit) throw new Broken(path, 'tooLarge');
      hash.update(piece);
      if (read.has(path)) pieces.push(piece.slice());
      onBytes(piece.length);
    },
  });
  try {
    await entry.getData(sink);
  } catch (error) {
    throw error instanceof Broken ? error : new Broken(path, 'damaged');
  }
  const file = { bytes, sha256: bytesToHex(hash.digest()) };
  return read.has(path) ? { ...file, content: joined(pieces, bytes) } : file;
}

function joined(pieces: readonly Uint8Array[], bytes: number): Uint8Array {
  const whole = new Uint8Array(bytes);
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
  }
  return whole;
}
