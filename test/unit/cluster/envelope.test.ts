import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Opener, Sealer } from '../../../src/cluster/envelope.ts';
import { NewestOnly, ReplayGuard } from '../../../src/cluster/replay-guard.ts';

const secret = 'a'.repeat(40);
const plain = Buffer.from('a face');

describe('what crosses the network is sealed', () => {
  it('opens with the secret, for its purpose, and says who sealed it', () => {
    const sealer = new Sealer(secret, 'edge-1', 1_700_000_000_000);
    const first = sealer.seal('keyframe/door', plain);
    const second = sealer.seal('keyframe/door', plain);
    assert.equal(Buffer.from(first.bytes).includes(plain), false);
    assert.notDeepEqual(first.bytes, second.bytes);
    const opener = new Opener(secret);
    assert.deepEqual(Buffer.from(opener.open('keyframe/door', first.bytes)?.plain ?? []), plain);
    const seal = opener.open('keyframe/door', second.bytes)?.seal;
    assert.deepEqual([seal?.node, seal?.sequence, seal?.session], ['edge-1', 2, sealer.session]);
  });

  it('opens for nobody with another secret, for no other purpose, and not once a bit was changed', () => {
    const { bytes } = new Sealer(secret, 'edge-1', 0).seal('keyframe/door', plain);
    assert.equal(new Opener('b'.repeat(40)).open('keyframe/door', bytes), null);
    const opener = new Opener(secret);
    assert.equal(opener.open('keyframe/yard', bytes), null);
    for (let at = 0; at < bytes.length; at += 1) {
      const changed = Uint8Array.from(bytes);
      changed[at] = (changed[at] ?? 0) ^ 1;
      assert.equal(opener.open('keyframe/door', changed), null, `byte ${at}`);
      assert.equal(opener.open('keyframe/door', bytes.subarray(0, at)), null);
    }
  });

  it('gives each start a key of its own: the same number twice is no nonce twice', () => {
    const [one, other] = [0, 0].map(
      (at) => new Sealer(secret, 'edge-1', at).seal('p', plain).bytes,
    );
    assert.notDeepEqual(one?.subarray(-22, -16), other?.subarray(-22, -16));
  });
});

describe('what comes again', () => {
  const seal = (sequence: number, session = 'a') => ({ node: 'edge-1', session, sequence });

  it('is let in from its own place in the stream, and refused from another', () => {
    const guard = new ReplayGuard();
    assert.ok(guard.admits(seal(1), 10));
    assert.ok(guard.admits(seal(1), 10), 'given out again');
    assert.equal(guard.admits(seal(1), 11), false, 'put into the stream again');
    assert.ok(guard.admits(seal(20_000), 12));
    assert.equal(guard.admits(seal(2), 13), false, 'too old to be remembered');
    assert.ok(guard.admits(seal(1, 'b'), 14));
  });

  it('never takes the place of what is newer', () => {
    const newest = new NewestOnly();
    assert.ok(newest.admits('door', seal(5, 'b')));
    assert.ok(newest.admits('door', seal(5, 'b')));
    assert.equal(newest.admits('door', seal(4, 'b')), false);
    assert.equal(newest.admits('door', seal(9, 'a')), false);
    assert.ok(newest.admits('door', seal(1, 'c')));
  });
});
