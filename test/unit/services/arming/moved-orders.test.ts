import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { isNightglassError } from '../../../../src/domain/errors.ts';
import type { ScheduleTime, Times } from '../../../../src/domain/schedule.ts';
import type { ArmingService } from '../../../../src/services/arming/arming-service.ts';
import {
  ann,
  daytime,
  gate,
  hour,
  setUpArming as setUp,
  vip,
} from '../../../support/services/arming-fixture.ts';
import { fillDisk } from '../../../support/store/open-store.ts';

const [everyDay] = daytime.times as [ScheduleTime];
const inEvening: ScheduleTime = { ...everyDay, from: 720, to: 1200 };

describe('orders whose end moves', () => {
  it('ends, over a restart too, at the next change of a schedule that came by a reload', (t) => {
    const { arming, clock, open, records, use } = setUp(t);
    const inTheNight: Times = { ...daytime, times: [{ ...everyDay, from: 120, to: 1080 }] };
    use(arming, [gate, daytime]);
    clock.advance(10 * hour);
    arming.order(gate, { armed: false }, ann);
    assert.equal(arming.list()[0]?.until, clock.now() + 8 * hour);
    const short: Times = { ...daytime, times: [{ ...everyDay, from: 480, to: 660 }, inEvening] };
    use(arming, [gate, short]);
    assert.equal(arming.list()[0]?.until, clock.now() + hour);
    const until = '2030-01-01T11:00:00.000Z';
    const moved = ['system', 'camera.disarmed', 'gate', { why: 'schedule changed', until }];
    assert.deepEqual(records().at(-1), moved);
    const count = records().length;
    use(arming, [gate, short]);
    assert.equal(records().length, count, 'the same schedule moves nothing');
    arming.close();
    clock.advance(3 * hour);
    const next = open();
    use(next, [gate, short]);
    assert.deepEqual([next.list()[0]?.armed, next.list()[0]?.cause], [true, 'schedule']);
    // A schedule that changed while nothing ran moves it as well.
    next.order(gate, { armed: false }, ann);
    next.close();
    const last = open();
    use(last, [gate, inTheNight]);
    assert.equal(last.list()[0]?.until, clock.now() + 5 * hour);
  });

  it('lets no order hold for years once a clock that ran ahead is set right, on record', (t) => {
    const { arming, clock, open, records, use } = setUp(t);
    const years = 10 * 365 * 24 * hour;
    clock.jump(years);
    use(arming, [vip, daytime]);
    arming.order(gate, { armed: false, minutes: 30 }, ann);
    arming.order(vip, { armed: true }, ann);
    clock.jump(-years);
    clock.advance(60_000);
    const ends = (service: ArmingService) =>
      service.list().map(({ id, armed, by, until }) => [id, armed, by, until]);
    const now = clock.now();
    assert.deepEqual(ends(arming), [
      ['gate', false, 'Ann', now + 30 * 60_000],
      ['yard', true, null, null],
      ['vip', true, 'Ann', now - 60_000 + 8 * hour],
      ['staff', true, null, null],
    ]);
    const moved = { why: 'clock set back', until: '2030-01-01T00:31:00.000Z' };
    assert.deepEqual(records().at(-2), ['system', 'camera.disarmed', 'gate', moved]);
    clock.advance(60_000);
    assert.equal(records().length, 5, 'moved once');
    arming.close();
    const next = open();
    use(next, [vip, daytime]);
    clock.advance(30 * 60_000);
    assert.equal(next.isArmed('camera', 'gate'), true);
  });

  it('moves orders back where that cannot be recorded, and records it later', (t) => {
    const { arming, clock, records, store, use } = setUp(t);
    clock.jump(1_000 * hour);
    use(arming);
    arming.order(gate, { armed: false, minutes: 30 }, ann);
    const empty = fillDisk(store);
    assert.throws(
      () => {
        for (let turn = 0; turn < 500; turn += 1) {
          arming.order(vip, { armed: turn % 2 === 0, minutes: 1 + turn }, ann);
        }
      },
      (error) => isNightglassError(error, 'STORE_UNWRITABLE'),
    );
    clock.jump(-1_000 * hour);
    clock.advance(60_000);
    const isMoved = () =>
      records().some(
        ([, , id, detail]) => id === 'gate' && JSON.stringify(detail).includes('set back'),
      );
    assert.equal(arming.list()[0]?.until, clock.now() + 30 * 60_000);
    empty();
    store.retry();
    clock.advance(60_000);
    assert.ok(isMoved());
    clock.advance(30 * 60_000);
    assert.equal(arming.isArmed('camera', 'gate'), true);
  });
});
