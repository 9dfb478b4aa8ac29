import { crc32 } from 'node:zlib';
import { type Entry, fromBufferPromise, type ZipFile } from 'yauzl';
import { NightglassError } from '../../../domain/errors.ts';
import { type ArchivedList, archivedList, listFileName } from './archived-list.ts';

/** Bounds of an archive: it comes from outside, and a small one can claim to hold anything. */
export interface ArchiveLimits {
  /** Files in it, folders and those that are skipped included. */
  readonly maxEntries: number;
  /** Largest picture, bytes. */
  readonly maxImageBytes: number;
  /** All pictures unpacked, bytes. */
  readonly maxUnpackedBytes: number;
}

export const archiveLimits: ArchiveLimits = {
  maxEntries: 20_000,
  maxImageBytes: 16 * 1024 * 1024,
  maxUnpackedBytes: 2 * 1024 * 1024 * 1024,
};

/** A picture of an archive, not yet unpacked. */
export interface ArchivedImage {
  /** The folder that it lies in names the person. */
  readonly person: string;
  readonly note: string;
  readonly file: string;
  /** @throws NightglassError `ARCHIVE_INVALID` for damaged data */
  read(): Promise<Uint8Array>;
}

/** A file that is not taken in, and why. */
export interface SkippedEntry {
  readonly person: string;
  readonly file: string;
  readonly code: 'BAD_REQUEST' | 'IMAGE_TOO_LARGE' | 'ARCHIVE_INVALID';
  readonly message: string;
}

export interface OpenArchive {
  /** By person, then by name. */
  readonly images: readonly ArchivedImage[];
  readonly skipped: readonly SkippedEntry[];
}

const picture = /\.(jpe?g|png|webp|bmp)$/i;
/** What operating systems leave in folders and archives. */
const clutter = /(^|\/)(__MACOSX\/|\.|Thumbs\.db$|desktop\.ini$)/i;
const maxListBytes = 16 * 1024 * 1024;

/**
 * Reads the directory of a zip archive of pictures in folders named by person,
 * such as `writeArchive` makes. Nothing is unpacked yet.
 * @throws NightglassError `ARCHIVE_INVALID` for no zip archive, and one with a path that climbs
 * out or more in it than allowed: nothing of such is taken in
 */
export async function openArchive(
  bytes: Uint8Array,
  limits: ArchiveLimits = archiveLimits,
): Promise<OpenArchive> {
  const zip = await openZip(bytes);
  const entries = await entriesOf(zip, limits);
  const list = await listOf(zip, entries);
  const images: ArchivedImage[] = [];
  const skipped: SkippedEntry[] = [];
  let unpacked = 0;
  for (const { entry, path } of entries) {
    const parts = path.split('/');
    const file = parts.pop() ?? '';
    const folder = parts.pop() ?? '';
    if (file === '' || path === listFileName || clutter.test(path)) continue;
    const { name: person, note } = list.get(folder) ?? { name: folder, note: '' };
    const refuse = (code: SkippedEntry['code'], why: string): void => {
      skipped.push({ person, file, code, message: `Cannot take ${file}: ${why}` });
    };
    if (!picture.test(file)) refuse('BAD_REQUEST', 'it is no JPEG, PNG, WebP or BMP file');
    else if (person === '') refuse('BAD_REQUEST', 'it lies in no folder that names a person');
    else if (!entry.canDecodeFileData())
      refuse('ARCHIVE_INVALID', 'it is encrypted or packed in an unknown way');
    else if (entry.uncompressedSize > limits.maxImageBytes)
      refuse('IMAGE_TOO_LARGE', `it is over ${limits.maxImageBytes / 1024 / 1024} MiB`);
    else {
      unpacked += entry.uncompressedSize;
      images.push({ person, note, file, read: () => unpack(zip, entry, file) });
    }
  }
  if (unpacked > limits.maxUnpackedBytes) {
    throw invalid(`it holds over ${Math.round(limits.maxUnpackedBytes / 1024 / 1024)} MiB`);
  }
  const order = (a: ArchivedImage, b: ArchivedImage) =>
    compare(a.person, b.person) || compare(a.file, b.file);
  return { images: images.sort(order), skipped };
}

interface NamedEntry {
  readonly entry: Entry;
  readonly path: string;
}

async function openZip(bytes: Uint8Array): Promise<ZipFile> {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  try {
    return await fromBufferPromise(buffer, { autoClose: false });
  } catch (cause) {
    throw invalid('it is no whole zip archive', cause);
  }
}

/** All entries; yauzl reads backslashes as slashes and refuses absolute paths, drive letters and `..`. */
async function entriesOf(zip: ZipFile, limits: ArchiveLimits): Promise<NamedEntry[]> {
  if (zip.entryCount > limits.maxEntries) throw invalid(`it holds over ${limits.maxEntries} files`);
  const entries: NamedEntry[] = [];
  try {
    for await (const entry of zip.eachEntry()) entries.push({ entry, path: pathOf(entry) });
  } catch (cause) {
    throw invalid(cause instanceof Error ? cause.message : 'its directory is damaged', cause);
  }
  return entries;
}

/** Many programs write UTF-8 without saying so; then yauzl has read it as another alphabet. */
function pathOf(entry: Entry): string {
  try {
    const path = new TextDecoder('utf-8', { fatal: true }).decode(entry.fileNameRaw);
    // What yauzl has read backslashes in stays as it has read it.
    if (!path.includes('\\')) return path.normalize('NFC');
  } catch {
    // Not UTF-8: as yauzl read it.
  }
  return entry.fileName.normalize('NFC');
}

/** Names and notes by folder, where the archive was made by us. */
async function listOf(
  zip: ZipFile,
  entries: readonly NamedEntry[],
): Promise<ReadonlyMap<string, ArchivedList['people'][number]>> {
  const found = entries.find(({ path }) => path === listFileName);
  if (found === undefined || found.entry.uncompressedSize > maxListBytes) return new Map();
  let json: unknown;
  try {
    json = JSON.parse(new TextDecoder().decode(await unpack(zip, found.entry, listFileName)));
  } catch {
    // Somebody else's file of that name.
    return new Map();
  }
  const list = archivedList.safeParse(json);
  return new Map(
    (list.data?.people ?? []).map((person) => [person.folder.normalize('NFC'), person]),
  );
}

/** yauzl ends the stream with an error where it would give more or less than was stated. */
async function unpack(zip: ZipFile, entry: Entry, file: string): Promise<Uint8Array> {
  try {
    const stream = await zip.openReadStreamPromise(entry);
    const chunks: Buffer[] = [];
    for await (const chunk of stream) chunks.push(chunk as Buffer);
    const bytes = Buffer.concat(chunks);
    if (crc32(bytes) !== entry.crc32) throw new Error('its check sum is wrong');
    return bytes;
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : 'it is damaged';
    throw new NightglassError('ARCHIVE_INVALID', `Cannot unpack ${file}: ${why}`, { cause });
  }
}

function compare(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

function invalid(why: string, cause?: unknown): NightglassError {
  return new NightglassError('ARCHIVE_INVALID', `Cannot read the archive: ${why}`, {
    hint: 'Give a zip archive of pictures in folders, each named by its person.',
    cause,
  });
}
