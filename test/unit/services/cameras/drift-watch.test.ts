import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { driftBounds } from '../../../../src/domain/bounds.ts';
import { dayPart, startOfDay } from '../../../../src/domain/drift/day-part.ts';
import { DriftWatch } from '../../../../src/services/cameras/drift-watch.ts';
import { AuditLog } from '../../../../src/store/audit-log.ts';
import { DriftTable } from '../../../../src/store/drift-table.ts';
import { putDriftDays } from '../../../support/services/drift-history.ts';
import { openStore } from '../../../support/store/open-store.ts';

const dayMs = 86_400_000;
const by = { name: 'desk' };
const sharp = Array<number>(50).fill(0.62);
const blurred = Array<number>(6).fill(0.31);

function setUp(t: TestContext) {
  const { store, clock } = openStore(t);
  const table = new DriftTable(store);
  const audit = new AuditLog({ store, now: clock.now });
  const faults: unknown[] = [];
  const open = () => {
    const watch = new DriftWatch({
      ...{ audit, clock, store, table, model: 'space-1', cameras: () => ['gate', 'yard'] },
      onError: (error) => faults.push(error),
    });
    t.after(() => watch.close());
    return watch;
  };
  const put = (levels: readonly number[], cameraId = 'gate') =>
    putDriftDays(table, {
      ...{ cameraId, levels, measure: 'sharpness', spread: 0.15, end: clock.now() },
    });
  return { audit, clock, faults, open, put, store, table };
}

/** Until what is done in turns of the event loop is done. */
async function until(condition: () => boolean, meanwhile?: () => void): Promise<void> {
  for (const end = Date.now() + 60_000; Date.now() < end; ) {
    if (condition()) return;
    meanwhile?.();
    await new Promise((done) => setImmediate(done));
  }
  assert.fail('it never came to be');
}

describe('what changes of cameras', () => {
  it('is judged by itself, told to metrics, and found again after a restart', async (t) => {
    const { clock, faults, open, put } = setUp(t);
    put([...sharp, ...blurred]);
    put([...sharp, ...Array<number>(6).fill(0.62)], 'yard');
    clock.advance(20 * 60_000);
    for (const watch of [open(), open()]) {
      clock.advance(0);
      await until(() => watch.standing().length > 0);
      const since = startOfDay(dayPart(clock.now()).day - blurred.length);
      assert.deepEqual(watch.standing(), [{ cameraId: 'gate', measure: 'sharpness', since }]);
    }
    assert.deepEqual(faults, []);
  });

  it('is judged anew when a day is over', async (t) => {
    const { clock, open, put } = setUp(t);
    put(sharp);
    const watch = open();
    clock.advance(0);
    assert.deepEqual((await watch.report('gate', 2)).changes, []);
    for (const level of blurred) {
      clock.advance(dayMs);
      put([level]);
    }
    clock.advance(20 * 60_000);
    await until(
      () => watch.standing().length > 0,
      () => clock.advance(1_000),
    );
  });

  it('is reported with weeks and the days that could be compared', async (t) => {
    const { clock, open, put } = setUp(t);
    put([...sharp, ...blurred]);
    clock.advance(20 * 60_000);
    const report = await open().report('gate', 4);
    const [change = assert.fail()] = report.changes;
    assert.deepEqual(
      [change.measure, change.direction, change.time],
      ['sharpness', 'down', 'always'],
    );
    assert.equal(change.after.count, blurred.length * 120);
    const sharpness = report.measures.find(({ measure }) => measure === 'sharpness');
    assert.ok(sharpness);
    assert.ok(sharpness.compared >= 30, String(sharpness.compared));
    assert.ok(sharpness.weeks.length >= 3 && sharpness.weeks.length <= 4);
    const noise = report.measures.find(({ measure }) => measure === 'noise');
    assert.deepEqual(noise, { measure: 'noise', compared: 0, weeks: [] });
  });

  it('of another recognition model is not compared', async (t) => {
    const { clock, open, table } = setUp(t);
    for (const [model, levels, end] of [
      ['space-0', Array<number>(50).fill(0.1), clock.now() - 6 * dayMs],
      ['space-1', Array<number>(6).fill(0.4), clock.now()],
    ] as const) {
      const measure = 'strangerScore';
      putDriftDays(table, { cameraId: 'gate', measure, model, levels, end, spread: 0.1 });
    }
    clock.advance(20 * 60_000);
    const report = await open().report('gate', 20);
    assert.deepEqual(report.changes, []);
    const scores = report.measures.find(({ measure }) => measure === 'strangerScore');
    assert.ok(scores?.weeks.every(({ median }) => median > 0.3));
  });

  it('is known once an operator says so, on record', async (t) => {
    const { audit, clock, open, put, table } = setUp(t);
    put([...sharp, ...blurred]);
    clock.advance(20 * 60_000);
    const watch = open();
    const { changes } = await watch.report('gate', 4);
    const [{ since } = assert.fail()] = changes;
    watch.setReference('gate', { from: since, note: 'other lens' }, by);
    const report = await watch.report('gate', 4);
    assert.deepEqual(report.changes, []);
    assert.deepEqual(watch.standing(), []);
    assert.equal(report.reference?.from, since);
    assert.equal(report.reference?.note, 'other lens');
    const [record] = audit.list({ what: 'drift.reference_set', order: 'newest', limit: 1 });
    assert.equal(record?.who, 'desk');
    assert.equal(record?.target, 'gate');
    watch.setReference('gate', {}, by);
    assert.equal(table.reference('gate')?.from, dayPart(clock.now()).day, 'from today');
    assert.equal(table.reference('yard'), null);
    const today = dayPart(clock.now()).day;
    for (const from of [today + 1, today - driftBounds.keptDays, Number.NaN]) {
      assert.throws(() => watch.setReference('gate', { from }, by), { code: 'BAD_REQUEST' });
    }
    clock.advance((driftBounds.keptDays + 2) * dayMs);
    assert.ok(table.purgeOld(clock.now()) > 0);
    assert.equal(table.reference('gate'), null);
  });

  it('waits where the data folder cannot be read, and ends', async (t) => {
    const { clock, faults, open, store } = setUp(t);
    const watch = open();
    store.close();
    clock.advance(0);
    await until(() => faults.length > 0);
    watch.close();
    watch.close();
    clock.advance(dayMs);
    assert.equal(faults.length, 1);
  });
});
