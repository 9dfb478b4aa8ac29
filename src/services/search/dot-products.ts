import { fusedDotProducts, plainDotProducts } from './dot-products-wasm.ts';

/**
 * Rows of float32 in WebAssembly memory, and their dot products with queries
 * by 128-bit SIMD, as fast as the memory gives the rows: a search must not hold
 * up the event loop. Layout of the memory, in bytes: queries, scores of a
 * block, rows, one score a row.
 */
export interface DotProducts {
  /** Makes room for this many rows. Moves the scores, keeps the rows. */
  reserve(rows: number): void;
  set(row: number, vector: Float32Array): void;
  move(from: number, to: number): void;
  /** A view of a row; valid until the next `reserve`. */
  row(row: number): Float32Array;
  /** Dot products of `query` with the first `rows` rows; valid until the next call. */
  scores(query: Float32Array, rows: number): Float32Array;
  /**
   * Dot products of several queries with the rows from `from` to before `to`, which are read
   * from memory once for every sixteen queries. `visit` is given those of a query with the rows
   * from `first` on, valid until it returns; each query gets its rows in order.
   */
  visit(
    queries: readonly Float32Array[],
    from: number,
    to: number,
    visit: (query: number, first: number, scores: Float32Array) => void,
  ): void;
}

interface Memory {
  readonly buffer: ArrayBuffer;
  grow(pages: number): number;
}

interface Exports {
  readonly memory: Memory;
  readonly dots: (query: number, rows: number, count: number, stride: number, out: number) => void;
  readonly dotsOfEight: (
    queries: number,
    rows: number,
    count: number,
    stride: number,
    out: number,
    outStride: number,
  ) => void;
}

/** The part used here of what every engine has and `lib` declares for browsers alone. */
declare const WebAssembly: {
  readonly Module: new (bytes: Uint8Array<ArrayBuffer>) => object;
  readonly Instance: new (module: object) => { readonly exports: unknown };
  readonly validate: (bytes: Uint8Array<ArrayBuffer>) => boolean;
};

const pageBytes = 65_536;
/** What an engine can address. */
const maxPages = 65_536;
/** Queries that `dotsOfEight` takes. */
const queriesAtOnce = 8;
/** Queries that share a pass. */
const maxQueries = 16;
/** Rows of a block stay in the processor's cache while one query after the other meets them. */
const blockBytes = 256 * 1024;
const maxBlockRows = 512;
let compiled: object | undefined;

function compile(): object {
  const fused = WebAssembly.validate(fusedDotProducts);
  return new WebAssembly.Module(fused ? fusedDotProducts : plainDotProducts);
}

/** Where things lie in the memory, in numbers of four bytes. */
interface Layout {
  /** Numbers of a row, padded with zeros to whole SIMD steps of 16. */
  readonly padded: number;
  readonly blockRows: number;
  readonly blockScores: number;
  readonly firstRow: number;
  readonly maxRows: number;
}

function layoutOf(dimension: number): Layout {
  const padded = Math.ceil(dimension / 16) * 16;
  const blockRows = Math.min(maxBlockRows, Math.max(1, Math.floor(blockBytes / (padded * 4))));
  const blockScores = padded * maxQueries;
  const firstRow = blockScores + blockRows * maxQueries;
  const maxRows = Math.floor(((maxPages * pageBytes) / 4 - firstRow) / (padded + 1));
  return { padded, blockRows, blockScores, firstRow, maxRows };
}

/** Puts a query where the loop for eight reads it: four numbers of each in turn. */
function interleave(floats: Float32Array, query: Float32Array, at: number, padded: number): void {
  const origin = Math.floor(at / queriesAtOnce) * queriesAtOnce * padded;
  const lane = (at % queriesAtOnce) * 4;
  for (let i = 0; i < query.length; i += 1) {
    floats[origin + (i >> 2) * 4 * queriesAtOnce + lane + (i & 3)] = query[i] as number;
  }
}

/** @param dimension numbers in a vector, at least 1 */
export function dotProducts(dimension: number): DotProducts {
  compiled ??= compile();
  const { memory, dots, dotsOfEight } = new WebAssembly.Instance(compiled).exports as Exports;
  const { padded, blockRows, blockScores, firstRow, maxRows } = layoutOf(dimension);
  const stride = padded * 4;
  let capacity = 0;
  let floats = new Float32Array(memory.buffer);

  const start = (row: number) => firstRow + padded * row;

  /** Scores of up to sixteen queries, block by block. */
  function visitPart(
    queries: readonly Float32Array[],
    from: number,
    to: number,
    visit: (query: number, first: number, scores: Float32Array) => void,
  ): void {
    const [alone] = queries.length === 1 ? queries : [];
    floats.fill(0, 0, blockScores);
    if (alone !== undefined) floats.set(alone, 0);
    else for (const [at, query] of queries.entries()) interleave(floats, query, at, padded);
    for (let first = from; first < to; first += blockRows) {
      const count = Math.min(blockRows, to - first);
      const rows = start(first) * 4;
      if (alone !== undefined) {
        dots(0, rows, count, stride, blockScores * 4);
      } else {
        for (let at = 0; at < queries.length; at += queriesAtOnce) {
          const out = blockScores + at * blockRows;
          dotsOfEight(at * stride, rows, count, stride, out * 4, blockRows * 4);
        }
      }
      for (const at of queries.keys()) {
        const out = blockScores + at * blockRows;
        visit(at, first, floats.subarray(out, out + count));
      }
    }
  }

  return {
    reserve(rows) {
      if (rows <= capacity) return;
      const wanted = Math.max(rows, Math.min(Math.max(64, Math.ceil(capacity * 1.5)), maxRows));
      const bytes = (start(wanted) + wanted) * 4;
      const pages = Math.ceil((bytes - memory.buffer.byteLength) / pageBytes);
      if (pages > 0) memory.grow(pages);
      floats = new Float32Array(memory.buffer);
      // Old scores lie where rows come now, and padding must be zero; memory beyond them is new.
      floats.fill(0, start(capacity), start(capacity) + capacity);
      capacity = wanted;
    },
    set(row, vector) {
      floats.set(vector, start(row));
    },
    move(from, to) {
      if (from !== to) floats.copyWithin(start(to), start(from), start(from) + padded);
      // Nothing stays behind of a face that is taken off the list.
      floats.fill(0, start(from), start(from) + padded);
    },
    row: (row) => floats.subarray(start(row), start(row) + dimension),
    scores(query, rows) {
      floats.set(query, 0);
      const out = start(capacity);
      dots(0, start(0) * 4, rows, stride, out * 4);
      return floats.subarray(out, out + rows);
    },
    visit(queries, from, to, visit) {
      for (let origin = 0; origin < queries.length; origin += maxQueries) {
        const part = queries.slice(origin, origin + maxQueries);
        visitPart(part, from, to, (query, first, scores) => visit(origin + query, first, scores));
      }
    },
  };
}
