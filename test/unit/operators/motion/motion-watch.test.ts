import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  MotionWatch,
  type Watched,
  watchSize,
} from '../../../../src/operators/motion/motion-watch.ts';
import {
  type NightOptions,
  nightPicture,
  nightSize,
  noiseSource,
} from '../../../support/night-picture.ts';

const settings = { sensitivity: 'medium', lookEvery: 1_000 } as const;
const interval = 200;

/** Shows pictures one after the other, five a second. */
function viewer(watch = new MotionWatch(settings), seed = 1) {
  const random = noiseSource(seed);
  let at = 0;
  return (options: Omit<NightOptions, 'random'> = {}, holds = false): Watched => {
    const watched = watch.update(nightPicture({ random, ...options }), at * interval, holds);
    at += 1;
    return watched;
  };
}

function looks(show: () => Watched, count: number): Record<string, number> {
  const counts: Record<string, number> = {};
  for (let at = 0; at < count; at += 1) {
    const { look } = show();
    counts[look] = (counts[look] ?? 0) + 1;
  }
  return counts;
}

describe('watching for motion', () => {
  it('looks at each picture until it knows the scene, then once a second while nothing moves', () => {
    const show = viewer();
    assert.deepEqual(looks(show, 12), { motion: 12 });
    assert.deepEqual(looks(show, 100), { interval: 20, still: 80 });
  });

  it('looks ever more rarely where looks find nobody, and at once when something moves', () => {
    const show = viewer(new MotionWatch({ ...settings, lookAtLeastEvery: 4_000 }));
    looks(show, 12);
    // After 1, 2 and 4 s, then one each 4 s.
    assert.deepEqual(looks(show, 35), { interval: 3, still: 32 });
    assert.deepEqual(looks(show, 40), { interval: 2, still: 38 });
    const figure = { x: 80, y: 40, width: 12, height: 30, grey: 160 };
    assert.equal(show({ figure }).look, 'motion');
    looks(show, 5);
    assert.deepEqual(looks(show, 10), { interval: 1, still: 9 }, 'again from 1 s on');
    assert.equal(show({}, true).look, 'face');
    assert.deepEqual(looks(show, 5), { interval: 1, still: 4 });
  });

  for (const noise of [0, 2, 5, 9]) {
    it(`does not take a grain of ${noise} grey levels for motion once it knows it`, () => {
      const show = viewer();
      looks(() => show({ noise }), 50);
      const { motion = 0, still = 0 } = looks(() => show({ noise }), 200);
      assert.ok(motion <= 4, `${motion} pictures of 200 seem to move`);
      assert.ok(still >= 155, `${still} pictures of 200 are left out`);
    });
  }

  it('follows a night camera that switches to a stronger gain with more grain', () => {
    const show = viewer();
    looks(() => show(), 30);
    looks(() => show({ gain: 1.4, offset: 5, noise: 6 }), 60);
    const { motion = 0 } = looks(() => show({ gain: 1.4, offset: 5, noise: 6 }), 100);
    assert.ok(motion <= 2, `${motion} pictures of 100 seem to move`);
  });

  it('takes a slow and a quick change of the light for what it is', () => {
    const show = viewer();
    looks(() => show(), 30);
    let gain = 1;
    const drifting = looks(() => {
      gain *= 1.01;
      return show({ gain });
    }, 30);
    assert.equal(drifting['motion'] ?? 0, 0);
    const { look } = show({ gain: gain * 0.85, offset: 4 });
    assert.notEqual(look, 'motion');
  });

  it('sees somebody whose face has 16 pixels in a 4K picture', () => {
    const show = viewer();
    looks(() => show(), 30);
    const { look, moving } = show({ figure: { x: 80, y: 40, width: 2, height: 5, grey: 160 } });
    assert.equal(look, 'motion');
    const [region] = moving;
    assert.ok(region !== undefined);
    const { width, height } = nightSize;
    assert.ok(region.x * width <= 80 && (region.x + region.width) * width >= 82);
    assert.ok(region.y * height <= 40 && (region.y + region.height) * height >= 45);
  });

  it('sees two people who walk apart as two regions', () => {
    const show = viewer();
    looks(() => show(), 30);
    show({ figure: { x: 20, y: 40, width: 8, height: 24, grey: 200 } });
    const { moving } = show({ figure: { x: 150, y: 40, width: 8, height: 24, grey: 200 } });
    assert.equal(moving.length, 1);
    const watch = new MotionWatch(settings);
    const both = viewer(watch);
    looks(() => both(), 30);
    const picture = nightPicture({ random: noiseSource(9) });
    for (const x of [20, 150]) {
      for (let y = 40; y < 60; y += 1) picture.data.fill(220, y * 192 + x, y * 192 + x + 8);
    }
    assert.equal(watch.update(picture, 31 * interval, false).moving.length, 2);
  });

  it('looks on for a moment after a motion, and while a face is in view', () => {
    const show = viewer();
    looks(() => show(), 30);
    assert.equal(
      show({ figure: { x: 80, y: 40, width: 8, height: 20, grey: 200 } }).look,
      'motion',
    );
    assert.equal(show().look, 'motion');
    assert.equal(show().look, 'motion');
    assert.equal(show({}, true).look, 'face');
    assert.equal(show({}, true).look, 'face');
    assert.equal(show().look, 'still');
  });

  it('lets what was put down become a part of the scene', () => {
    const show = viewer();
    looks(() => show(), 30);
    const figure = { x: 80, y: 40, width: 20, height: 20, grey: 200 };
    assert.equal(show({ figure }).look, 'motion');
    looks(() => show({ figure }), 100);
    assert.equal(looks(() => show({ figure }), 50)['motion'] ?? 0, 0);
  });

  it('gets used to a tree that sways, and still sees who passes beside it', () => {
    const show = viewer();
    looks(() => show(), 30);
    let turn = 0;
    const tree = () => {
      turn += 1;
      return { x: 20, y: 20, width: 16, height: 30, grey: turn % 2 === 0 ? 70 : 95 };
    };
    looks(() => show({ figure: tree() }), 300);
    const { motion = 0 } = looks(() => show({ figure: tree() }), 100);
    assert.ok(motion <= 20, `${motion} pictures of 100 seem to move`);
    assert.equal(
      show({ figure: { x: 120, y: 40, width: 8, height: 20, grey: 200 } }).look,
      'motion',
    );
  });

  it('looks where the whole scene is another, and learns it', () => {
    const show = viewer();
    looks(() => show(), 30);
    const watched = show({ figure: { x: 0, y: 0, width: 192, height: 80, grey: 220 } });
    assert.deepEqual(watched, { look: 'motion', moving: [] });
  });

  it('does not heed what moves elsewhere than it is to look', () => {
    const watch = new MotionWatch(settings, (x) => x < 0.5);
    const show = viewer(watch);
    looks(() => show(), 30);
    const right = show({ figure: { x: 150, y: 40, width: 8, height: 20, grey: 200 } });
    assert.deepEqual(right.moving, []);
    assert.notEqual(right.look, 'motion');
    assert.equal(
      show({ figure: { x: 20, y: 40, width: 8, height: 20, grey: 200 } }).look,
      'motion',
    );
  });

  it('starts again where the size of the pictures changes', () => {
    const watch = new MotionWatch(settings);
    const show = viewer(watch);
    looks(() => show(), 30);
    const other = { width: 108, height: 192, data: new Uint8Array(108 * 192).fill(90) };
    assert.equal(watch.update(other, 31 * interval, false).look, 'motion');
  });

  it('compares pictures at 192 pixels, whatever their shape', () => {
    assert.deepEqual(watchSize({ width: 3840, height: 2160 }), { width: 192, height: 108 });
    assert.deepEqual(watchSize({ width: 768, height: 432 }), { width: 192, height: 108 });
    assert.deepEqual(watchSize({ width: 1080, height: 1920 }), { width: 108, height: 192 });
    assert.deepEqual(watchSize({ width: 64, height: 48 }), { width: 64, height: 48 });
    assert.deepEqual(watchSize({ width: 8192, height: 16 }), { width: 192, height: 4 });
  });
});
