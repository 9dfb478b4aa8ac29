import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { PixelPool } from '../../../src/inference/pixel-pool.ts';

describe('pixel pool', () => {
  it('gives shared memory of the size asked for, and the same again once it is back', () => {
    const pool = new PixelPool();
    const first = pool.take(12);
    assert.equal(first.length, 12);
    assert.ok(first.buffer instanceof SharedArrayBuffer);
    const second = pool.take(12);
    assert.notEqual(second.buffer, first.buffer);
    pool.giveBack(first);
    assert.notEqual(pool.take(24).buffer, first.buffer);
    assert.equal(pool.take(12).buffer, first.buffer);
  });

  it('keeps a bounded number, the latest', () => {
    const pool = new PixelPool();
    const many = Array.from({ length: 40 }, () => pool.take(3));
    for (const memory of many) pool.giveBack(memory);
    const again = Array.from({ length: 40 }, () => pool.take(3).buffer);
    assert.equal(many.filter(({ buffer }) => again.includes(buffer)).length, 16);
    assert.equal(again[0], many.at(-1)?.buffer);
  });
});
