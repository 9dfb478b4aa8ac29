import { BitReader } from '../clips/mp4/bit-reader.ts';
import { nalUnits, unitKind } from '../clips/mp4/nal-units.ts';

/** Parameter sets stand at the beginning of a key picture, within so many bytes. */
const headBytes = 4096;

/**
 * What RFC 6381 calls the coding of a key picture; null where its parameter sets are missing or
 * broken off.
 */
export function codecName(codec: 'h264' | 'hevc', keyPicture: Buffer): string | null {
  const units = nalUnits(keyPicture.subarray(0, headBytes));
  const sequence = units.find((unit) => unitKind(codec, unit) === 'sequence');
  if (sequence === undefined) return null;
  return codec === 'h264' ? avcName(sequence) : hevcName(sequence);
}

function avcName(sequence: Buffer): string | null {
  return sequence.length < 4 ? null : `avc1.${sequence.subarray(1, 4).toString('hex')}`;
}

/** ISO/IEC 14496-15, annex E.3. */
function hevcName(sequence: Buffer): string | null {
  let general: Buffer;
  try {
    const bits = new BitReader(sequence.subarray(2));
    bits.read(8);
    general = Buffer.from(bits.bytes(12));
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  }
  const first = general[0] ?? 0;
  const space = ['', 'A', 'B', 'C'][first >> 6] ?? '';
  const tier = (first & 0x20) === 0 ? 'L' : 'H';
  const compatible = reversed(general.readUInt32BE(1)).toString(16);
  const constraints = [...general.subarray(5, 11)];
  while (constraints.at(-1) === 0) constraints.pop();
  return [
    `hev1.${space}${first & 0x1f}`,
    compatible,
    `${tier}${general[11]}`,
    ...constraints.map((byte) => byte.toString(16)),
  ]
    .join('.')
    .toUpperCase()
    .replace('HEV1', 'hev1');
}

/** The 32 bits in the opposite order. */
function reversed(bits: number): number {
  let result = 0;
  for (let at = 0; at < 32; at += 1) result = (result << 1) | ((bits >>> at) & 1);
  return result >>> 0;
}
