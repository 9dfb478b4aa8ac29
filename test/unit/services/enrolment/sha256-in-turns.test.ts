import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { describe, it } from 'node:test';
import { sha256InTurns } from '../../../../src/services/sha256-in-turns.ts';

const mib = 1024 * 1024;

describe('SHA-256 in turns', () => {
  it('is that of all bytes, wherever a step ends', async () => {
    for (const length of [0, 1, mib - 1, mib, mib + 1, 3 * mib, 3 * mib + 7]) {
      const bytes = randomBytes(length);
      const expected = createHash('sha256').update(bytes).digest('hex');
      assert.equal(await sha256InTurns(bytes), expected, `${length} bytes`);
    }
  });

  it('lets others have the event loop before it is done', async () => {
    let turns = 0;
    let isDone = false;
    const count = () => {
      if (isDone) return;
      turns += 1;
      setImmediate(count);
    };
    setImmediate(count);
    // More than one turn of two milliseconds holds, on any processor.
    await sha256InTurns(new Uint8Array(64 * mib));
    isDone = true;
    assert.ok(turns > 3, `${turns} turns`);
  });
});
