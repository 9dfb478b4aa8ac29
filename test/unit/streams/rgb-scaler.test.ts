import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { AV_PIX_FMT_RGB24 } from 'node-av/constants';
import { frameFromBytes } from '../../../src/streams/native-frame.ts';
import { idleScalingPixels, scaleToRgb } from '../../../src/streams/rgb-scaler.ts';

/** Brings a small picture to this size. */
async function scale(width: number, height: number): Promise<number> {
  const shape = { width: 16, height: 16, format: AV_PIX_FMT_RGB24 };
  const source = frameFromBytes(new Uint8Array(16 * 16 * 3).fill(90), shape);
  try {
    return (await scaleToRgb(source, width, height)).data.length;
  } finally {
    source.free();
  }
}

describe('scalings kept for reuse', () => {
  it('hold a bounded number of pixels, however many sizes are asked for', async () => {
    const before = idleScalingPixels();
    assert.equal(await scale(640, 400), 640 * 400 * 3);
    assert.equal(idleScalingPixels(), before + 640 * 400);
    // The same again takes no more.
    await scale(640, 400);
    assert.equal(idleScalingPixels(), before + 640 * 400);
    for (let n = 0; n < 12; n += 1) {
      await scale(2000, 2000 + n);
      assert.ok(idleScalingPixels() <= 24_000_000, `${idleScalingPixels()} pixels are kept`);
    }
    assert.ok(idleScalingPixels() >= 16_000_000, 'nothing is kept');
  });

  it('do not keep a photograph', async () => {
    const before = idleScalingPixels();
    await scale(4000, 3000);
    assert.equal(idleScalingPixels(), before);
  });
});
