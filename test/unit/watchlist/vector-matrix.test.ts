import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { VectorMatrix } from '../../../src/watchlist/vector-matrix.ts';

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
    assert.equal(matrix.scores(new Float32Array(4)).length, 0);
  });
});
