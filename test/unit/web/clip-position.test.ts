import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ClipPosition } from '../../../web/src/alerts/clip-position.ts';

/** A player that takes its time: where it is told to go it stands only after `arrive`. */
class SlowPlayer {
  paused = true;
  shown = 0.3;
  #wanted: number | undefined;

  get currentTime(): number {
    return this.shown;
  }
  set currentTime(seconds: number) {
    this.#wanted = seconds;
  }
  pause(): void {
    this.paused = true;
  }
  arrive(): void {
    this.shown = this.#wanted ?? this.shown;
  }
}

describe('where a clip stands', () => {
  const pictures = [0, 100, 200, 300, 400, 500];
  const opened = (time: number, player: SlowPlayer | null = new SlowPlayer()) => {
    const moves: number[] = [];
    const position = new ClipPosition(
      pictures,
      time,
      () => player,
      (at) => moves.push(at),
    );
    return { position, moves, player };
  };

  it('moves by as many pictures as there were steps, also while the player is on its way', () => {
    const { position, moves, player } = opened(300);
    position.step(-1);
    position.step(-1);
    player?.arrive();
    position.step(-1);
    assert.equal(position.time, 0);
    position.step(1);
    position.step(1);
    position.step(1);
    position.step(1);
    position.step(-1);
    assert.equal(position.time, 300);
    assert.deepEqual(moves, [200, 100, 0, 100, 200, 300, 400, 300]);
    player?.arrive();
    assert.equal(player?.shown, 0.301, 'within the picture');
  });

  it('counts steps that come before there is a player', () => {
    const { position } = opened(300, null);
    position.step(-1);
    position.step(-1);
    assert.equal(position.time, 100);
  });

  it('stays at the first and the last picture', () => {
    const { position } = opened(100);
    for (let step = 0; step < 9; step += 1) position.step(-1);
    assert.equal(position.time, 0);
    for (let step = 0; step < 9; step += 1) position.step(1);
    assert.equal(position.time, 500);
  });

  it('steps from what plays, and pauses it', () => {
    const { position, player } = opened(300);
    assert.ok(player);
    player.paused = false;
    player.shown = 0.45;
    position.step(1);
    assert.equal(position.time, 500);
    assert.equal(player.paused, true);
    player.shown = 0.1;
    position.follow();
    assert.equal(position.time, 500, 'paused it moves by no other way');
  });
});
