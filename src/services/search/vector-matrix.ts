import { BestOwners } from './best-owners.ts';
import { dotProducts } from './dot-products.ts';

/** A pass over the rows that changes have interrupted so often goes through to its end. */
const maxAttempts = 3;

/** A row and its cosine with a query. */
export interface RowScore {
  row: number;
  score: number;
}

/**
 * Vectors of one dimension, L2-normalised or on one scale, one beside the other in memory that
 * the dot product reads without copying. Rows move: removal fills the gap with
 * the last row.
 */
export class VectorMatrix {
  readonly dimension: number;
  readonly #kernel: ReturnType<typeof dotProducts>;
  #rows = 0;
  /** Grows with every change of the rows. */
  #version = 0;

  constructor(dimension: number) {
    if (!(Number.isInteger(dimension) && dimension > 0)) {
      throw new RangeError(`Cannot make a matrix of dimension ${dimension}`);
    }
    this.dimension = dimension;
    this.#kernel = dotProducts(dimension);
  }

  get rows(): number {
    return this.#rows;
  }

  /** Adds a copy of `vector` as the last row and returns its number. */
  push(vector: Float32Array): number {
    this.#check(vector);
    this.#kernel.reserve(this.#rows + 1);
    this.#kernel.set(this.#rows, vector);
    this.#rows += 1;
    this.#version += 1;
    return this.#rows - 1;
  }

  /** Removes a row; the last row takes its number. */
  swapRemove(row: number): void {
    if (!(row >= 0 && row < this.#rows)) throw new RangeError(`Cannot remove row ${row}`);
    this.#rows -= 1;
    this.#version += 1;
    this.#kernel.move(this.#rows, row);
  }

  /** A row as it lies in memory; valid until the matrix changes. */
  row(row: number): Float32Array {
    return this.#kernel.row(row);
  }

  /** Cosine of `query` with one row. */
  score(query: Float32Array, row: number): number {
    this.#check(query);
    const vector = this.#kernel.row(row);
    let sum = 0;
    for (let i = 0; i < this.dimension; i += 1) sum += (query[i] as number) * (vector[i] as number);
    return sum;
  }

  /** Cosines of `query` with all rows, in order. The result is valid until the next call. */
  scores(query: Float32Array): Float32Array {
    this.#check(query);
    return this.#kernel.scores(query, this.#rows);
  }

  /**
   * The row nearest to each query, in one pass over the rows for every sixteen queries; of
   * equal ones the first. Empty without rows. Yields after every `atOnce` rows, so that a
   * caller may let others work; rows that change meanwhile make it begin again, at the
   * third time without another stop.
   */
  *nearest(
    queries: readonly Float32Array[],
    atOnce: number = Number.POSITIVE_INFINITY,
  ): Generator<void, readonly Readonly<RowScore>[]> {
    return yield* this.#pass(queries, atOnce, () => {
      const best = this.#rows === 0 ? [] : queries.map(() => ({ row: 0, score: -Infinity }));
      const visit = (query: number, first: number, scores: Float32Array) =>
        improve(best[query] as RowScore, first, scores);
      return { visit, result: best };
    });
  }

  /**
   * For each query the nearest row of each of the `limit` nearest owners, best first; otherwise as
   * {@link nearest}.
   * @param owners whose each row is
   */
  *nearestOwners(
    queries: readonly Float32Array[],
    owners: readonly string[],
    limit: number,
    atOnce: number = Number.POSITIVE_INFINITY,
  ): Generator<void, readonly (readonly RowScore[])[]> {
    const best = yield* this.#pass(queries, atOnce, () => {
      const found = queries.map(() => new BestOwners(limit));
      const visit = (query: number, first: number, scores: Float32Array) =>
        found[query]?.take(owners, first, scores);
      return { visit, result: found };
    });
    return best.map(({ rows }) => rows);
  }

  /** Visits all rows. Begins again, with what `begin` gives, where rows change meanwhile. */
  *#pass<T>(
    queries: readonly Float32Array[],
    atOnce: number,
    begin: () => {
      readonly visit: (query: number, first: number, scores: Float32Array) => void;
      readonly result: T;
    },
  ): Generator<void, T> {
    for (const query of queries) this.#check(query);
    for (let attempt = 1; ; attempt += 1) {
      const { visit, result } = begin();
      const version = this.#version;
      const step = attempt < maxAttempts ? Math.max(1, atOnce) : Number.POSITIVE_INFINITY;
      for (let from = 0; from < this.#rows && this.#version === version; from += step) {
        if (from > 0) yield;
        if (this.#version !== version) break;
        this.#kernel.visit(queries, from, Math.min(from + step, this.#rows), visit);
      }
      if (this.#version === version) return result;
    }
  }

  #check(vector: Float32Array): void {
    if (vector.length === this.dimension) return;
    throw new RangeError(
      `Cannot compare a vector of ${vector.length} numbers with vectors of ${this.dimension}`,
    );
  }
}

/** Takes a better row of these. */
function improve(found: RowScore, first: number, scores: Float32Array): void {
  let { row, score } = found;
  for (let i = 0; i < scores.length; i += 1) {
    if ((scores[i] as number) > score) {
      row = first + i;
      score = scores[i] as number;
    }
  }
  found.row = row;
  found.score = score;
}
