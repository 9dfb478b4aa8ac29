import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { EncodedSource } from '../../../demo/media/encoded-source.ts';
import { LoopPlayer, type PlayedUnit } from '../../../demo/rtsp/loop-player.ts';
import { FakeClock } from '../../support/fake-clock.ts';

/** A loop of `count` units, 100 ms apart, every third one a key unit. */
function loop(count: number): EncodedSource {
  const units = Array.from({ length: count }, (_, index) => ({
    data: Uint8Array.from([index]),
    key: index % 3 === 0,
    time: index * 100,
    decodeTime: index * 100,
  }));
  return { codec: 'h264', width: 2, height: 2, framesPerSecond: 10, units, duration: count * 100 };
}

function play(source: EncodedSource): {
  clock: FakeClock;
  player: LoopPlayer;
  played: PlayedUnit[];
} {
  const clock = new FakeClock();
  const played: PlayedUnit[] = [];
  const player = new LoopPlayer(source, clock, (unit) => played.push(unit));
  return { clock, player, played };
}

const numbers = (played: readonly PlayedUnit[]): (number | undefined)[] =>
  played.map(({ unit }) => unit.data[0]);

describe('LoopPlayer', () => {
  it('plays at its own pace and goes on after the last unit', () => {
    const { clock, player, played } = play(loop(4));
    player.start();
    clock.advance(650);
    assert.deepEqual(numbers(played), [0, 1, 2, 3, 0, 1, 2]);
    assert.deepEqual(
      played.map((one) => one.mediaTime),
      [0, 100, 200, 300, 400, 500, 600],
    );
    assert.equal((played[6]?.wallTime ?? 0) - (played[0]?.wallTime ?? 0), 600);
  });

  it('stops, leaves no timer, and starts again at the head, later in time', () => {
    const { clock, player, played } = play(loop(4));
    player.start();
    clock.advance(150);
    player.stop();
    assert.equal(clock.pending, 0);
    clock.advance(1000);
    player.start();
    clock.advance(0);
    assert.deepEqual(numbers(played), [0, 1, 0]);
    assert.equal(played[2]?.mediaTime, 1150);
  });

  it('goes on with other footage at once', () => {
    const { clock, player, played } = play(loop(4));
    player.start();
    clock.advance(250);
    player.change(loop(7));
    clock.advance(100);
    assert.deepEqual(numbers(played), [0, 1, 2, 0, 1]);
    assert.equal(player.source.units.length, 7);
  });

  it('may be stopped by the one that it plays to', () => {
    const clock = new FakeClock();
    let count = 0;
    const player = new LoopPlayer(loop(4), clock, () => {
      count += 1;
      if (count === 2) player.stop();
    });
    player.start();
    clock.advance(1000);
    assert.equal(count, 2);
    assert.equal(clock.pending, 0);
  });

  it('catches up after a short hold-up and skips a long one', () => {
    const { clock, player, played } = play(loop(4));
    player.start();
    clock.advance(0);
    clock.freeze(450);
    clock.advance(0);
    assert.equal(played.length, 5);
    clock.freeze(60_000);
    clock.advance(0);
    assert.ok(played.length < 10, `${played.length} units`);
    assert.equal(played.at(-1)?.mediaTime, 60_450);
  });

  it('knows when the next key unit comes', () => {
    const { clock, player } = play(loop(4));
    player.start();
    assert.equal(player.nextKeyTime(), 0);
    clock.advance(150);
    assert.equal(player.nextKeyTime(), 300);
    clock.advance(200);
    assert.equal(player.nextKeyTime(), 400);
  });

  it('refuses footage that cannot be played', () => {
    const good = loop(4);
    for (const bad of [
      { ...good, units: [] },
      { ...good, units: good.units.slice(1) },
      { ...good, duration: 300 },
      { ...good, units: [...good.units].map((unit, at) => ({ ...unit, decodeTime: -at })) },
    ]) {
      assert.throws(() => new LoopPlayer(bad, new FakeClock(), () => undefined), RangeError);
    }
  });
});
