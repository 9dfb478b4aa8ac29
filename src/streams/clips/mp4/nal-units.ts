import type { ClipCodec } from '../../../domain/clip.ts';

/** Bytes of a unit's length before it. */
const lengthBytes = 4;

/** The units of an Annex B byte stream, without start codes and the zeros before them. */
export function nalUnits(data: Buffer): Buffer[] {
  const units: Buffer[] = [];
  let start = -1;
  for (let at = data.indexOf(startCode); at !== -1; at = data.indexOf(startCode, at + 3)) {
    if (start !== -1) units.push(withoutZeros(data.subarray(start, at)));
    start = at + 3;
  }
  if (start !== -1) units.push(withoutZeros(data.subarray(start)));
  return units.filter(({ length }) => length > 0);
}

const startCode = Buffer.from([0, 0, 1]);

function withoutZeros(unit: Buffer): Buffer {
  let end = unit.length;
  while (end > 0 && unit[end - 1] === 0) end -= 1;
  return unit.subarray(0, end);
}

/** What a unit is for: a parameter set, or a mark that means nothing in a file. */
export type UnitKind = 'video' | 'sequence' | 'picture' | 'delimiter' | 'data';

/** Kind of a unit, by its first byte. */
export function unitKind(codec: Exclude<ClipCodec, 'mjpeg'>, unit: Buffer): UnitKind {
  const first = unit[0] ?? 0;
  const kinds = codec === 'h264' ? h264Kinds : hevcKinds;
  return kinds[codec === 'h264' ? first & 0x1f : (first >> 1) & 0x3f] ?? 'data';
}

const h264Kinds: Readonly<Record<number, UnitKind>> = {
  7: 'sequence',
  8: 'picture',
  9: 'delimiter',
};
const hevcKinds: Readonly<Record<number, UnitKind>> = {
  32: 'video',
  33: 'sequence',
  34: 'picture',
  35: 'delimiter',
};

/** Bytes of units as a file holds them, each after its length. */
export function sizeOfUnits(units: readonly Buffer[]): number {
  return units.reduce((sum, { length }) => sum + lengthBytes + length, 0);
}

/** Units as a file holds them. */
export function* withLengths(units: readonly Buffer[]): Generator<Buffer> {
  for (const unit of units) {
    const head = Buffer.alloc(lengthBytes);
    head.writeUInt32BE(unit.length);
    yield head;
    yield unit;
  }
}
