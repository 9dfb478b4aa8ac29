import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import type { EncodedSource } from '../../../demo/media/encoded-source.ts';
import { systemClock } from '../../../src/domain/clock.ts';
import { FrameLedger } from '../../../src/domain/frame/ledger.ts';
import { QuietScene } from '../../../src/domain/quiet-scene.ts';
import { DecodingPump } from '../../../src/streams/decoding-pump.ts';
import { RestingPictures } from '../../../src/streams/resting-pictures.ts';
import type { EncodedPicture } from '../../../src/streams/rtsp/encoded-picture.ts';
import { testFootage } from '../../support/demo/test-footage.ts';

const frameMs = 100;
const cameraId = 'c';

/** What a pump showed: by the number of the coded picture. */
interface Shown {
  readonly at: number;
  readonly luma: Buffer;
}

describe('decoder of a quiet scene', { timeout: 60_000 }, () => {
  let footage: EncodedSource;
  before(async () => {
    footage = await testFootage();
  });

  const pictureAt = (number: number): EncodedPicture => {
    const unit = footage.units[number % footage.units.length];
    assert.ok(unit);
    return {
      codec: 'h264',
      data: Buffer.from(unit.data),
      key: unit.key,
      damaged: false,
      timestamp: number * frameMs,
      clockRate: 1_000,
      arrivedAt: number * frameMs,
      arrivedMonotonic: number * frameMs,
    };
  };

  /** Plays so many pictures; `stirs` says in which something moves. */
  const play = async (count: number, rests: boolean, stirs: (number: number) => boolean) => {
    const ledger = new FrameLedger();
    const quiet = new QuietScene(1_000);
    const shown: Shown[] = [];
    let resting = 0;
    const lumas: Promise<void>[] = [];
    const pump = new DecodingPump({
      cameraId,
      ledger,
      clock: systemClock,
      device: null,
      video: { codec: 'h264', clockRate: 1_000, parameterSets: [] },
      ...(rests ? { quiet } : {}),
      sink: {
        onVideo: () => undefined,
        onEnd: (why) => assert.fail(why),
        onResting: () => {
          resting += 1;
        },
        onFrame: (frame) => {
          const number = frame.capturedMonotonic / frameMs;
          quiet.seen(frame.capturedMonotonic, stirs(number));
          lumas.push(
            frame.picture.luma({ width: 64, height: 64 }).then(({ data }) => {
              shown.push({ at: number, luma: Buffer.from(data) });
              frame[Symbol.dispose]();
            }),
          );
        },
      },
    });
    for (let number = 0; number < count; number += 1) {
      pump.push(pictureAt(number));
      await pump.idle();
      await Promise.all(lumas);
    }
    pump.close();
    assert.equal(ledger.live, 0);
    const drops = Object.fromEntries(ledger.drops().map(({ reason, count: n }) => [reason, n]));
    return { shown, resting, drops };
  };

  it('decodes one picture a second while nothing happens and all as soon as something does', async () => {
    // Nothing moves for nine seconds; then something does for two.
    const stirs = (number: number) => number >= 90 && number < 110;
    const full = await play(135, false, stirs);
    const { shown, resting, drops } = await play(135, true, stirs);
    assert.equal(full.shown.length, 135);
    assert.equal(shown.length + resting, 135, 'each picture is shown or counted');
    assert.deepEqual(drops, { resting });
    const times = shown.map(({ at }) => at);
    const between = (from: number, to: number) =>
      times.filter((at) => at >= from && at < to).length;
    assert.equal(between(0, 30), 30, 'not before it has been quiet for three seconds');
    assert.ok(between(40, 90) >= 5 && between(40, 90) <= 7, `${between(40, 90)} looks in 5 s`);
    const woken = times.find((at) => at >= 90);
    assert.ok(woken !== undefined && woken <= 100, 'within a second');
    assert.equal(between(woken + 1, 135), 135 - woken - 1, 'all of them from then on');
    // What was decoded is what the pictures show, although others before them were left out.
    for (const { at, luma } of shown) assert.deepEqual(luma, full.shown[at]?.luma, `picture ${at}`);
  });

  it('catches up in the middle of a group of pictures', async () => {
    const quiet = new QuietScene(1_000);
    for (let at = 0; at <= 5_000; at += 500) quiet.seen(at, false);
    const resting = new RestingPictures(quiet);
    const take = (number: number) => resting.take(pictureAt(number), true);
    const key = [60, 61, 62].find((number) => pictureAt(number).key) ?? 60;
    for (let number = 50; number < key + 3; number += 1) take(number);
    quiet.seen((key + 3) * frameMs, true);
    const { due } = take(key + 3);
    assert.ok(due.length >= 3, 'those since the latest picture that was decoded');
    assert.deepEqual(
      due.map(({ isShown }) => isShown),
      due.map((_, index) => index === due.length - 1),
    );
    assert.equal(due.at(-1)?.picture.timestamp, (key + 3) * frameMs);
  });

  it('does not rest where the decoder holds pictures back, nor once it was not up to it', () => {
    const quiet = new QuietScene(1_000);
    for (let at = 0; at <= 9_000; at += 500) quiet.seen(at, false);
    const resting = new RestingPictures(quiet);
    for (let number = 50; number < 70; number += 1) {
      assert.equal(resting.take(pictureAt(number), false).due.length, 1);
    }
    resting.distrust();
    for (let number = 70; number < 90; number += 1) {
      assert.equal(resting.take(pictureAt(number), true).due.length, 1);
    }
  });
});
