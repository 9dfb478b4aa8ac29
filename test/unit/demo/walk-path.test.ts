import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { placeAt } from '../../../demo/footage/walk-path.ts';

const path = [
  { time: 1, x: 0, z: 6 },
  { time: 3, x: 1, z: 4 },
  { time: 5, x: 0, z: 1 },
];

describe('placeAt', () => {
  it('passes the waypoints on time', () => {
    for (const { time, x, z } of path.slice(0, -1)) {
      const place = placeAt(path, time);
      assert.ok(Math.abs((place?.x ?? 9) - x) < 1e-9 && Math.abs((place?.z ?? 9) - z) < 1e-9);
    }
  });

  it('knows nobody before and after', () => {
    assert.equal(placeAt(path, 0.99), undefined);
    assert.equal(placeAt(path, 5), undefined);
  });

  it('moves smoothly: no jump between pictures', () => {
    for (let time = 1; time < 4.9; time += 0.1) {
      const a = placeAt(path, time);
      const b = placeAt(path, time + 0.1);
      assert.ok(a !== undefined && b !== undefined);
      assert.ok(Math.hypot(a.x - b.x, a.z - b.z) < 0.3, `at ${time}`);
      assert.ok(a.speed > 0.9 && a.speed < 1.8);
    }
  });
});
