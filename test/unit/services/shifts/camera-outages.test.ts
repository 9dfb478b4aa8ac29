import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { CameraOutages } from '../../../../src/services/shifts/camera-outages.ts';
import { CameraOutageTable } from '../../../../src/store/camera-outage-table.ts';
import { fillDisk, openStore } from '../../../support/store/open-store.ts';

const stalled = (cameraId: string) => ({ cameraId, code: 'STREAM_STALLED', message: 'no frames' });

function setUp(t: TestContext) {
  const { store, clock } = openStore(t);
  const table = new CameraOutageTable(store);
  const start = clock.now();
  const list = (from = 0, cameras: '*' | readonly string[] = '*') =>
    table
      .since(from, cameras, 100)
      .map(({ cameraId, since, endedAt }) => [
        cameraId,
        since - start,
        endedAt === null ? null : endedAt - start,
      ]);
  return { store, clock, start, table, list, outages: new CameraOutages(store, clock) };
}

describe('outages of cameras', () => {
  it('are written down from when they began, once they last, until they end', (t) => {
    const { clock, list, outages } = setUp(t);
    outages.observe([stalled('gate')]);
    clock.advance(5_000);
    outages.observe([stalled('gate'), stalled('yard')]);
    assert.deepEqual(list(), [], 'a moment is no outage');
    clock.advance(5_000);
    // The yard came back after a moment.
    outages.observe([stalled('gate')]);
    assert.deepEqual(list(), [['gate', 0, null]]);
    clock.advance(60_000);
    outages.observe([stalled('gate')]);
    outages.observe([]);
    assert.deepEqual(list(), [['gate', 0, 70_000]]);
  });

  it('are told of the cameras that are asked for, from when they are asked for', (t) => {
    const { clock, list, outages, start } = setUp(t);
    for (const camera of ['gate', 'yard']) {
      outages.observe([stalled(camera)]);
      clock.advance(20_000);
      outages.observe([stalled(camera)]);
      outages.observe([]);
    }
    assert.deepEqual(list(0, ['yard']), [['yard', 20_000, 40_000]]);
    assert.deepEqual(list(start + 30_000), [['yard', 20_000, 40_000]]);
    assert.deepEqual(list(0, []), []);
  });

  it('of an earlier run end where the next one begins; old ones are deleted', (t) => {
    const { clock, list, outages, start, store, table } = setUp(t);
    outages.observe([stalled('gate')]);
    clock.advance(20_000);
    outages.observe([stalled('gate')]);
    clock.advance(1_000);
    new CameraOutages(store, clock).observe([stalled('gate')]);
    assert.deepEqual(list(), [['gate', 0, 21_000]]);
    assert.equal(
      store.write(() => table.purge(start + 21_001)),
      1,
    );
    assert.deepEqual(list(), []);
  });

  it('are noted later where the folder takes no writes', (t) => {
    const { clock, list, outages, store } = setUp(t);
    outages.observe([stalled('gate')]);
    clock.advance(20_000);
    // The next row needs a page of its own.
    const undo = fillDisk(store);
    outages.observe([{ ...stalled('gate'), message: 'x'.repeat(20_000) }]);
    undo();
    clock.advance(5_000);
    outages.observe([stalled('gate')]);
    assert.deepEqual(list(), [['gate', 0, null]]);
  });
});
