import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { QuietScene } from '../../../src/domain/quiet-scene.ts';

describe('QuietScene', () => {
  const watch = (scene: QuietScene, from: number, to: number) => {
    for (let at = from; at <= to; at += 1_000) scene.seen(at, false);
  };

  it('is quiet three seconds after something stirred, not before', () => {
    const scene = new QuietScene(1_000);
    scene.seen(0, true);
    watch(scene, 0, 2_000);
    assert.equal(scene.isQuiet(2_999), false);
    assert.equal(scene.isQuiet(3_000), true);
    scene.seen(3_100, true);
    assert.equal(scene.isQuiet(3_200), false);
  });

  it('is not known to be quiet before anything was watched, nor while nobody watches', () => {
    const scene = new QuietScene(1_000);
    assert.equal(scene.isQuiet(60_000), false);
    watch(scene, 60_000, 64_000);
    assert.equal(scene.isQuiet(64_500), true);
    assert.equal(scene.isQuiet(68_001), false);
  });

  it('is looked at for a second after a doubt', () => {
    const scene = new QuietScene(1_000);
    watch(scene, 0, 5_000);
    scene.doubt(5_000);
    assert.equal(scene.isQuiet(5_999), false);
    assert.equal(scene.isQuiet(6_000), true);
  });
});
