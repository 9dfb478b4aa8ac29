import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { PacketRing, type PacketRingOptions } from '../../../../src/streams/clips/packet-ring.ts';
import { RingBudget } from '../../../../src/streams/clips/ring-budget.ts';
import { codedPicture } from '../../../support/streams/coded-picture.ts';

const second = 1_000;

function makeRing(cameraId = 'gate', options: Partial<PacketRingOptions> = {}) {
  const lost: [string, string, number][] = [];
  const budget = options.budget ?? new RingBudget(1_000_000);
  const ring = new PacketRing({
    ...{ cameraId, hold: 4 * second, maxBytes: 1_000_000, budget },
    onLost: (...loss) => lost.push(loss),
    ...options,
  });
  /** A key picture each second and one between, of 100 bytes each. */
  const play = (from: number, until: number) => {
    for (let at = from; at < until; at += second / 2) {
      ring.picture(codedPicture(at, { key: at % second === 0 }));
    }
  };
  const times = (from: number, until: number, at = until, isStrict = false) =>
    ring.between(from, until, at, isStrict).map(({ arrivedMonotonic }) => arrivedMonotonic);
  return { ring, lost, budget, play, times };
}

describe('ring of coded pictures', () => {
  it('holds what a clip may begin with, by groups, and no more', () => {
    const { ring, lost, budget, play } = makeRing();
    play(0, 60 * second);
    // From the key picture at or before 55.5 s on.
    assert.equal(ring.oldest?.at, 55 * second);
    assert.equal(ring.held, 4.5 * second);
    assert.deepEqual([ring.bytes, budget.bytes], [1_000, 1_000]);
    assert.deepEqual(lost, []);
  });

  it('begins with a key picture', () => {
    const { ring, play, times } = makeRing();
    play(500, 3 * second);
    assert.equal(times(0, 3 * second)[0], second);
    assert.equal(ring.bytes, 400);
  });

  it('keeps what a recording needs, and lets it go after that', () => {
    const { ring, play } = makeRing();
    play(0, 5 * second);
    ring.need(1_200);
    play(5 * second, 20 * second);
    assert.equal(ring.oldest?.at, second);
    ring.need(Number.POSITIVE_INFINITY);
    play(20 * second, 21 * second);
    assert.equal(ring.oldest?.at, 16 * second);
  });

  it('stays within its bytes, needed or not, and counts what that costs', () => {
    const { ring, lost, play } = makeRing('gate', { maxBytes: 500 });
    ring.need(0);
    play(0, 10 * second);
    assert.ok(ring.bytes <= 500, `${ring.bytes}`);
    assert.equal(
      lost.reduce((sum, [, , pictures]) => sum + pictures, 0),
      20 - ring.bytes / 100,
    );
    assert.deepEqual(lost[0], ['gate', 'camera_budget', 2]);
  });

  it('stays, with the rings of all cameras, within a budget: the oldest goes, the needed last', () => {
    const budget = new RingBudget(1_200);
    const [a, b] = [makeRing('a', { budget }), makeRing('b', { budget })];
    a.ring.need(0);
    for (let at = 0; at < 10 * second; at += second) {
      a.play(at, at + second);
      b.play(at, at + second);
      assert.ok(budget.bytes <= 1_200, `${budget.bytes}`);
    }
    assert.ok(a.ring.held > b.ring.held, `${a.ring.held}, ${b.ring.held}`);
    assert.equal(b.lost[0]?.[1], 'total_budget');
    b.ring.close();
    a.ring.close();
    assert.equal(budget.bytes, 0);
  });

  it('gives the pictures from the key picture before a time on, or from the next one', () => {
    const { play, times } = makeRing('gate', { hold: 60 * second });
    play(0, 10 * second);
    assert.deepEqual(times(2_600, 4 * second), [2_000, 2_500, 3_000, 3_500, 4_000]);
    assert.deepEqual(times(2_600, 4 * second, 4 * second, true), [3_000, 3_500, 4_000]);
    assert.deepEqual(times(9_600, 20 * second, 9_600, true), []);
  });

  it('does not mix two connections', () => {
    const ends: string[] = [];
    const { ring, play, times } = makeRing('gate', {
      hold: 60 * second,
      onEnd: (why) => ends.push(why),
    });
    play(0, 3 * second);
    ring.restart();
    // What refers to a picture of the connection before is nothing to begin with.
    ring.picture(codedPicture(3_500));
    play(4 * second, 6 * second);
    assert.deepEqual(times(0, 10 * second, 2 * second).at(-1), 2_500);
    assert.deepEqual(times(0, 10 * second, 5 * second)[0], 4_000);
    ring.close();
    assert.deepEqual(ends, ['camera', 'stopped']);
  });

  it('forgets everything once it is closed', () => {
    const { ring, budget, play, times } = makeRing();
    play(0, 3 * second);
    ring.close();
    ring.close();
    play(3 * second, 6 * second);
    assert.deepEqual([ring.bytes, budget.bytes, times(0, 9 * second)], [0, 0, []]);
  });
});
