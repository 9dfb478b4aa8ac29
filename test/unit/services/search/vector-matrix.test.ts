import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  fusedDotProducts,
  plainDotProducts,
} from '../../../../src/services/search/dot-products-wasm.ts';
import { VectorMatrix } from '../../../../src/services/search/vector-matrix.ts';

/** The part used here of what every engine has and `lib` declares for browsers alone. */
declare const WebAssembly: {
  readonly Module: new (bytes: Uint8Array<ArrayBuffer>) => object;
  readonly Instance: new (module: object) => { readonly exports: unknown };
};

/** Reproducible numbers within -1..1. */
function numbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 31 - 1;
  };
}
const vectorOf = (dimension: number, next: () => number) =>
  Float32Array.from({ length: dimension }, next);
const dot = (a: Float32Array, b: Float32Array) => a.reduce((sum, x, i) => sum + x * (b[i] ?? 0), 0);

/** What a pass gives that nobody wants to interrupt. */
function finished<T>(pass: Generator<void, T>): T {
  let step = pass.next();
  while (!step.done) step = pass.next();
  return step.value;
}

describe('VectorMatrix', () => {
  for (const dimension of [1, 3, 16, 100, 128, 256, 512]) {
    it(`gives the dot products of plain arithmetic, dimension ${dimension}`, () => {
      const next = numbers(dimension);
      const matrix = new VectorMatrix(dimension);
      const vectors = Array.from({ length: 150 }, () => vectorOf(dimension, next));
      for (const [row, vector] of vectors.entries()) assert.equal(matrix.push(vector), row);
      const query = vectorOf(dimension, next);
      const scores = matrix.scores(query);
      assert.equal(scores.length, vectors.length);
      vectors.forEach((vector, row) => {
        const expected = dot(vector, query);
        assert.ok(Math.abs((scores[row] as number) - expected) < 1e-4, `row ${row}`);
        assert.ok(Math.abs(matrix.score(query, row) - expected) < 1e-6, `row ${row}`);
      });
    });
  }

  it('stays equal to a plain list through additions and removals', () => {
    const next = numbers(7);
    const matrix = new VectorMatrix(20);
    const plain: Float32Array[] = [];
    for (let step = 0; step < 2000; step += 1) {
      if (plain.length > 0 && next() < -0.2) {
        const row = Math.floor(((next() + 1) / 2) * plain.length) % plain.length;
        matrix.swapRemove(row);
        const last = plain.pop() as Float32Array;
        if (row < plain.length) plain[row] = last;
      } else {
        const vector = vectorOf(20, next);
        matrix.push(vector);
        plain.push(vector);
      }
      assert.equal(matrix.rows, plain.length);
    }
    const query = vectorOf(20, next);
    const scores = matrix.scores(query);
    plain.forEach((vector, row) => {
      assert.ok(Math.abs((scores[row] as number) - dot(vector, query)) < 1e-4, `row ${row}`);
    });
  });

  for (const [dimension, rows, count] of [
    [3, 1, 1],
    [20, 1237, 5],
    [512, 401, 16],
    [512, 150, 35],
  ] as const) {
    it(`finds the nearest of ${rows} rows for ${count} queries as one by one, dimension ${dimension}`, () => {
      const next = numbers(dimension + count);
      const matrix = new VectorMatrix(dimension);
      for (let row = 0; row < rows; row += 1) matrix.push(vectorOf(dimension, next));
      const queries = Array.from({ length: count }, () => vectorOf(dimension, next));
      const nearest = finished(matrix.nearest(queries));
      assert.equal(nearest.length, count);
      assert.deepEqual(finished(matrix.nearest(queries, 7)), nearest);
      for (const [at, query] of queries.entries()) {
        const scores = matrix.scores(query);
        const best = scores.indexOf(Math.max(...scores));
        assert.equal(nearest[at]?.row, best);
        assert.ok(Math.abs((nearest[at]?.score ?? 9) - (scores[best] as number)) < 1e-4);
      }
    });
  }

  it('begins anew when rows change on the way, and ends in spite of changes without end', () => {
    const next = numbers(9);
    const matrix = new VectorMatrix(4);
    for (let row = 0; row < 50; row += 1) matrix.push(vectorOf(4, next));
    const query = Float32Array.of(1, 0, 0, 0);
    const pass = matrix.nearest([query], 10);
    let changes = 0;
    let step = pass.next();
    for (; !step.done; step = pass.next()) {
      changes += 1;
      matrix.swapRemove(0);
      if (changes === 1) matrix.push(Float32Array.of(9, 0, 0, 0));
    }
    assert.equal(changes, 2);
    assert.ok(Math.abs((step.value[0]?.score ?? 0) - 9) < 1e-6);
  });

  it('gives the same without the multiply-add that an engine may lack', () => {
    for (const bytes of [fusedDotProducts, plainDotProducts]) {
      const module = new WebAssembly.Module(bytes);
      const { memory, dots, dotsOfEight } = new WebAssembly.Instance(module).exports as {
        memory: { buffer: ArrayBuffer };
        dots: (...numbers: number[]) => void;
        dotsOfEight: (...numbers: number[]) => void;
      };
      const floats = new Float32Array(memory.buffer);
      const next = numbers(3);
      // Eight queries, then five rows, of 32 numbers; scores from 1024 on.
      for (let i = 0; i < 13 * 32; i += 1) floats[i] = next();
      const rowAt = (row: number) => floats.subarray((8 + row) * 32, (9 + row) * 32);
      const expected = (query: (i: number) => number, row: number) =>
        rowAt(row).reduce((sum, value, i) => sum + value * (floats[query(i)] as number), 0);
      const near = (at: number, value: number, what: string) =>
        assert.ok(Math.abs((floats[1024 + at] as number) - value) < 1e-5, what);
      dots(0, 8 * 128, 5, 128, 4096);
      for (let row = 0; row < 5; row += 1) {
        near(
          row,
          expected((i) => i, row),
          `${bytes.length} bytes, row ${row}`,
        );
      }
      dotsOfEight(0, 8 * 128, 5, 128, 4096, 64);
      for (let query = 0; query < 8; query += 1) {
        const interleaved = (i: number) => (i >> 2) * 32 + query * 4 + (i & 3);
        for (let row = 0; row < 5; row += 1) {
          near(
            query * 16 + row,
            expected(interleaved, row),
            `${bytes.length} bytes, query ${query}, row ${row}`,
          );
        }
      }
    }
  });

  it('is not poisoned by a query that is not a number, however it grows afterwards', () => {
    const matrix = new VectorMatrix(20);
    const vector = new Float32Array(20).fill(0.1);
    for (let row = 0; row < 50; row += 1) matrix.push(vector);
    assert.ok(matrix.scores(new Float32Array(20).fill(Number.NaN)).every(Number.isNaN));
    for (let row = 0; row < 500; row += 1) matrix.push(vector);
    assert.ok(matrix.scores(vector).every((score) => Math.abs(score - 0.2) < 1e-6));
  });

  it('refuses vectors of another dimension and rows that are not there', () => {
    const matrix = new VectorMatrix(4);
    assert.throws(() => matrix.push(new Float32Array(5)), RangeError);
    assert.throws(() => matrix.scores(new Float32Array(3)), RangeError);
    assert.throws(() => matrix.swapRemove(0), RangeError);
    assert.throws(() => new VectorMatrix(0), RangeError);
    assert.throws(() => finished(matrix.nearest([new Float32Array(3)])), RangeError);
    assert.equal(matrix.scores(new Float32Array(4)).length, 0);
    assert.deepEqual(finished(matrix.nearest([new Float32Array(4)])), []);
  });
});
