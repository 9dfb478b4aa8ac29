import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type Request, RequestQueue } from '../../../src/inference/request-queue.ts';

const request = (bucket: string): Request => ({
  item: { pair: new Float32Array(2) },
  bucket,
  queuedAt: 0,
  resolve: () => undefined,
  reject: () => undefined,
});

describe('RequestQueue', () => {
  it('gives batches of one bucket, oldest first, and keeps the rest in order', () => {
    const queue = new RequestQueue('fuse', 10);
    const all = ['a', 'b', 'a', 'a', 'b'].map(request);
    for (const entry of all) assert.ok(queue.push(entry));
    assert.equal(queue.ready(8), 3);
    assert.equal(queue.ready(2), 2);
    assert.deepEqual(queue.take(2), [all[0], all[2]]);
    assert.deepEqual(queue.take(8), [all[1], all[4]]);
    assert.deepEqual(queue.take(8), [all[3]]);
    assert.deepEqual(queue.take(8), []);
    assert.equal(queue.head, undefined);
  });

  it('is bounded', () => {
    const queue = new RequestQueue('fuse', 1);
    assert.equal(queue.push(request('a')), true);
    assert.equal(queue.push(request('a')), false);
    assert.equal(queue.depth, 1);
  });

  it('removes one, and drains all', () => {
    const queue = new RequestQueue('fuse', 3);
    const [first, second] = [request('a'), request('a')];
    queue.push(first);
    queue.push(second);
    assert.equal(queue.remove(first), true);
    assert.equal(queue.remove(first), false);
    assert.deepEqual(queue.drain(), [second]);
    assert.equal(queue.depth, 0);
  });
});
