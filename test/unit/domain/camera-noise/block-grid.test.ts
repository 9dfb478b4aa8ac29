import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { mulberry32 } from '../../../../demo/media/random.ts';
import { BlockGridGatherer } from '../../../../src/domain/camera-noise/block-grid.ts';
import { frameTiming } from '../../../../src/domain/camera-noise/frame-timing.ts';

const [width, height] = [256, 128];

/** A slope with noise, and blocks of a side whose levels are off by up to `step`. */
function gridOf(side: number, step: number): ReturnType<BlockGridGatherer['grid']> {
  const random = mulberry32(3);
  const gatherer = new BlockGridGatherer();
  for (let picture = 0; picture < 4; picture += 1) {
    const levels = Array.from({ length: width * height }, () => (random() * 2 - 1) * step);
    const data = Uint8Array.from({ length: width * height }, (_, at) => {
      const [x, y] = [at % width, Math.floor(at / width)];
      const level = levels[Math.floor(y / side) * width + Math.floor(x / side)] ?? 0;
      return Math.round(80 + x / 8 + level + random() * 4);
    });
    gatherer.add({ width, height, data });
  }
  return gatherer.grid();
}

describe('the grid of blocks in pictures', () => {
  for (const side of [4, 8, 16] as const) {
    it(`of ${side} pixels is found`, () => assert.equal(gridOf(side, 6)?.side, side));
  }

  it('is not made up', () => {
    assert.equal(gridOf(8, 0), null);
    assert.equal(new BlockGridGatherer().grid(), null);
  });
});

describe('the timing of pictures', () => {
  it('comes from the median interval, with jitter and what is missing', () => {
    const times = [0, 40, 80, 120, 200, 240, 281, 319, 360, 400];
    const timing = frameTiming(times);
    assert.equal(timing?.mean, 25);
    assert.equal(timing?.missing, 0.1);
    assert.equal(timing?.jitterMs, 0);
    assert.equal(frameTiming([0, 40]), null);
  });
});
