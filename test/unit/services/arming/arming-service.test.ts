import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { isNightglassError } from '../../../../src/domain/errors.ts';
import { isStoreFault } from '../../../../src/store/is-store-fault.ts';
import {
  ann,
  daytime,
  gate,
  hour,
  setUpArming as setUp,
  vip,
} from '../../../support/services/arming-fixture.ts';
import { damageStore, hideTable } from '../../../support/store/damage-store.ts';
import { fillDisk } from '../../../support/store/open-store.ts';
import { testPostgres } from '../../../support/store/test-store.ts';

describe('ArmingService', () => {
  it('takes everything for armed that nobody and no schedule disarmed', (t) => {
    const { arming, changes, records, use } = setUp(t);
    use(arming);
    assert.ok(arming.list().every(({ armed, cause }) => armed && cause === 'none'));
    assert.deepEqual(arming.problems(), []);
    assert.deepEqual([changes, records()], [[], []]);
  });

  it('disarms by order for some minutes, on record, and arms again when they are over', (t) => {
    const { arming, changes, clock, records, use } = setUp(t);
    use(arming);
    const state = arming.order(gate, { armed: false, minutes: 10 }, ann);
    assert.equal(state.until, clock.now() + 600_000);
    assert.deepEqual([state.by, state.cause], ['Ann', 'order']);
    assert.equal(arming.compares('staff', 'gate'), false);
    assert.equal(arming.compares('staff', 'yard'), true);
    clock.advance(599_000);
    assert.equal(arming.isArmed('camera', 'gate'), false);
    clock.advance(1_001);
    assert.equal(arming.isArmed('camera', 'gate'), true);
    assert.deepEqual(
      changes.map(({ state: { armed, cause }, cameras }) => [armed, cause, cameras]),
      [
        [false, 'order', ['gate']],
        [true, 'none', ['gate']],
      ],
    );
    assert.deepEqual(records(), [
      ['Ann', 'camera.disarmed', 'gate', { until: '2030-01-01T00:10:00.000Z' }],
      ['system', 'camera.armed', 'gate', { why: 'order over' }],
    ]);
  });

  it('follows a schedule, each change on record', (t) => {
    const { arming, clock, records, use } = setUp(t);
    use(arming, [vip, daytime]);
    assert.equal(arming.isArmed('watchlist', 'vip'), false);
    const night = arming.list().find(({ id }) => id === 'vip');
    assert.deepEqual([night?.cause, night?.until], ['schedule', clock.now() + 8 * hour]);
    clock.advance(8 * hour);
    assert.equal(arming.isArmed('watchlist', 'vip'), true);
    clock.advance(10 * hour);
    assert.equal(arming.isArmed('watchlist', 'vip'), false);
    assert.deepEqual(
      records().map(([who, what]) => [who, what]),
      [
        ['system', 'watchlist.disarmed'],
        ['system', 'watchlist.armed'],
        ['system', 'watchlist.disarmed'],
      ],
    );
  });

  it('lets an order hold until the next change of the schedule, or over it until its own time', (t) => {
    const { arming, clock, use } = setUp(t);
    use(arming, [vip, daytime], [gate, daytime]);
    // At midnight, both disarmed by schedule: armed by hand.
    assert.equal(arming.order(vip, { armed: true }, ann).until, clock.now() + 8 * hour);
    arming.order(gate, { armed: false, minutes: 9 * 60 }, ann);
    clock.advance(8 * hour + 60_000);
    const states = () => arming.list().map(({ id, armed, cause }) => `${id} ${armed} ${cause}`);
    assert.deepEqual(states().slice(0, 3), [
      'gate false order',
      'yard true none',
      'vip true schedule',
    ]);
    clock.advance(hour);
    assert.equal(states()[0], 'gate true schedule');
    // Disarmed in the day: until the evening, when the schedule disarms it too, and no longer.
    arming.order(vip, { armed: false }, ann);
    clock.advance(8 * hour);
    assert.equal(states()[2], 'vip false order');
    clock.advance(hour);
    assert.equal(states()[2], 'vip false schedule');
    clock.advance(14 * hour);
    assert.equal(states()[2], 'vip true schedule');
  });

  it('goes back to the schedule when an order is ended, and moves an open end with a new schedule', (t) => {
    const { arming, clock, records, use } = setUp(t);
    use(arming, [vip, daytime]);
    arming.order(vip, { armed: true }, ann);
    use(arming, [
      vip,
      { ...daytime, times: [{ ...daytime.times[0], from: 360, to: 1080 } as never] },
    ]);
    assert.equal(arming.list()[2]?.until, clock.now() + 6 * hour);
    const state = arming.release(vip, ann);
    assert.deepEqual([state.armed, state.cause], [false, 'schedule']);
    assert.deepEqual(records().at(-1), [
      'Ann',
      'watchlist.disarmed',
      'vip',
      { why: 'order ended' },
    ]);
    // Nothing to end: nothing on record.
    const before = records().length;
    arming.release(vip, ann);
    assert.equal(records().length, before);
  });

  it('knows after a restart what was ordered, and what ended meanwhile', (t) => {
    const { arming, clock, open, use } = setUp(t);
    use(arming);
    arming.order(gate, { armed: false }, ann);
    arming.order(vip, { armed: false, minutes: 5 }, ann);
    arming.close();
    clock.advance(hour);
    const next = open();
    // Before its first look, too: what is disarmed stays so.
    assert.equal(next.isArmed('camera', 'gate'), false);
    use(next);
    assert.deepEqual(
      next.list().map(({ id, armed, by }) => [id, armed, by]),
      [
        ['gate', false, 'Ann'],
        ['yard', true, null],
        ['vip', true, null],
        ['staff', true, null],
      ],
    );
  });

  it('refuses times that are over or too far ahead, and what is not there', (t) => {
    const { arming, clock, records } = setUp(t);
    for (const until of [clock.now(), clock.now() - 1, clock.now() + 8 * 24 * hour, Number.NaN]) {
      assert.throws(
        () => arming.order(gate, { armed: false, until }, ann),
        (error) => isNightglassError(error, 'BAD_REQUEST'),
      );
    }
    assert.throws(
      () => arming.order({ kind: 'camera', id: 'vip' }, { armed: false }, ann),
      (error) => isNightglassError(error, 'NOT_FOUND'),
    );
    assert.deepEqual(records(), []);
  });

  it('changes nothing by order that cannot be recorded; by schedule it arms and does not disarm', (t) => {
    const { arming, changes, clock, store, use } = setUp(t);
    use(arming, [gate, daytime]);
    const empty = fillDisk(store);
    const state = () => ({ list: arming.list(), told: changes.length });
    let before = state();
    assert.throws(
      () => {
        for (let turn = 0; turn < 500; turn += 1) {
          before = state();
          arming.order(vip, { armed: turn % 2 === 0, minutes: 1 + turn }, ann);
        }
      },
      (error) => isNightglassError(error, 'STORE_UNWRITABLE'),
    );
    assert.deepEqual(state(), before);
    assert.equal(arming.isArmed('camera', 'gate'), false);
    // In the morning it is armed, on record or not.
    clock.advance(8 * hour + 1);
    assert.equal(arming.isArmed('camera', 'gate'), true);
    clock.advance(10 * hour);
    assert.equal(arming.isArmed('camera', 'gate'), true, 'what cannot be recorded disarms nothing');
    empty();
    store.retry();
    clock.advance(60_000);
    assert.equal(arming.isArmed('camera', 'gate'), false);
  });

  it('goes on with what it knew where the database cannot be read: it ends nothing, forgets nothing', (t) => {
    const { arming, clock, reading, store, use } = setUp(t);
    use(arming, [gate, daytime]);
    arming.order(vip, { armed: false }, ann);
    const before = arming.list();
    reading.before = testPostgres === undefined ? damageStore(store) : hideTable(store, 'arming');
    assert.throws(reading.before, isStoreFault);
    clock.advance(60_000);
    assert.deepEqual(arming.list(), before);
    assert.deepEqual([arming.problems(), arming.count('camera')], [[], 1]);
    // In the morning it is armed all the same; what somebody disarmed stays so.
    clock.advance(8 * hour);
    assert.deepEqual(
      arming.list().map(({ id, armed }) => `${id} ${armed}`),
      ['gate true', 'yard true', 'vip false', 'staff true'],
    );
    use(arming);
    assert.throws(() => arming.order(gate, { armed: false }, ann), isStoreFault);
  });

  it('forgets what is gone: who takes its place begins armed', (t) => {
    const { arming, armable, clock, use } = setUp(t);
    use(arming);
    arming.order(vip, { armed: false }, ann);
    const [removed] = armable.splice(2, 1);
    clock.advance(60_000);
    if (removed !== undefined) armable.push(removed);
    assert.equal(arming.isArmed('watchlist', 'vip'), true);
  });

  it('says that no alert can come, once no armed list meets an armed camera', (t) => {
    const { arming, armable, use } = setUp(t);
    use(arming);
    arming.order(gate, { armed: false }, ann);
    assert.deepEqual(arming.problems(), []);
    arming.order({ kind: 'watchlist', id: 'staff' }, { armed: false }, ann);
    // The list that is armed runs on the camera that is not.
    const [problem] = arming.problems();
    assert.equal(problem?.code, 'DISARMED');
    assert.match(problem?.message ?? '', /1 of 2 watchlists and 1 of 2 cameras are disarmed/);
    assert.deepEqual([arming.count('camera'), arming.count('watchlist')], [1, 1]);
    // Where nothing runs at all, being disarmed is not what is wrong.
    for (const [index, each] of armable.entries()) armable[index] = { ...each, inUse: false };
    assert.deepEqual(arming.problems(), []);
  });
});
