import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { RisingDrops } from '../../../src/cluster/rising-drops.ts';

const busy = (count: number, cameraId = 'gate') => ({ cameraId, reason: 'busy' as const, count });

describe('drops of a node', () => {
  it('are spoken of for a minute after they rose, not for as long as the count stands', () => {
    const drops = new RisingDrops();
    drops.heard([busy(7)], 0);
    assert.deepEqual(drops.lately(0), [], 'nobody knows when these were');
    drops.heard([busy(7), busy(1, 'hall')], 1_000);
    assert.deepEqual(drops.lately(1_000), ['busy']);
    drops.heard([busy(7), busy(1, 'hall')], 60_000);
    assert.deepEqual(drops.lately(60_999), ['busy']);
    assert.deepEqual(drops.lately(61_000), []);
  });

  it('count from nothing once the node has started anew', () => {
    const drops = new RisingDrops();
    drops.heard([busy(100)], 0);
    drops.heard([busy(2)], 1_000);
    assert.deepEqual(drops.lately(1_000), ['busy']);
    drops.heard([], 2_000);
    drops.heard([{ cameraId: 'gate', reason: 'full', count: 1 }], 90_000);
    assert.deepEqual(drops.lately(90_000), ['full']);
  });
});
