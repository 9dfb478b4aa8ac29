import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Resources } from '../../../src/app/resources.ts';

describe('resources', () => {
  it('close in reverse order, one after the other, once', async () => {
    const closed: string[] = [];
    const resources = new Resources((fault) => assert.ifError(fault));
    resources.use({ close: () => void closed.push('store') });
    resources.defer(async () => {
      closed.push('cameras begin');
      await new Promise((resolve) => setImmediate(resolve));
      closed.push('cameras end');
    });
    assert.equal(resources.closing, false);
    await Promise.all([resources.close(), resources.close()]);
    assert.equal(resources.closing, true);
    assert.deepEqual(closed, ['cameras begin', 'cameras end', 'store']);
  });

  it('close on past a part that fails, and report it', async () => {
    const closed: string[] = [];
    const faults: unknown[] = [];
    const resources = new Resources((fault) => faults.push(fault));
    const fault = new Error('device gone');
    resources.defer(() => void closed.push('first'));
    resources.defer(() => Promise.reject(fault));
    resources.defer(() => void closed.push('last'));
    await resources.close();
    assert.deepEqual(closed, ['last', 'first']);
    assert.deepEqual(faults, [fault]);
  });
});
