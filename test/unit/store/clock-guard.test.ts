import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { AuditLog } from '../../../src/store/audit-log.ts';
import { ClockGuard, confirmTime } from '../../../src/store/clock-guard.ts';
import { startRetention } from '../../../src/store/retention.ts';
import { FakeClock } from '../../support/fake-clock.ts';
import { openStore, silentLog } from '../../support/store/open-store.ts';

const minute = 60_000;
const day = 24 * 60 * minute;

/** A guard as at a start of the program on this folder. */
function start(t: TestContext, clock: FakeClock, dataDir?: string) {
  const opened = openStore(t, { clock, ...(dataDir === undefined ? {} : { dataDir }) });
  const { store } = opened;
  const audit = new AuditLog({ store, now: clock.now });
  const held: boolean[] = [];
  const errors: object[] = [];
  const guard = new ClockGuard({
    store,
    audit,
    clock,
    log: { ...silentLog, error: (details) => errors.push(details) },
    maxGapMs: 7 * day,
    onHold: (is) => held.push(is),
  });
  const recorded = () => audit.list({}).map(({ what }) => what);
  return { ...opened, audit, guard, held, errors, recorded, clock };
}

describe('ClockGuard', () => {
  for (const [what, jump] of [
    ['forward', 60 * day],
    ['back', -60 * day],
    ['forward a little', 15 * minute],
  ] as const) {
    it(`holds after a jump ${what} while the program runs, until the clock is right again`, (t) => {
      const { clock, guard, held, errors, recorded } = start(t, new FakeClock());
      assert.equal(guard.holds(), false);
      clock.advance(5 * minute);
      assert.equal(guard.holds(), false);
      const before = clock.now();
      clock.jump(jump);
      assert.equal(guard.holds(), true);
      assert.deepEqual(guard.hold, { expected: before, now: before + jump });
      clock.advance(day);
      assert.equal(guard.holds(), true);
      assert.equal(errors.length, 2, 'logged at once and again, not at each look');
      clock.jump(-jump);
      assert.equal(guard.holds(), false);
      assert.equal(guard.hold, undefined);
      assert.deepEqual(held, [true, false]);
      assert.deepEqual(recorded(), ['retention.held', 'retention.resumed']);
    });
  }

  it('believes a clock that is kept in order, and one that drifts', (t) => {
    const { clock, guard, held } = start(t, new FakeClock());
    for (let n = 0; n < 200; n += 1) {
      assert.equal(guard.holds(), false);
      clock.advance(day);
      clock.jump(5000);
    }
    assert.deepEqual(held, []);
  });

  it('holds at a start long after the last time that was noted, and before it', (t) => {
    const first = start(t, new FakeClock());
    first.guard.holds();
    first.clock.advance(2 * minute);
    first.guard.holds();
    const { dataDir } = first;
    const later = (ms: number) => start(t, new FakeClock(first.clock.now() + ms), dataDir);
    assert.equal(later(8 * day).guard.holds(), true);
    assert.equal(later(-day).guard.holds(), true);
    // Nothing of that was noted.
    assert.equal(later(6 * day).guard.holds(), false);
  });

  it('goes by the newest record where no time was ever noted', (t) => {
    const first = start(t, new FakeClock());
    first.audit.append({ who: 'a', what: 'search.run', target: '' });
    const at = first.clock.now();
    assert.equal(start(t, new FakeClock(at + 60 * day), first.dataDir).guard.holds(), true);
    assert.equal(start(t, new FakeClock(at + day), first.dataDir).guard.holds(), false);
  });

  it('goes on once the time is confirmed, here or by another process, on record', (t) => {
    const { clock, guard, store, audit, held } = start(t, new FakeClock());
    guard.holds();
    clock.jump(60 * day);
    assert.equal(guard.holds(), true);
    assert.equal(guard.confirm({ name: 'ann' }), clock.now());
    assert.equal(guard.holds(), false);
    clock.jump(-60 * day);
    assert.equal(guard.holds(), true);
    confirmTime(store, audit, clock.now(), { name: 'command line' });
    assert.equal(guard.holds(), false);
    assert.deepEqual(held, [true, false, true, false]);
    assert.deepEqual(
      audit.list({ what: 'clock' }).map(({ who, what }) => [who, what]),
      [
        ['ann', 'clock.confirmed'],
        ['command line', 'clock.confirmed'],
      ],
    );
  });

  it('keeps every retention task from deleting', async (t) => {
    const { clock, guard, store } = start(t, new FakeClock());
    let purged = 0;
    const tasks = [
      {
        name: 'alerts',
        purge(_now: number, limit: number) {
          purged += 1;
          // The clock jumps in the midst of a sweep.
          if (purged === 2) clock.jump(60 * day);
          return limit;
        },
      },
      { name: 'audit', purge: () => assert.fail('purged by a clock that jumped') },
    ];
    const retention = startRetention({ store, clock, tasks, holds: () => guard.holds() });
    assert.deepEqual(await retention.sweep(), { alerts: 8, audit: 0 });
    await retention.close();
  });
});
