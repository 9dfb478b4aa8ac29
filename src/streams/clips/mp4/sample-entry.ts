import type { ClipCodec } from '../../../domain/clip.ts';
import { BitReader } from './bit-reader.ts';
import { box, fullBox, uint8, uint16, uint32 } from './mp4-box.ts';
import { type UnitKind, unitKind } from './nal-units.ts';

/** Parameter sets that a recording starts with. */
export type ParameterSets = Readonly<Record<Exclude<UnitKind, 'delimiter' | 'data'>, Buffer[]>>;

export const noSets: ParameterSets = { video: [], sequence: [], picture: [] };

/** The parameter sets among units. */
export function parameterSets(
  codec: Exclude<ClipCodec, 'mjpeg'>,
  units: readonly Buffer[],
): ParameterSets {
  const of = (kind: UnitKind) => units.filter((unit) => unitKind(codec, unit) === kind);
  return { video: of('video'), sequence: of('sequence'), picture: of('picture') };
}

/** How the pictures of a track are coded; null where the parameter sets lack what must be said. */
export function sampleEntry(
  codec: ClipCodec,
  size: { readonly width: number; readonly height: number },
  sets: ParameterSets,
): Buffer | null {
  if (codec === 'mjpeg') return visualEntry('mp4v', size, motionJpeg());
  const [sequence] = sets.sequence;
  if (sequence === undefined || sets.picture.length === 0) return null;
  if (codec === 'h264') return visualEntry('avc1', size, avcConfiguration(sequence, sets));
  const configuration = sets.video.length > 0 ? hevcConfiguration(sequence, sets) : null;
  return configuration && visualEntry('hvc1', size, configuration);
}

function visualEntry(
  type: string,
  { width, height }: { readonly width: number; readonly height: number },
  configuration: Buffer,
): Buffer {
  return box(
    type,
    Buffer.alloc(6),
    uint16(1),
    Buffer.alloc(16),
    uint16(width, height),
    // 72 dots an inch, one picture a sample, no name of the encoder, 24 bits a pixel.
    uint32(0x48_0000, 0x48_0000, 0),
    uint16(1),
    Buffer.alloc(32),
    uint16(0x18, 0xffff),
    configuration,
  );
}

/** ISO/IEC 14496-15, AVCDecoderConfigurationRecord. */
function avcConfiguration(sequence: Buffer, sets: ParameterSets): Buffer {
  const [profile = 0, constraints = 0, level = 0] = sequence.subarray(1, 4);
  return box(
    'avcC',
    uint8(1, profile, constraints, level, 0xff, 0xe0 | sets.sequence.length),
    ...sets.sequence.flatMap(prefixed),
    uint8(sets.picture.length),
    ...sets.picture.flatMap(prefixed),
  );
}

/** ISO/IEC 14496-15, HEVCDecoderConfigurationRecord; null where the sequence's set ends too early. */
function hevcConfiguration(sequence: Buffer, sets: ParameterSets): Buffer | null {
  const said = readHevcSequence(sequence);
  if (said === null) return null;
  const { general, layers, nested, chroma, lumaDepth, chromaDepth } = said;
  const arrays = [
    [32, sets.video],
    [33, sets.sequence],
    [34, sets.picture],
  ] as const;
  return box(
    'hvcC',
    uint8(1),
    general,
    uint16(0xf000),
    uint8(0xfc, 0xfc | chroma, 0xf8 | (lumaDepth - 8), 0xf8 | (chromaDepth - 8)),
    uint16(0),
    // Four bytes a length.
    uint8((layers << 3) | (nested << 2) | 3, arrays.length),
    ...arrays.flatMap(([type, units]) => [
      uint8(0x80 | type),
      uint16(units.length),
      ...units.flatMap(prefixed),
    ]),
  );
}

function readHevcSequence(sequence: Buffer) {
  const bits = new BitReader(sequence.subarray(2));
  try {
    bits.read(4);
    const subLayers = bits.read(3);
    const nested = bits.read(1);
    const general = bits.bytes(12);
    const present = Array.from({ length: subLayers }, () => [bits.read(1), bits.read(1)]);
    if (subLayers > 0) bits.read(2 * (8 - subLayers));
    for (const [profile, level] of present) {
      if (profile === 1) bits.bytes(11);
      if (level === 1) bits.bytes(1);
    }
    bits.golomb();
    const chroma = bits.golomb();
    if (chroma === 3) bits.read(1);
    bits.golomb();
    bits.golomb();
    if (bits.read(1) === 1) for (let side = 0; side < 4; side += 1) bits.golomb();
    const lumaDepth = 8 + bits.golomb();
    const chromaDepth = 8 + bits.golomb();
    return { general, layers: subLayers + 1, nested, chroma, lumaDepth, chromaDepth };
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  }
}

/** MPEG-4 part 1's descriptors, in which 0x6c stands for JPEG. */
function motionJpeg(): Buffer {
  const decoder = Buffer.concat([uint8(0x6c, 0x11), Buffer.alloc(3), uint32(0, 0)]);
  const content = Buffer.concat([
    uint16(1),
    uint8(0),
    descriptor(4, decoder),
    descriptor(6, uint8(2)),
  ]);
  return fullBox('esds', 0, 0, descriptor(3, content));
}

function descriptor(tag: number, content: Buffer): Buffer {
  return Buffer.concat([uint8(tag, content.length), content]);
}

function prefixed(unit: Buffer): Buffer[] {
  return [uint16(unit.length), unit];
}
