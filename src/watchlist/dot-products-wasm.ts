/*
 * Dot products as WebAssembly, assembled here so that the repository needs
 * neither a binary nor another tool chain. Vectors lie `stride` bytes apart, a
 * multiple of 64, so that one loop serves all dimensions. In words:
 *
 *   dots(q, r, n, stride, out):          one query with n rows
 *     for each four rows: s_ij = 0 (four lanes each)
 *       for each 32 bytes of the query, j = its halves, i = the rows: s_ij += q_j * r_ij
 *       out_i = sum of all lanes of s_i0 and s_i1
 *
 *   dotsOfFour(q, r, n, stride, out, outStride):     four queries with n rows
 *     for each two rows: s_ij = 0
 *       for each 16 bytes, i = the queries, j = the rows: s_ij += q_i * r_j
 *       out_ij = sum of all lanes of s_ij
 *
 * Eight sums at once keep the multipliers busy in spite of their latency; rows
 * or queries that are read once serve several. A search then waits for memory,
 * not for arithmetic (docs/performance.md, "Gallery search").
 */
const i32 = 0x7f;
const v128 = 0x7b;
const empty = 0x40;
const end = 0x0b;

/** Rows that `dots` takes at once; it is called with a multiple of them. */
export const rowsAtOnce = 4;
/** Queries that `dotsOfFour` takes. */
export const queriesAtOnce = 4;
/** Rows that `dotsOfFour` takes at once. */
const pairOfRows = 2;

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
const range = (count: number) => Array.from({ length: count }, (_, at) => at);

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

/** Runs `body` for each `step` of the n rows left. */
function overRows(n: number, step: number, body: readonly number[]): number[] {
  return [
    ...[0x02, empty, 0x03, empty],
    ...[...get(n), 0x45, ...branchIf(1)], // leave when n == 0
    ...body,
    ...[...get(n), ...constant(step), subtract, ...set(n)],
    ...[...branch(0), end, end],
  ];
}

function dots(fused: boolean): { locals: number[]; body: number[] } {
  const [q, r, n, stride, out, a, queryEnd] = [0, 1, 2, 3, 4, 5, 6] as const;
  const rows = range(rowsAtOnce).map((row) => 7 + row);
  const query = 7 + rowsAtOnce;
  const sums = rows.map((_, row) => [query + 1 + 2 * row, query + 2 + 2 * row] as const);
  const block = [
    ...sums.flat().flatMap((sum) => [...zeroVector, ...set(sum)]),
    ...[...get(q), ...set(a)],
    ...rows.flatMap((row, at) => [
      ...(at === 0 ? get(r) : [...get(rows[at - 1] as number), ...get(stride), add]),
      ...set(row),
    ]),
    ...[0x03, empty], // loop over columns
    ...[0, 1].flatMap((half) => [
      ...[...get(a), ...loadVector(half * 16), ...set(query)],
      ...rows.flatMap((row, at) =>
        accumulate(
          sums[at]?.[half] as number,
          [...get(row), ...loadVector(half * 16)],
          get(query),
          fused,
        ),
      ),
    ]),
    ...rows.flatMap((row) => advance(row, constant(32))),
    ...advance(a, constant(32)),
    ...[...get(a), ...get(queryEnd), 0x49, ...branchIf(0), end], // while a < queryEnd
    ...sums.flatMap(([first, second], at) => [
      ...[...get(first), ...get(second), ...addVectors, ...set(first)],
      ...[...get(out), ...constant(at * 4), add],
      ...storeLanes(first),
    ]),
    ...advance(out, constant(rowsAtOnce * 4)),
    // The last row's pointer stands at the row after it.
    ...[...get(rows.at(-1) as number), ...set(r)],
  ];
  return {
    locals: [2, ...[2 + rowsAtOnce, i32], ...[1 + 2 * rowsAtOnce, v128]],
    body: [
      ...[...get(q), ...get(stride), add, ...set(queryEnd)],
      ...overRows(n, rowsAtOnce, block),
      end,
    ],
  };
}

function dotsOfFour(fused: boolean): { locals: number[]; body: number[] } {
  const [q, r, n, stride, out, outStride, rowEnd, second, at] = [
    0, 1, 2, 3, 4, 5, 6, 7, 8,
  ] as const;
  const queries = range(queriesAtOnce).map((query) => 9 + query);
  const vectors = [9 + queriesAtOnce, 10 + queriesAtOnce] as const;
  const query = 11 + queriesAtOnce;
  const sums = queries.map((_, i) => range(pairOfRows).map((j) => query + 1 + i * pairOfRows + j));
  const step = (offset: number) => [
    ...[...get(r), ...loadVector(offset), ...set(vectors[0])],
    ...[...get(second), ...loadVector(offset), ...set(vectors[1])],
    ...queries.flatMap((pointer, i) => [
      ...[...get(pointer), ...loadVector(offset), ...set(query)],
      ...vectors.flatMap((vector, j) =>
        accumulate(sums[i]?.[j] as number, get(query), get(vector), fused),
      ),
    ]),
  ];
  const block = [
    ...sums.flat().flatMap((sum) => [...zeroVector, ...set(sum)]),
    ...queries.flatMap((pointer, i) => [
      ...(i === 0 ? get(q) : [...get(queries[i - 1] as number), ...get(stride), add]),
      ...set(pointer),
    ]),
    ...[...get(r), ...get(stride), add, ...set(second)],
    ...[...get(second), ...set(rowEnd)],
    ...[0x03, empty], // loop over columns
    ...[...step(0), ...step(16)],
    ...queries.flatMap((pointer) => advance(pointer, constant(32))),
    ...[...advance(r, constant(32)), ...advance(second, constant(32))],
    ...[...get(r), ...get(rowEnd), 0x49, ...branchIf(0), end], // while r < rowEnd
    ...[...get(out), ...set(at)],
    ...sums.flatMap((ofQuery) => [
      ...ofQuery.flatMap((sum, j) => [
        ...[...get(at), ...constant(j * 4), add],
        ...storeLanes(sum),
      ]),
      ...advance(at, get(outStride)),
    ]),
    ...advance(out, constant(pairOfRows * 4)),
    ...[...get(second), ...set(r)],
  ];
  return {
    locals: [2, ...[3 + queriesAtOnce, i32], ...[3 + queriesAtOnce * pairOfRows, v128]],
    body: [...overRows(n, pairOfRows, block), end],
  };
}

/**
 * The module: exports `memory` (one page at first), `dots` and `dotsOfFour`.
 * @param fused with the multiply-add of relaxed SIMD, which an engine may lack
 */
export function dotProductsWasm(fused: boolean): Uint8Array<ArrayBuffer> {
  const functions = [dots(fused), dotsOfFour(fused)].map(({ locals, body }) => [
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
      ...[...name('dotsOfFour'), 0, 1],
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
