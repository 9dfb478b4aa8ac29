import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { inferenceThreads } from '../../../src/app/inference-threads.ts';

describe('inferenceThreads', () => {
  const threads = (cores: number, machine = {}, wanted = {}) =>
    Object.values(inferenceThreads(wanted, { cores, provider: 'cpu', use: 'all', ...machine }));

  it('grow with the cores, within bounds', () => {
    assert.deepEqual(threads(1), [1, 1]);
    assert.deepEqual(threads(2), [1, 1]);
    assert.deepEqual(threads(8), [2, 1]);
    assert.deepEqual(threads(16), [4, 2]);
    assert.deepEqual(threads(256), [16, 16]);
  });

  it('are one of each on a GPU, which works in batches', () => {
    assert.deepEqual(threads(16, { provider: 'cuda' }), [1, 1]);
  });

  it('look for faces where nobody is recognised', () => {
    assert.deepEqual(threads(12, { use: 'detect' }), [4, 1]);
  });

  it('recognise where no camera is pulled', () => {
    assert.deepEqual(threads(2, { use: 'recognise' }), [1, 1]);
    assert.deepEqual(threads(16, { use: 'recognise' }), [1, 8]);
  });

  it('are what the configuration says', () => {
    assert.deepEqual(threads(2, {}, { detect: 3 }), [3, 1]);
    assert.deepEqual(threads(16, {}, { faces: 1 }), [4, 1]);
  });
});
