export interface JpegHeaderInit {
  readonly width: number;
  readonly height: number;
  /** RFC 2435 type: 0 is 4:2:2, 1 is 4:2:0. */
  readonly type: number;
  /** RFC 2435 Q: 1..99 stands for the standard tables scaled, 128 and up for `tables`. */
  readonly quality: number;
  /** Macroblocks between restart markers, 0 for none. */
  readonly restartInterval: number;
  /** 64 bytes a table, in zigzag order, when Q >= 128. */
  readonly tables?: Buffer | undefined;
}

/** The headers that RFC 2435 leaves off the wire, up to and with the start of scan; `null` if unknown. */
export function jpegHeader(init: JpegHeaderInit): Buffer | null {
  const { width, height, type, restartInterval } = init;
  if (type > 1 || width === 0 || height === 0) return null;
  const tables = quantisation(init);
  if (tables.length === 0) return null;
  const frame = Buffer.from([
    8,
    0,
    0,
    0,
    0,
    3,
    1,
    type === 0 ? 0x21 : 0x22,
    0,
    2,
    0x11,
    1,
    3,
    0x11,
    1,
  ]);
  frame.writeUInt16BE(height, 1);
  frame.writeUInt16BE(width, 3);
  const restart = Buffer.alloc(2);
  restart.writeUInt16BE(restartInterval);
  return Buffer.concat([
    Buffer.from([0xff, 0xd8]),
    ...tables,
    ...(restartInterval > 0 ? [segment(0xdd, restart)] : []),
    segment(0xc0, frame),
    ...huffmanTables(),
    segment(0xda, Buffer.from([3, 1, 0x00, 2, 0x11, 3, 0x11, 0, 63, 0])),
  ]);
}

/**
 * The head of a JPEG whose frame header travels in an RTP header extension, as
 * ONVIF has it for pictures beyond 2040 pixels; what it leaves out is filled in.
 */
export function jpegHeaderFromSegments(segments: Buffer, init: JpegHeaderInit): Buffer | null {
  const given = new Map<number, Buffer[]>();
  let at = 0;
  while (at + 4 <= segments.length) {
    const marker = segments[at + 1] ?? 0;
    // Fill bytes, and a start of image, which has no length.
    if (segments[at] !== 0xff || marker === 0xff || marker === 0xd8) {
      at += marker === 0xd8 && segments[at] === 0xff ? 2 : 1;
      continue;
    }
    const end = at + 2 + segments.readUInt16BE(at + 2);
    if (end > segments.length) break;
    given.set(marker, [...(given.get(marker) ?? []), segments.subarray(at, end)]);
    at = end;
  }
  const frame = [0xc0, 0xc1, 0xc2].flatMap((marker) => given.get(marker) ?? [])[0];
  if (frame === undefined || frame.length < 10) return jpegHeader(init);
  const plain = jpegHeader({
    ...init,
    width: frame.readUInt16BE(7),
    height: frame.readUInt16BE(5),
  });
  const tables = given.get(0xdb);
  if (plain === null && tables === undefined) return null;
  const components = frame[9] ?? 3;
  const scan = [components];
  for (let index = 0; index < components; index += 1) {
    scan.push(frame[10 + index * 3] ?? index + 1, index === 0 ? 0x00 : 0x11);
  }
  const restart = Buffer.alloc(2);
  restart.writeUInt16BE(init.restartInterval);
  return Buffer.concat([
    Buffer.from([0xff, 0xd8]),
    ...(tables ?? quantisation(init)),
    ...(given.get(0xdd) ?? (init.restartInterval > 0 ? [segment(0xdd, restart)] : [])),
    frame,
    ...(given.get(0xc4) ?? huffmanTables()),
    segment(0xda, Buffer.from([...scan, 0, 63, 0])),
  ]);
}

function segment(marker: number, body: Buffer): Buffer {
  const head = Buffer.from([0xff, marker, 0, 0]);
  head.writeUInt16BE(body.length + 2, 2);
  return Buffer.concat([head, body]);
}

/** The tables of a picture as segments; none where they are not known. */
function quantisation({ quality, tables: given }: JpegHeaderInit): Buffer[] {
  const tables = quality >= 128 ? given : scaledTables(quality);
  if (tables === undefined || tables.length < 64) return [];
  const luma = tables.subarray(0, 64);
  const chroma = tables.length >= 128 ? tables.subarray(64, 128) : luma;
  return [
    segment(0xdb, Buffer.concat([Buffer.from([0]), luma])),
    segment(0xdb, Buffer.concat([Buffer.from([1]), chroma])),
  ];
}

function huffmanTables(): Buffer[] {
  return [
    segment(0xc4, huffman(0x00, dcLumaCounts, dcValues)),
    segment(0xc4, huffman(0x10, acLumaCounts, acLumaValues)),
    segment(0xc4, huffman(0x01, dcChromaCounts, dcValues)),
    segment(0xc4, huffman(0x11, acChromaCounts, acChromaValues)),
  ];
}

function huffman(id: number, counts: Buffer, values: Buffer): Buffer {
  return Buffer.concat([Buffer.from([id]), counts, values]);
}

function scaledTables(quality: number): Buffer | undefined {
  if (quality < 1 || quality > 99) return undefined;
  const factor = quality < 50 ? Math.floor(5000 / quality) : 200 - quality * 2;
  return Buffer.from(
    [...standardLuma, ...standardChroma].map((value) =>
      Math.min(255, Math.max(1, Math.floor((value * factor + 50) / 100))),
    ),
  );
}

// Tables of ITU-T T.81, annex K, in zigzag order as RFC 2435, appendix A, gives them.
// biome-ignore format: tables
const standardLuma = [
  16, 11, 12, 14, 12, 10, 16, 14, 13, 14, 18, 17, 16, 19, 24, 40, 26, 24, 22, 22, 24, 49, 35, 37,
  29, 40, 58, 51, 61, 60, 57, 51, 56, 55, 64, 72, 92, 78, 64, 68, 87, 69, 55, 56, 80, 109, 81, 87,
  95, 98, 103, 104, 103, 62, 77, 113, 121, 112, 100, 120, 92, 101, 103, 99,
];
// biome-ignore format: tables
const standardChroma = [
  17, 18, 18, 24, 21, 24, 47, 26, 26, 47, 99, 66, 56, 66, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99,
  99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99,
  99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99,
];
const dcLumaCounts = Buffer.from('00010501010101010100000000000000', 'hex');
const dcChromaCounts = Buffer.from('00030101010101010101010000000000', 'hex');
const dcValues = Buffer.from('000102030405060708090a0b', 'hex');
const acLumaCounts = Buffer.from('0002010303020403050504040000017d', 'hex');
const acLumaValues = Buffer.from(
  '01020300041105122131410613516107227114328191a1082342b1c11552d1f02433627282090a161718191a25262728292a3435363738393a434445464748494a535455565758595a636465666768696a737475767778797a838485868788898a92939495969798999aa2a3a4a5a6a7a8a9aab2b3b4b5b6b7b8b9bac2c3c4c5c6c7c8c9cad2d3d4d5d6d7d8d9dae1e2e3e4e5e6e7e8e9eaf1f2f3f4f5f6f7f8f9fa',
  'hex',
);
const acChromaCounts = Buffer.from('00020102040403040705040400010277', 'hex');
const acChromaValues = Buffer.from(
  '0001020311040521310612415107617113223281081442 91a1b1c109233352f0156272d10a162434e125f11718191a262728292a35363738393a434445464748494a535455565758595a636465666768696a737475767778797a82838485868788898a92939495969798999aa2a3a4a5a6a7a8a9aab2b3b4b5b6b7b8b9bac2c3c4c5c6c7c8c9cad2d3d4d5d6d7d8d9dae2e3e4e5e6e7e8e9eaf2f3f4f5f6f7f8f9fa'.replace(
    ' ',
    '',
  ),
  'hex',
);
