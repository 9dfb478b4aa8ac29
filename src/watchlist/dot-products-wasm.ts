/*
 * The dot product as WebAssembly, assembled here so that the repository needs
 * neither a binary nor another tool chain. In words:
 *
 *   dots(q, r, n, stride, out):
 *     while n != 0:
 *       s0 = s1 = s2 = s3 = 0 (four lanes each); a = q; end = r + stride
 *       do: s_i += a[i] * r[i] for the four vectors at a and r; a += 64; r += 64
 *       while r < end
 *       *out = sum of all lanes; out += 4; n -= 1
 */
const i32 = 0x7f;
const v128 = 0x7b;
const empty = 0x40;
const end = 0x0b;

const get = (local: number) => [0x20, local];
const set = (local: number) => [0x21, local];
const constant = (value: number) => [0x41, ...signed(value)];
const add = 0x6a;
const subtract = 0x6b;
const branch = (depth: number) => [0x0c, depth];
const branchIf = (depth: number) => [0x0d, depth];
const loadVector = (offset: number) => [0xfd, 0x00, 4, offset];
const zeroVector = [0xfd, 0x0c, ...new Array<number>(16).fill(0)];
const addVectors = [0xfd, 0xe4, 0x01];
const multiplyVectors = [0xfd, 0xe6, 0x01];
const lane = (index: number) => [0xfd, 0x1f, index];
const addFloats = 0x92;

const [q, r, n, stride, out, a, rowEnd] = [0, 1, 2, 3, 4, 5, 6] as const;
const sums = [7, 8, 9, 10] as const;

const body = [
  [0x02, empty], // block
  [0x03, empty], // loop over rows
  [...get(n), 0x45, ...branchIf(1)], // leave when n == 0
  ...sums.map((sum) => [...zeroVector, ...set(sum)]),
  [...get(q), ...set(a)],
  [...get(r), ...get(stride), add, ...set(rowEnd)],
  [0x03, empty], // loop over columns
  ...sums.map((sum, i) => [
    ...[...get(sum), ...get(a), ...loadVector(i * 16), ...get(r), ...loadVector(i * 16)],
    ...[...multiplyVectors, ...addVectors, ...set(sum)],
  ]),
  [...get(a), ...constant(64), add, ...set(a)],
  [...get(r), ...constant(64), add, ...set(r)],
  [...get(r), ...get(rowEnd), 0x49, ...branchIf(0), end], // while r < rowEnd
  [...get(sums[0]), ...get(sums[1]), ...addVectors],
  [...get(sums[2]), ...get(sums[3]), ...addVectors, ...addVectors, ...set(sums[0])],
  [...get(out)],
  [...get(sums[0]), ...lane(0), ...get(sums[0]), ...lane(1), addFloats],
  [...get(sums[0]), ...lane(2), addFloats, ...get(sums[0]), ...lane(3), addFloats],
  [0x38, 2, 0], // store
  [...get(out), ...constant(4), add, ...set(out)],
  [...get(n), ...constant(1), subtract, ...set(n)],
  [...branch(0), end, end, end],
].flat();

/** The module: exports `memory` (one page at first) and `dots`. */
export function dotProductsWasm(): Uint8Array<ArrayBuffer> {
  const code = [2, ...[2, i32], ...[4, v128], ...body];
  return Uint8Array.from([
    ...[0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...section(1, [1, 0x60, 5, i32, i32, i32, i32, i32, 0]),
    ...section(3, [1, 0]),
    ...section(5, [1, 0, 1]),
    ...section(7, [2, ...name('memory'), 2, 0, ...name('dots'), 0, 0]),
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

/** Signed LEB128 of a number within 0..8191. */
function signed(value: number): number[] {
  return value < 0x40 ? [value] : [(value & 0x7f) | 0x80, value >>> 7];
}
