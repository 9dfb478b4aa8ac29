import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { evidenceBounds } from '../../../../src/domain/bounds.ts';
import { ExportRoom } from '../../../../src/services/evidence/export-room.ts';
import { FakeClock } from '../../../support/fake-clock.ts';

const { heldBytes, heldBytesOfCase, idleMs } = evidenceBounds;
const busy = { code: 'BUSY' };

async function* pieces() {
  yield Buffer.from('one');
  yield Buffer.from('two');
}

describe('room for exports', () => {
  it('is for two, until what they made has been taken', async () => {
    const room = new ExportRoom(new FakeClock());
    const [first, second] = [room.enter(), room.enter()];
    assert.throws(() => room.enter(), busy);
    const taken = first.untilTaken(pieces(), 'at-once')[Symbol.asyncIterator]();
    assert.equal(String((await taken.next()).value), 'one');
    assert.throws(() => room.enter(), busy);
    await taken.next();
    assert.equal((await taken.next()).done, true);
    second.leave();
    second.leave();
    room.enter();
    room.enter();
    assert.throws(() => room.enter(), busy);
  });

  it('bounds what one and all of them hold, and forgets what went', () => {
    const room = new ExportRoom(new FakeClock());
    const [first, second] = [room.enter(), room.enter()];
    first.hold(heldBytesOfCase);
    assert.throws(() => first.hold(1), { code: 'BAD_REQUEST' });
    assert.throws(() => second.hold(heldBytes - heldBytesOfCase + 1), busy);
    second.hold(heldBytes - heldBytesOfCase);
    first.leave();
    second.hold(heldBytesOfCase - (heldBytes - heldBytesOfCase));
  });

  it('is given back by whoever takes nothing more, and by a source that fails', async () => {
    const clock = new FakeClock();
    const room = new ExportRoom(clock);
    const slow = room.enter().untilTaken(pieces(), 'at-once')[Symbol.asyncIterator]();
    async function* failing(): AsyncGenerator<Uint8Array> {
      yield* [];
      throw new Error('it changed');
    }
    const broken = room.enter().untilTaken(failing(), 'at-once')[Symbol.asyncIterator]();
    await assert.rejects(broken.next(), /it changed/);
    clock.advance(idleMs - 1);
    await slow.next();
    clock.advance(idleMs - 1);
    const other = room.enter();
    assert.throws(() => room.enter(), busy);
    clock.advance(1);
    room.enter().leave();
    await assert.rejects(slow.next(), /nobody took it/);
    // One that somebody else keeps begins to wait with the first byte.
    const kept = other.untilTaken(pieces(), 'when-taken')[Symbol.asyncIterator]();
    clock.advance(idleMs * 3);
    assert.equal(String((await kept.next()).value), 'one');
    await kept.return?.();
    assert.equal(clock.pending, 0);
    room.enter();
    room.enter();
  });
});
