import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { systemActor } from '../../../../src/domain/audit-entry.ts';
import { footageBounds } from '../../../../src/domain/bounds.ts';
import { FootageQueue } from '../../../../src/services/footage/footage-queue.ts';
import { FootageJobTable } from '../../../../src/store/footage-job-table.ts';
import { servicesOn } from '../../../support/services/faces-in-store.ts';
import { listInput } from '../../../support/services/watchlist-fixture.ts';
import { openStore } from '../../../support/store/open-store.ts';

const by = { name: 'ann' };

function open(t: TestContext) {
  const { store, clock } = openStore(t);
  const now = () => clock.now();
  const { audit, lists } = servicesOn(store, now);
  const { id: listId } = lists.create(listInput({ uses: ['footage'] }));
  lists.addPerson(listId, { name: 'Ada' });
  const queue = new FootageQueue({ store, audit, watchlists: lists, now, waiting: 20 });
  const table = new FootageJobTable(store);
  const files = [{ path: '/nvr/1.mkv', bytes: 1, sha256: null }];
  const { id } = queue.ask({ files, lists: [listId], reason: 'case 17', beginsAt: null }, by);
  /** The program is killed while it is at work, `seconds` into the file, and starts again. */
  const crash = (seconds: number, pass: 'quick' | 'search' = 'search') => {
    queue.begin(id);
    store.write(() => table.putPosition(id, 0, { seconds, done: false }, pass));
    queue.recover(systemActor);
    return queue.get(id).state;
  };
  return { audit, crash, id, queue };
}

describe('a search of footage during which the program ends again and again', () => {
  it('fails after three ends without getting further, on record', (t) => {
    const { audit, crash, id, queue } = open(t);
    // A checkpoint more or less is not further: what ends the program lies at one place.
    assert.deepEqual([crash(500), crash(502), crash(495)], ['waiting', 'waiting', 'failed']);
    const { failure, endedAt } = queue.get(id);
    assert.equal(failure?.code, 'FOOTAGE_STALLED');
    assert.match(failure.message, /ended 3 times/);
    assert.notEqual(endedAt, null);
    const ended = audit.list().filter(({ what }) => what === 'footage.ended');
    assert.deepEqual(
      ended.map(({ detail }) => (detail as { code?: string }).code),
      ['FOOTAGE_STALLED'],
    );
    assert.equal(queue.recover(systemActor), 0);
  });

  it('is gone on with by a person, and has its three ends again', (t) => {
    const { crash, id, queue } = open(t);
    for (const _ of [1, 2, 3]) crash(0);
    assert.equal(queue.get(id).state, 'failed');
    assert.equal(queue.resume(id, by).state, 'waiting');
    assert.deepEqual([crash(0), crash(0), crash(0)], ['waiting', 'waiting', 'failed']);
  });

  it('goes on as long as it gets further between, in either pass', (t) => {
    const { crash } = open(t);
    const step = footageBounds.furtherSeconds;
    for (let times = 1; times < 6; times += 1) assert.equal(crash(times * step), 'waiting');
    for (let times = 1; times < 6; times += 1) {
      assert.equal(crash(times * step, 'quick'), 'waiting');
    }
  });

  it('does not count orderly ends, nor what was interrupted by a fault alone', (t) => {
    const { crash, id, queue } = open(t);
    for (let times = 0; times < 5; times += 1) {
      queue.begin(id);
      queue.endInOrder();
      assert.equal(queue.recover(systemActor), 1);
      queue.begin(id);
      assert.equal(queue.recover(systemActor, 'fault'), 1);
    }
    assert.deepEqual([crash(0), crash(0), crash(0)], ['waiting', 'waiting', 'failed']);
  });
});
