import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { NightglassError } from '../../../src/domain/errors.ts';
import { startRetention } from '../../../src/store/retention.ts';
import { openStore, silentLog } from '../../support/store/open-store.ts';

/** Something with `total` old things in it. */
function task(name: string, total: number) {
  const chunks: number[] = [];
  let left = total;
  return {
    name,
    chunks,
    add: (count: number) => {
      left += count;
    },
    purge(_now: number, limit: number) {
      const count = Math.min(limit, left);
      left -= count;
      chunks.push(count);
      return count;
    },
  };
}

describe('startRetention', () => {
  it('sweeps at once, in small steps, and tells how much it purged', async (t) => {
    const { store, clock } = openStore(t);
    const purged: [string, number][] = [];
    const alerts = task('alerts', 25);
    const retention = startRetention({
      store,
      clock,
      chunk: 10,
      tasks: [alerts, task('watchlists', 0)],
      onPurged: (name, count) => purged.push([name, count]),
    });
    assert.deepEqual(await retention.sweep(), { alerts: 25, watchlists: 0 });
    assert.deepEqual(alerts.chunks, [10, 10, 5]);
    assert.deepEqual(purged, [['alerts', 25]]);
    await retention.close();
  });

  it('sweeps again after the interval, until closed', async (t) => {
    const { store, clock } = openStore(t);
    const alerts = task('alerts', 0);
    const retention = startRetention({ store, clock, tasks: [alerts], intervalMs: 1000 });
    await retention.sweep();
    while (clock.pending === 0) await new Promise((resolve) => setImmediate(resolve));
    alerts.add(3);
    clock.advance(1000);
    assert.deepEqual(await retention.sweep(), { alerts: 3 });
    await retention.close();
    await retention.close();
    const { length } = alerts.chunks;
    clock.advance(10_000);
    assert.equal(alerts.chunks.length, length);
  });

  it('goes on with the other tasks when the folder refuses one', async (t) => {
    const { store, clock } = openStore(t);
    const errors: object[] = [];
    const other = task('other', 2);
    const retention = startRetention({
      store,
      clock,
      log: { ...silentLog, error: (details) => errors.push(details) },
      tasks: [
        {
          name: 'refused',
          purge: () => {
            throw new NightglassError('STORE_UNWRITABLE', 'full');
          },
        },
        other,
      ],
    });
    assert.deepEqual(await retention.sweep(), { refused: 0, other: 2 });
    assert.equal(errors.length, 1);
    await retention.close();
  });
});
