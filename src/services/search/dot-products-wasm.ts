/*
 * Dot products as WebAssembly, assembled here so that the repository needs
 * neither a binary nor another tool chain. Vectors lie `stride` bytes apart, a
 * multiple of 64, so that one loop serves all dimensions. In words:
 *
 *   dots(q, r, n, stride, out):     one query with n rows
 *     for each row: s_j = 0 (four lanes each)
 *       for each 64 bytes, j = their quarters: s_j += q_j * r_j
 *       out = sum of all lanes of all s_j; out += 4
 *
 *   dotsOfEight(q, r, n, stride, out, outStride):     eight queries with n rows
 *     for each row: s_i = 0
 *       for each 16 bytes of it, i = the queries: s_i += q_i * r
 *       out + i * outStride = sum of all lanes of s_i; out += 4
 *
 * The eight queries lie interleaved, 16 bytes of each in turn. Several sums at
 * once keep the multipliers busy in spite of their latency. Rows are read
 * strictly one after the other: two or four at once need fewer loads, but the
 * processor then fetches them from memory at half the speed (measured). So a
 * search waits for memory, not for arithmetic (docs/performance.md, "Gallery search").
 */
const i32 = 0x7f;
const v128 = 0x7b;
const empty = 0x40;
const end = 0x0b;

/** Queries that `dotsOfEight` takes. */
export const queriesAtOnce = 8;

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
/** Multiplies and adds, in one rounding where the processor can (relaxed SIMD). */
const multiplyAdd = [0xfd, 0x85, 0x02];
const lane = (index: number) => [0xfd, 0x1f, index];
const addFloats = 0x92;
const storeFloat = [0x38, 2, 0];

/** `local += bytes` or `local += other`. */
const advance = (local: number, by: readonly number[]) => [
  ...get(local),
  ...by,
  add,
  ...set(local),
];

/** The vectors on the stack and `sum`, added up into it; `fused` in one step. */
function accumulate(
  sum: number,
  a: readonly number[],
  b: readonly number[],
  fused: boolean,
): number[] {
  return fused
    ? [...a, ...b, ...get(sum), ...multiplyAdd, ...set(sum)]
    : [...get(sum), ...a, ...b, ...multiplyVectors, ...addVectors, ...set(sum)];
}

/** Stores the sum of the lanes of `sum` at the address on the stack. */
function storeLanes(sum: number): number[] {
  return [
    ...[...get(sum), ...lane(0), ...get(sum), ...lane(1), addFloats],
    ...[...get(sum), ...lane(2), addFloats, ...get(sum), ...lane(3), addFloats],
    ...storeFloat,
  ];
}

/** Runs `body` once for each of the n rows left; `out` is then at the next score. */
function overRows(n: number, out: number, body: readonly number[]): number[] {
  return [
    ...[0x02, empty, 0x03, empty],
    ...[...get(n), 0x45, ...branchIf(1)], // leave when n == 0
    ...body,
    ...advance(out, constant(4)),
    ...[...get(n), ...constant(1), subtract, ...set(n)],
    ...[...branch(0), end, end],
  ];
}

/** Runs `body` until `r` is at `rowEnd`, the row after it. */
function overColumns(r: number, rowEnd: number, stride: number, body: readonly number[]): number[] {
  return [
    ...[...get(r), ...get(stride), add, ...set(rowEnd)],
    ...[0x03, empty],
    ...body,
    ...[...get(r), ...get(rowEnd), 0x49, ...branchIf(0), end], // while r < rowEnd
  ];
}

function dots(fused: boolean): { locals: number[]; body: number[] } {
  const [q, r, n, stride, out, a, rowEnd] = [0, 1, 2, 3, 4, 5, 6] as const;
  const sums = [7, 8, 9, 10] as const;
  const row = [
    ...sums.flatMap((sum) => [...zeroVector, ...set(sum)]),
    ...[...get(q), ...set(a)],
    ...overColumns(r, rowEnd, stride, [
      ...sums.flatMap((sum, quarter) => {
        const of = (pointer: number) => [...get(pointer), ...loadVector(quarter * 16)];
        return accumulate(sum, of(a), of(r), fused);
      }),
      ...[...advance(a, constant(64)), ...advance(r, constant(64))],
    ]),
    ...[...get(sums[0]), ...get(sums[1]), ...addVectors],
    ...[...get(sums[2]), ...get(sums[3]), ...addVectors, ...addVectors, ...set(sums[0])],
    ...[...get(out), ...storeLanes(sums[0])],
  ];
  return { locals: [2, ...[2, i32], ...[4, v128]], body: [...overRows(n, out, row), end] };
}

function dotsOfEight(fused: boolean): { locals: number[]; body: number[] } {
  const [q, r, n, stride, out, outStride, a, rowEnd, at, vector] = [
    0, 1, 2, 3, 4, 5, 6, 7, 8, 9,
  ] as const;
  const sums = Array.from({ length: queriesAtOnce }, (_, query) => vector + 1 + query);
  const row = [
    ...sums.flatMap((sum) => [...zeroVector, ...set(sum)]),
    ...[...get(q), ...set(a)],
    ...overColumns(r, rowEnd, stride, [
      ...[...get(r), ...loadVector(0), ...set(vector)],
      ...sums.flatMap((sum, query) =>
        accumulate(sum, [...get(a), ...loadVector(query * 16)], get(vector), fused),
      ),
      ...advance(a, constant(queriesAtOnce * 16)),
      ...advance(r, constant(16)),
    ]),
    ...[...get(out), ...set(at)],
    ...sums.flatMap((sum) => [...[...get(at), ...storeLanes(sum)], ...advance(at, get(outStride))]),
  ];
  return {
    locals: [2, ...[3, i32], ...[1 + queriesAtOnce, v128]],
    body: [...overRows(n, out, row), end],
  };
}

/**
 * The module: exports `memory` (one page at first), `dots` and `dotsOfEight`.
 * @param fused with the multiply-add of relaxed SIMD, which an engine may lack
 */
export function dotProductsWasm(fused: boolean): Uint8Array<ArrayBuffer> {
  const functions = [dots(fused), dotsOfEight(fused)].map(({ locals, body }) => [
    ...locals,
    ...body,
  ]);
  const signature = (parameters: number) => [
    ...[0x60, parameters],
    ...new Array<number>(parameters).fill(i32),
    0,
  ];
  return Uint8Array.from([
    ...[0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...section(1, [2, ...signature(5), ...signature(6)]),
    ...section(3, [2, 0, 1]),
    ...section(5, [1, 0, 1]),
    ...section(7, [
      ...[3, ...name('memory'), 2, 0],
      ...[...name('dots'), 0, 0],
      ...[...name('dotsOfEight'), 0, 1],
    ]),
    ...section(10, [
      functions.length,
      ...functions.flatMap((code) => [...unsigned(code.length), ...code]),
    ]),
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
