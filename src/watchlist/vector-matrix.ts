import { dotProducts } from './dot-products.ts';

/**
 * L2-normalised vectors of one dimension, one beside the other in memory that
 * the dot product reads without copying. Rows move: removal fills the gap with
 * the last row.
 */
export class VectorMatrix {
  readonly dimension: number;
  readonly #kernel: ReturnType<typeof dotProducts>;
  #rows = 0;

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
    return this.#rows - 1;
  }

  /** Removes a row; the last row takes its number. */
  swapRemove(row: number): void {
    if (!(row >= 0 && row < this.#rows)) throw new RangeError(`Cannot remove row ${row}`);
    this.#rows -= 1;
    this.#kernel.move(this.#rows, row);
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
   * rows equally near the first. Empty without rows.
   */
  nearest(queries: readonly Float32Array[]): { readonly row: number; readonly score: number }[] {
    for (const query of queries) this.#check(query);
    if (this.#rows === 0) return [];
    const best = queries.map(() => ({ row: 0, score: Number.NEGATIVE_INFINITY }));
    this.#kernel.visit(queries, this.#rows, (query, first, scores) => {
      const found = best[query] as { row: number; score: number };
      let { row, score } = found;
      for (let i = 0; i < scores.length; i += 1) {
        if ((scores[i] as number) > score) {
          row = first + i;
          score = scores[i] as number;
        }
      }
      found.row = row;
      found.score = score;
    });
    return best;
  }

  #check(vector: Float32Array): void {
    if (vector.length === this.dimension) return;
    throw new RangeError(
      `Cannot compare a vector of ${vector.length} numbers with vectors of ${this.dimension}`,
    );
  }
}
