/*
 * 8-bit RGB pixels to planes of float32 as WebAssembly, assembled here so that
 * the repository needs neither a binary nor another tool chain. In words:
 *
 *   planes(source, groups, first, second, third, mean x 3, scale x 3):
 *     while groups != 0:     (groups of sixteen pixels)
 *       a, b, c = the 48 bytes at source; source += 48
 *       for each channel: its sixteen bytes gathered, widened, (value - mean) / scale,
 *         stored at the channel's plane; plane += 64
 *       groups -= 1
 *
 * A loop in JavaScript takes ten times as long: a millisecond for each picture
 * that the detector sees.
 */
const i32 = 0x7f;
const f32 = 0x7d;
const v128 = 0x7b;
const empty = 0x40;
const end = 0x0b;

/** Pixels that are turned at once. */
export const pixelsAtOnce = 16;

const get = (local: number) => [0x20, local];
const set = (local: number) => [0x21, local];
const constant = (value: number) => [0x41, value];
const add = 0x6a;
const subtract = 0x6b;
const loadVector = (offset: number) => [0xfd, 0x00, 0, offset];
const storeVector = (offset: number) => [0xfd, 0x0b, 2, offset];
const shuffle = (lanes: readonly number[]) => [0xfd, 0x0d, ...lanes];
const splat = [0xfd, 0x13];
const widenBytes = [
  [0xfd, 0x89, 0x01],
  [0xfd, 0x8a, 0x01],
];
const widenShorts = [
  [0xfd, 0xa9, 0x01],
  [0xfd, 0xaa, 0x01],
];
const toFloats = [0xfd, 0xfa, 0x01];
const subtractVectors = [0xfd, 0xe5, 0x01];
const divideVectors = [0xfd, 0xe7, 0x01];

const [source, groups] = [0, 1] as const;
const planes = [2, 3, 4] as const;
const means = [5, 6, 7] as const;
const scales = [8, 9, 10] as const;
const bytes = [11, 12, 13] as const;
const [gathered, widened] = [14, 15] as const;
const meanVectors = [16, 17, 18] as const;
const scaleVectors = [19, 20, 21] as const;

/** The sixteen bytes of a channel, out of the 48 of all: first those of a and b, then those of c. */
function gather(channel: number): number[] {
  const at = Array.from({ length: pixelsAtOnce }, (_, pixel) => 3 * pixel + channel);
  return [
    ...[...get(bytes[0]), ...get(bytes[1]), ...shuffle(at.map((byte) => (byte < 32 ? byte : 0)))],
    ...get(bytes[2]),
    ...shuffle(at.map((byte, pixel) => (byte < 32 ? pixel : byte - 16))),
    ...set(gathered),
  ];
}

function storePlane(channel: 0 | 1 | 2): number[] {
  const quarters = widenBytes.flatMap((half, first) =>
    widenShorts.flatMap((quarter, second) => [
      ...get(planes[channel]),
      ...[...get(gathered), ...half, ...quarter, ...toFloats],
      ...[...get(meanVectors[channel]), ...subtractVectors],
      ...[...get(scaleVectors[channel]), ...divideVectors],
      ...storeVector((first * 2 + second) * 16),
    ]),
  );
  return [
    ...[...gather(channel), ...quarters],
    ...[...get(planes[channel]), 0x41, 0xc0, 0x00, add, ...set(planes[channel])], // += 64
  ];
}

const body = [
  ...means.flatMap((mean, at) => [...get(mean), ...splat, ...set(meanVectors[at] as number)]),
  ...scales.flatMap((scale, at) => [...get(scale), ...splat, ...set(scaleVectors[at] as number)]),
  ...[0x02, empty, 0x03, empty],
  ...[...get(groups), 0x45, 0x0d, 1], // leave when groups == 0
  ...bytes.flatMap((vector, at) => [...get(source), ...loadVector(at * 16), ...set(vector)]),
  ...([0, 1, 2] as const).flatMap(storePlane),
  ...[...get(source), ...constant(48), add, ...set(source)],
  ...[...get(groups), ...constant(1), subtract, ...set(groups)],
  ...[0x0c, 0, end, end, end],
];

/** The module: exports `memory` (one page at first) and `planes`. */
export function pixelPlanesWasm(): Uint8Array<ArrayBuffer> {
  const parameters = [...new Array<number>(5).fill(i32), ...new Array<number>(6).fill(f32)];
  const code = [1, ...[widened - bytes[0] + 7, v128], ...body];
  return Uint8Array.from([
    ...[0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...section(1, [1, 0x60, parameters.length, ...parameters, 0]),
    ...section(3, [1, 0]),
    ...section(5, [1, 0, 1]),
    ...section(7, [2, ...name('memory'), 2, 0, ...name('planes'), 0, 0]),
    ...section(10, [1, ...unsigned(code.length), ...code]),
  ]);
}

function section(id: number, content: readonly number[]): number[] {
  return [id, ...unsigned(content.length), ...content];
}

function name(text: string): number[] {
  return [text.length, ...Buffer.from(text, 'latin1')];
}

/** LEB128. */
function unsigned(value: number): number[] {
  return value < 0x80 ? [value] : [(value & 0x7f) | 0x80, ...unsigned(value >>> 7)];
}
