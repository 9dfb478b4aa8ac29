/** A file that goes into the archive under `path`, with `/` between its parts. */
export interface ZipEntry {
  readonly path: string;
  readonly file: Blob;
}

const utf8Names = 0x0800;
const version = 20;

/**
 * Packs files into a zip archive without compressing them: pictures are
 * compressed already. Contents stay in their blobs, only checksums are read.
 * APPNOTE.TXT 6.3.10 sections 4.3.7, 4.3.12 and 4.3.16; below 4 GiB and 65,535
 * files, which the server's limits keep far away from.
 */
export async function storedZip(entries: readonly ZipEntry[]): Promise<Blob> {
  const parts: BlobPart[] = [];
  const directory: BlobPart[] = [];
  let offset = 0;
  let directoryBytes = 0;
  for (const { path, file } of entries) {
    const name = new TextEncoder().encode(path);
    const sum = crc32(new Uint8Array(await file.arrayBuffer()));
    const common = commonFields(sum, file.size, name.length);
    const local = record(0x04034b50, [], common, [0]);
    parts.push(local, name, file);
    const central = record(0x02014b50, [version], common, [0, 0, 0, 0, 0, 0], offset);
    directory.push(central, name);
    offset += local.byteLength + name.length + file.size;
    directoryBytes += central.byteLength + name.length;
  }
  const end = new DataView(new ArrayBuffer(22));
  end.setUint32(0, 0x06054b50, true);
  end.setUint16(8, entries.length, true);
  end.setUint16(10, entries.length, true);
  end.setUint32(12, directoryBytes, true);
  end.setUint32(16, offset, true);
  return new Blob([...parts, ...directory, end.buffer], { type: 'application/zip' });
}

/** What local and central headers have in common, from "version needed" to the name's length. */
function commonFields(sum: number, size: number, nameLength: number): DataView<ArrayBuffer> {
  const view = new DataView(new ArrayBuffer(24));
  view.setUint16(0, version, true);
  view.setUint16(2, utf8Names, true);
  // Method 0 (stored), time 0, and the first day that the format knows.
  view.setUint16(8, 0x21, true);
  view.setUint32(10, sum, true);
  view.setUint32(14, size, true);
  view.setUint32(18, size, true);
  view.setUint16(22, nameLength, true);
  return view;
}

function record(
  signature: number,
  before: readonly number[],
  common: DataView<ArrayBuffer>,
  after: readonly number[],
  offset?: number,
): ArrayBuffer {
  const head = 4 + before.length * 2;
  const tail = head + common.byteLength + after.length * 2;
  const view = new DataView(new ArrayBuffer(tail + (offset === undefined ? 0 : 4)));
  view.setUint32(0, signature, true);
  for (const [i, value] of before.entries()) view.setUint16(4 + i * 2, value, true);
  new Uint8Array(view.buffer).set(new Uint8Array(common.buffer), head);
  for (const [i, value] of after.entries()) {
    view.setUint16(head + common.byteLength + i * 2, value, true);
  }
  if (offset !== undefined) view.setUint32(tail, offset, true);
  return view.buffer;
}

const table = Uint32Array.from({ length: 256 }, (_, byte) => {
  let value = byte;
  for (let bit = 0; bit < 8; bit += 1) value = value & 1 ? 0xedb88320 ^ (value >>> 1) : value >>> 1;
  return value;
});

function crc32(bytes: Uint8Array): number {
  let sum = 0xffffffff;
  for (const byte of bytes) sum = (table[(sum ^ byte) & 0xff] ?? 0) ^ (sum >>> 8);
  return (sum ^ 0xffffffff) >>> 0;
}
