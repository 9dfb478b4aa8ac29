import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  alignedTemplate112,
  interEyeDistance,
  mapLandmarks,
} from '../../../../src/domain/geometry/landmarks.ts';
import type { RgbImage } from '../../../../src/domain/image/image.ts';
import { poorViewMaker, simulatePoorView } from '../../../../src/services/faces/poor-view.ts';

function picture(side: number, value: (x: number, y: number) => number): RgbImage {
  const data = new Uint8Array(side * side * 3);
  for (const at of data.keys()) {
    const pixel = Math.floor(at / 3);
    data[at] = value(pixel % side, Math.floor(pixel / side));
  }
  return { width: side, height: side, data };
}

const landmarks = mapLandmarks(alignedTemplate112, ({ x, y }) => ({
  x: 3 * x + 40,
  y: 3 * y + 30,
}));

describe('simulatePoorView', () => {
  it('brings a face down to so many pixels between the eyes, and its landmarks with it', () => {
    for (const pixels of [6, 8, 10]) {
      const seen = simulatePoorView({ image: picture(448, () => 90), landmarks }, pixels);
      assert.ok(Math.abs(interEyeDistance(seen.landmarks) - pixels) < 0.15);
      assert.ok(seen.image.width < 5 * pixels);
      assert.ok(seen.image.data.every((value) => value === 90));
    }
  });

  it('keeps the light, takes the detail, and is the same each time', () => {
    const image = picture(448, (x, y) => (Math.floor(x / 4) + Math.floor(y / 4)) % 2 && 200);
    const { image: seen } = simulatePoorView({ image, landmarks }, 8);
    const mean = seen.data.reduce((sum, value) => sum + value, 0) / seen.data.length;
    assert.ok(Math.abs(mean - 100) < 3, `${mean}`);
    const spread = Math.max(...seen.data) - Math.min(...seen.data);
    assert.ok(spread < 100, `${spread}`);
    assert.deepEqual(simulatePoorView({ image, landmarks }, 8).image.data, seen.data);
  });

  it('leaves a bright dot where it was', () => {
    const eye = landmarks[0];
    const image = picture(448, (x, y) => (Math.hypot(x - eye.x, y - eye.y) < 12 ? 255 : 0));
    const { image: seen, landmarks: points } = simulatePoorView({ image, landmarks }, 8);
    const at = (seen.data.indexOf(Math.max(...seen.data)) / 3) | 0;
    const [x, y] = [at % seen.width, Math.floor(at / seen.width)];
    assert.ok(Math.hypot(x - points[0].x, y - points[0].y) <= 1, `${x} ${y}`);
  });
});

describe('poorViewMaker', () => {
  const vector = Float32Array.of(0, 1);
  const ports = {
    embedder: {
      model: 'm1',
      embed: () => Promise.resolve({ vector, recognisability: 1 }),
      embedEnhanced: () => Promise.resolve({ vector, recognisability: 1 }),
    },
    enhancer: { enhance: () => Promise.resolve(null) },
    fuser: { fuse: () => Promise.resolve({ fused: vector, gate: 1, weight: null }) },
  };

  it('mixes clear template and poor view by share, to length 1, and names its recipe', async () => {
    const maker = poorViewMaker({ pixels: 8, share: 0.5 }, ports);
    const face = { image: picture(448, () => 90), landmarks };
    const made = await maker?.make(face, Float32Array.of(1, 0));
    assert.equal(made?.recipe, maker?.recipe);
    for (const value of made?.embedding ?? []) assert.ok(Math.abs(value - Math.SQRT1_2) < 1e-6);
    assert.notEqual(poorViewMaker({ pixels: 9, share: 0.5 }, ports)?.recipe, maker?.recipe);
  });

  it('is none where the models say nothing of poor views', () => {
    assert.equal(poorViewMaker(undefined, ports), undefined);
  });
});
