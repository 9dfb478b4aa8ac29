import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { deliverUnderFaults } from '../../../bench/outbox/deliver-under-faults.ts';
import { temporaryFolder } from '../../support/store/temporary-folder.ts';

describe('delivery under faults', () => {
  it('brings each event to each receiver, in order, over kills and an hour without one', async (t) => {
    const alerts = 400;
    const kills = 3;
    const figures = await deliverUnderFaults({
      folder: temporaryFolder(t),
      ...{ alerts, kills, seed: 7, speed: 600 },
    });
    assert.equal(figures.kills, kills);
    assert.ok(figures.stored >= alerts, `${figures.stored} events stored`);
    assert.deepEqual(figures.faults, []);
    for (const receiver of [figures.up, figures.down]) {
      const { missing, outOfOrder, unsigned, repeated } = receiver;
      assert.deepEqual(
        { missing, outOfOrder, unsigned },
        { missing: 0, outOfOrder: 0, unsigned: 0 },
      );
      // A kill repeats what was not noted yet, and what was on its way.
      assert.ok(repeated <= kills * 33, `${repeated} came twice`);
    }
    const { least, most } = figures.heap;
    assert.ok(most - least < 16 * 2 ** 20, `the heap went from ${least} to ${most} bytes`);
  });
});
