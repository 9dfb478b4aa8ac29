import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Frame } from '../../../src/domain/frame/frame.ts';
import { FrameLedger } from '../../../src/domain/frame/ledger.ts';
import type { Picture } from '../../../src/domain/frame/picture.ts';
import { clothingAppearance } from '../../../src/operators/clothing-appearance.ts';
import { detectedFace } from '../../support/marbles-faces.ts';

type Colour = readonly [number, number, number];

/** A frame of which every crop has the given colour, noisy by 8 levels. */
function frameOf(colour: Colour, seed = 1): Frame {
  let state = seed;
  const picture: Picture = {
    width: 400,
    height: 300,
    async rgb({ width, height }) {
      const data = new Uint8Array(width * height * 3);
      for (let index = 0; index < data.length; index += 1) {
        state = (state * 48_271) % 2_147_483_647;
        data[index] = Math.max(0, (colour[index % 3] as number) + (state % 17) - 8);
      }
      return { width, height, data };
    },
    luma: () => Promise.reject(new Error('not read here')),
    jpeg: () => Promise.reject(new Error('not asked for')),
    dispose: () => undefined,
  };
  return Frame.create({
    cameraId: 'cam',
    sequence: 0,
    mediaTime: 0,
    capturedAt: 0,
    capturedMonotonic: 0,
    picture,
    ledger: new FrameLedger(),
  });
}

async function likeness(a: Colour, b: Colour): Promise<number> {
  const face = detectedFace({ x: 200, y: 100 }, 10);
  const first = await clothingAppearance(frameOf(a), face);
  const second = await clothingAppearance(frameOf(b, 7), face);
  assert.ok(first && second);
  const dot = first.reduce((sum, value, index) => sum + value * (second[index] ?? 0), 0);
  const norm = (vector: Float32Array): number => Math.hypot(...vector);
  return dot / (norm(first) * norm(second));
}

describe('clothingAppearance', () => {
  it('is alike for the same clothing, in a little less light too', async () => {
    assert.ok((await likeness([160, 50, 40], [160, 50, 40])) > 0.95);
    assert.ok((await likeness([160, 50, 40], [140, 44, 35])) > 0.7);
  });

  it('is unlike for another colour', async () => {
    assert.ok((await likeness([160, 50, 40], [40, 60, 150])) < 0.6);
    assert.ok((await likeness([30, 30, 30], [210, 205, 200])) < 0.6);
  });

  it('says nothing of a face at the picture’s lower edge', async () => {
    assert.equal(
      await clothingAppearance(frameOf([9, 9, 9]), detectedFace({ x: 200, y: 290 }, 10)),
      null,
    );
  });
});
