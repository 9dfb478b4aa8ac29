import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import ort from 'onnxruntime-node';
import { countOperations } from '../../../bench/gpu/count-operations.ts';
import { matrixModel } from '../../../bench/gpu/matrix-model.ts';

describe('the matrix product that shows what a chip can do', () => {
  const side = 4;
  const shifted = Float32Array.from({ length: side * side }, (_, at) =>
    at % side === (Math.floor(at / side) + 1) % side ? 2 : 0,
  );
  const feeds = { a: new ort.Tensor('float32', shifted, [side, side]) };

  it('multiplies the matrix as often as asked', async () => {
    const session = await ort.InferenceSession.create(matrixModel(side, 3, 'fp32'));
    const outputs = await session.run(feeds);
    // A shift by one, doubled: its fourth power shifts by four, which is not at all, times 16.
    const expected = Array.from({ length: side * side }, (_, at) =>
      at % (side + 1) === 0 ? 16 : 0,
    );
    const product = outputs['out']?.data;
    assert.ok(product instanceof Float32Array);
    assert.deepEqual([...product], expected);
    await session.release();
  });

  it('is counted: two operations for each of n cubed', async () => {
    assert.equal(await countOperations(matrixModel(side, 3, 'fp32'), feeds), 3 * 2 * side ** 3);
  });
});
