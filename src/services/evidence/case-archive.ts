import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { ZipFile } from 'yazl';
import type { CaseFile } from './case-manifest.ts';

/** A picture or clip of a case, read again when its turn comes: a case is larger than memory may be. */
export interface CaseEntry {
  readonly file: CaseFile;
  read(): AsyncIterable<Uint8Array>;
}

/**
 * The archive, as it is made. Nothing is read before somebody takes the bytes: a failure would have
 * nobody to hear of it. Fails where an entry is not any more what its hash says.
 */
export async function* archiveCase(
  texts: ReadonlyMap<string, Buffer>,
  entries: readonly CaseEntry[],
  mtime: Date,
): AsyncIterable<Uint8Array> {
  const zip = new ZipFile();
  const output = zip.outputStream as Readable;
  zip.on('error', (error: Error) => output.destroy(error));
  for (const [path, bytes] of texts) zip.addBuffer(bytes, path, { mtime });
  for (const entry of entries) {
    // JPEG and MP4 do not get smaller.
    zip.addReadStreamLazy(entry.file.path, { compress: false, mtime }, (answer) => {
      const content = Readable.from(asSigned(entry), { objectMode: false });
      content.on('error', (error) => zip.emit('error', error));
      answer(null, content);
    });
  }
  zip.end();
  yield* output;
}

/** What is sent is what was signed: the last piece waits for the hash. */
async function* asSigned({ file, read }: CaseEntry): AsyncGenerator<Uint8Array> {
  const hash = createHash('sha256');
  let held: Uint8Array | undefined;
  for await (const piece of read()) {
    if (held !== undefined) yield held;
    hash.update(piece);
    held = piece;
  }
  if (held === undefined || hash.digest('hex') !== file.sha256) {
    throw new Error(`The file ${file.path} has changed while it was exported`);
  }
  yield held;
}
