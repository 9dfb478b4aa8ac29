/** How H.264 and H.265 differ on the wire. */
export interface NalDialect {
  readonly headerSize: number;
  readonly type: (nal: Buffer) => number;
  /** Types of aggregates, with the bytes that stand before the first unit. */
  readonly aggregates: ReadonlyMap<number, number>;
  readonly fragment: number;
  /** A fragment that starts with a decoding order number (H.264, mode 2). */
  readonly numberedFragment: number;
  /** The NAL header that a fragment's first packet stands for. */
  readonly fragmentHeader: (payload: Buffer) => Buffer;
  readonly isSlice: (type: number) => boolean;
  readonly isKey: (type: number) => boolean;
  readonly isSequenceSet: (type: number) => boolean;
  readonly firstOfPicture: (nal: Buffer) => boolean;
  /** Decoding can start at a unit of this kind though it is no key picture's (recovery point). */
  readonly recovers: (nal: Buffer) => boolean;
}

/** RFC 6184; decoding order numbers of mode 2 are read over. */
export const h264: NalDialect = {
  headerSize: 1,
  type: (nal) => (nal[0] ?? 0) & 0x1f,
  aggregates: new Map([
    [24, 1],
    [25, 3],
  ]),
  fragment: 28,
  numberedFragment: 29,
  fragmentHeader: (p) => Buffer.from([((p[0] ?? 0) & 0xe0) | ((p[1] ?? 0) & 0x1f)]),
  isSlice: (type) => type >= 1 && type <= 5,
  // A parameter set counts too: cameras with gradual refresh never send an IDR picture.
  isKey: (type) => type === 5 || type === 7,
  isSequenceSet: (type) => type === 7,
  firstOfPicture: (nal) => ((nal[1] ?? 0) & 0x80) !== 0,
  recovers: (nal) => ((nal[0] ?? 0) & 0x1f) === 6 && nal[1] === 6,
};

/** RFC 7798. */
export const h265: NalDialect = {
  headerSize: 2,
  type: (nal) => ((nal[0] ?? 0) >> 1) & 0x3f,
  aggregates: new Map([[48, 2]]),
  fragment: 49,
  numberedFragment: -1,
  fragmentHeader: (p) =>
    Buffer.from([((p[0] ?? 0) & 0x81) | (((p[2] ?? 0) & 0x3f) << 1), p[1] ?? 0]),
  isSlice: (type) => type <= 31,
  isKey: (type) => (type >= 16 && type <= 21) || type === 33,
  isSequenceSet: (type) => type === 33,
  firstOfPicture: (nal) => ((nal[2] ?? 0) & 0x80) !== 0,
  recovers: (nal) => (((nal[0] ?? 0) >> 1) & 0x3f) === 39 && nal[2] === 6,
};

const startCode = Buffer.from([0, 0, 1]);

/**
 * The units of what should be one: coded data never holds a start code, so
 * cameras that put an Annex B stream into a packet are known by it.
 */
export function splitAtStartCodes(data: Buffer): Buffer[] {
  let at = data.indexOf(startCode);
  if (at === -1) return [data];
  const units: Buffer[] = [];
  let from = 0;
  while (at !== -1) {
    addTrimmed(data.subarray(from, at));
    from = at + startCode.length;
    at = data.indexOf(startCode, from);
  }
  addTrimmed(data.subarray(from));
  return units;

  function addTrimmed(unit: Buffer): void {
    let end = unit.length;
    while (end > 0 && unit[end - 1] === 0) end -= 1;
    if (end > 0) units.push(unit.subarray(0, end));
  }
}
