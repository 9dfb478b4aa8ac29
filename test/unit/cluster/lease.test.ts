import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Lease, leaseTimes } from '../../../src/cluster/lease.ts';

const times = { ttl: 6_000, margin: 2_000, renewEvery: 1_000 };
const at = (ms: number, wall = ms) => ({ monotonic: ms, wall });

function held(revision = 7, now = 0): Lease {
  const lease = new Lease(times);
  assert.deepEqual(lease.claim(at(now)), [{ do: 'create' }]);
  assert.deepEqual(lease.created(revision, at(now + 10)), [{ do: 'start' }]);
  return lease;
}

describe('lease of a camera', () => {
  it('is pulled once the server has given it, renewed, and given back once pulling has ended', () => {
    const lease = held();
    assert.ok(lease.held);
    assert.deepEqual(lease.tick(at(900)), []);
    assert.deepEqual(lease.tick(at(1_000)), [{ do: 'renew', revision: 7 }]);
    lease.renewed(8, at(1_000));
    assert.deepEqual(lease.tick(at(2_000)), [{ do: 'renew', revision: 8 }]);
    lease.renewed(9, at(2_000));
    assert.deepEqual(lease.release(), [{ do: 'stop', why: 'handed' }]);
    assert.equal(lease.held, false);
    assert.deepEqual(lease.tick(at(3_000)), []);
    assert.deepEqual(lease.stopped(), [{ do: 'delete', revision: 9 }]);
    lease.deleted();
    assert.equal(lease.phase, 'idle');
  });

  it('is not pulled where it is another’s, or where the answer came too late', () => {
    const lease = new Lease(times);
    lease.claim(at(0));
    assert.deepEqual(lease.created(null, at(5)), []);
    assert.equal(lease.phase, 'idle');
    lease.claim(at(10));
    assert.deepEqual(lease.created(3, at(4_010)), [{ do: 'delete', revision: 3 }]);
    assert.equal(lease.held, false);
  });

  it('stops before the server can give it to another, counted from when a renewal was sent', () => {
    const lease = held();
    lease.tick(at(1_000));
    // The answer took two seconds: the lease counts from when it was sent.
    lease.renewed(8, at(1_000));
    assert.deepEqual(lease.tick(at(4_990)), [{ do: 'renew', revision: 8 }]);
    assert.deepEqual(lease.tick(at(5_000)), [{ do: 'stop', why: 'expired' }]);
    assert.ok(5_000 < 1_000 + times.ttl - times.margin + 1);
  });

  it('does not believe a clock that stands still or goes back: the other one counts', () => {
    const asleep = held();
    assert.deepEqual(asleep.tick(at(20, 3_600_000)), [{ do: 'stop', why: 'expired' }]);
    const setBack = held();
    assert.deepEqual(setBack.tick(at(4_000, -3_600_000)), [{ do: 'stop', why: 'expired' }]);
  });

  it('goes on where an answer was lost and the server has the renewal', () => {
    const lease = held();
    lease.tick(at(1_000));
    lease.tick(at(2_000));
    // Refused with the old revision; the server holds this node's own renewal: the first counts.
    lease.renewed(8, null);
    assert.deepEqual(lease.tick(at(3_000)), [{ do: 'renew', revision: 8 }]);
    assert.equal(lease.tick(at(4_999)).at(0)?.do, 'renew');
    assert.deepEqual(lease.tick(at(5_000)), [{ do: 'stop', why: 'expired' }]);
  });

  it('stops at once where another has it, and leaves that one’s alone', () => {
    const lease = held();
    assert.deepEqual(lease.lost(), [{ do: 'stop', why: 'taken' }]);
    assert.deepEqual(lease.stopped(), []);
    assert.equal(lease.phase, 'idle');
  });

  it('never has two holders, whatever is lost and however slow it is', () => {
    for (let seed = 1; seed <= 300; seed += 1) assert.equal(overlaps(seed), 0, `seed ${seed}`);
  });
});

/**
 * Two nodes and a server under random loss and delay, with the times of the default; claims come at
 * any time, also while the other holds. @returns steps in which both pulled
 */
function overlaps(seed: number): number {
  const usual = leaseTimes(5_000);
  let state = seed;
  const random = () => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff;
    return state / 0x7fffffff;
  };
  let entry: { owner: number; revision: number; storedAt: number } | null = null;
  let revision = 0;
  const leases = [new Lease(usual), new Lease(usual)] as const;
  const pulling = [false, false];
  const later: { due: number; run: (now: number) => void }[] = [];
  let both = 0;
  const after = (due: number, run: (now: number) => void) => later.push({ due, run });
  const obey = (who: 0 | 1, orders: ReturnType<Lease['tick']>, now: number): void => {
    const lease = leases[who];
    for (const order of orders) {
      if (order.do === 'start') pulling[who] = true;
      else if (order.do === 'stop') {
        // Closing takes its time, within the margin.
        after(now + random() * 1_500, (then) => {
          pulling[who] = false;
          obey(who, lease.stopped(), then);
        });
      } else {
        const sent = at(now);
        const lost = random() < 0.4;
        after(now + random() * 800, (arrived) => {
          if (entry !== null && arrived - entry.storedAt >= usual.ttl) entry = null;
          let answer: number | null = null;
          const fits = order.do === 'create' ? entry === null : entry?.revision === order.revision;
          if (fits && random() > 0.2) {
            revision += 1;
            answer = revision;
            entry = order.do === 'delete' ? null : { owner: who, revision, storedAt: arrived };
          }
          if (lost && order.do === 'renew') return;
          after(arrived + random() * 800, (then) => {
            if (order.do === 'delete') lease.deleted();
            else if (order.do === 'create')
              obey(who, lease.created(lost ? null : answer, at(then)), then);
            else if (answer !== null) lease.renewed(answer, sent);
            else if (entry?.owner === who) lease.renewed(entry.revision, null);
            else if (entry !== null) obey(who, lease.lost(), then);
          });
        });
      }
    }
  };
  for (let now = 0; now < 60_000; now += 50) {
    for (const due of later.filter((each) => each.due <= now)) {
      later.splice(later.indexOf(due), 1);
      due.run(now);
    }
    for (const who of [0, 1] as const) {
      const lease = leases[who];
      obey(
        who,
        lease.phase === 'idle' && random() < 0.1 ? lease.claim(at(now)) : lease.tick(at(now)),
        now,
      );
      if (lease.held && random() < 0.002) obey(who, lease.release(), now);
    }
    if (pulling[0] && pulling[1]) both += 1;
  }
  return both;
}
