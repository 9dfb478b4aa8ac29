import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  alignRegion,
  alignTemplate,
  applyAffine,
  composeAffine,
  cropTemplate,
  invertAffine,
  similarity,
  templateToRegion,
  warp,
} from '../../../../src/domain/geometry/align.ts';
import {
  alignedTemplate112,
  type Landmarks,
  mapLandmarks,
} from '../../../../src/domain/geometry/landmarks.ts';
import type { RgbImage } from '../../../../src/domain/image/image.ts';

/** A picture of a smooth function of place, which interpolation gives back nearly exactly. */
function ramp(width: number, height: number, f: (x: number, y: number) => number): RgbImage {
  const data = new Uint8Array(width * height * 3);
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1)
      data.fill(Math.round(f(x, y)), (y * width + x) * 3, (y * width + x) * 3 + 3);
  }
  return { width, height, data };
}

const red = (image: RgbImage, x: number, y: number) =>
  image.data[(y * image.width + x) * 3] as number;

describe('similarity', () => {
  it('finds the rotation, scale and shift that made the points', () => {
    const [angle, scale] = [0.4, 2.5];
    const [a, b] = [scale * Math.cos(angle), scale * Math.sin(angle)];
    const target = mapLandmarks(alignedTemplate112, ({ x, y }) => ({
      x: a * x - b * y + 7,
      y: b * x + a * y - 3,
    }));
    const found = similarity(alignedTemplate112, target);
    for (const [i, value] of [a, -b, 7, b, a, -3].entries()) {
      assert.ok(Math.abs((found[i] as number) - value) < 1e-9, `${i}: ${found[i]} is not ${value}`);
    }
  });

  it('never mirrors: a mirrored target is met as well as a rotation can', () => {
    const mirrored = mapLandmarks(alignedTemplate112, ({ x, y }) => ({ x: 112 - x, y }));
    const [a, b, , d, e] = similarity(alignedTemplate112, mirrored);
    assert.ok(a * e - b * d > 0);
  });

  it('refuses points that coincide', () => {
    const point = { x: 3, y: 3 };
    const landmarks: Landmarks = [point, point, point, point, point];
    assert.throws(() => similarity(landmarks, alignedTemplate112), RangeError);
  });
});

describe('affine maps', () => {
  it('an inverse undoes its map', () => {
    const map = [2, 0.5, 7, -0.3, 1.5, -2] as const;
    const there = applyAffine(map, { x: 11, y: 13 });
    const back = applyAffine(invertAffine(map), there);
    assert.ok(Math.hypot(back.x - 11, back.y - 13) < 1e-9);
  });

  it('a composition is one map after the other', () => {
    const outer = [2, 0.5, 7, -0.3, 1.5, -2] as const;
    const inner = [0.1, 1, 3, 2, -1, 5] as const;
    const point = { x: 4, y: 9 };
    const both = applyAffine(composeAffine(outer, inner), point);
    const apart = applyAffine(outer, applyAffine(inner, point));
    assert.ok(Math.hypot(both.x - apart.x, both.y - apart.y) < 1e-9);
  });

  it('a singular map has no inverse', () => {
    assert.throws(() => invertAffine([1, 1, 0, 1, 1, 0]), RangeError);
  });

  it('the edges of frame and region coincide', () => {
    // The frame's left edge is at -8.5 in template coordinates, the region's at -0.5.
    assert.deepEqual(applyAffine(templateToRegion(32), { x: -8.5, y: 119.5 }), {
      x: -0.5,
      y: 31.5,
    });
  });
});

describe('warp', () => {
  it('gives a picture back under the identity, both filters', () => {
    const image = ramp(20, 10, (x, y) => x * 9 + y * 5);
    for (const cubic of [true, false]) {
      const same = warp(image, [1, 0, 0, 0, 1, 0], { width: 20, height: 10, cubic });
      assert.deepEqual(same.data, image.data);
    }
  });

  it('averages all pixels it minifies: a fine checker becomes grey', () => {
    const checker = ramp(64, 64, (x, y) => ((x + y) % 2) * 255);
    const small = warp(checker, [0.25, 0, -0.375, 0, 0.25, -0.375], {
      width: 16,
      height: 16,
      cubic: true,
    });
    for (const value of small.data) assert.ok(Math.abs(value - 128) <= 1, `${value}`);
  });

  it('keeps a linear ramp linear when enlarging', () => {
    const image = ramp(16, 16, (x) => x * 15);
    const large = warp(image, [4, 0, 1.5, 0, 4, 1.5], { width: 64, height: 64, cubic: true });
    for (let x = 10; x < 54; x += 1) {
      assert.ok(Math.abs(red(large, x, 32) - ((x - 1.5) / 4) * 15) <= 1, `at ${x}`);
    }
  });

  it('repeats the border outside the picture', () => {
    const image = ramp(8, 8, () => 77);
    const moved = warp(image, [1, 0, 100, 0, 1, 100], { width: 8, height: 8, cubic: true });
    assert.ok(moved.data.every((value) => value === 77));
  });
});

describe('aligned faces', () => {
  /** A dot at each landmark of a face twice the template's size, shifted. */
  const landmarks = mapLandmarks(alignedTemplate112, ({ x, y }) => ({
    x: x * 2 + 20,
    y: y * 2 + 10,
  }));
  const face = ramp(300, 300, (x, y) =>
    landmarks.reduce((sum, p) => sum + 200 * Math.exp(-((x - p.x) ** 2 + (y - p.y) ** 2) / 50), 10),
  );

  it('put the landmarks on the template', () => {
    const crop = alignTemplate(face, landmarks);
    assert.equal(crop.width, 112);
    for (const { x, y } of alignedTemplate112) {
      assert.ok(red(crop, Math.round(x), Math.round(y)) > 180, `nothing at ${x},${y}`);
    }
  });

  it('show in the region the template crop and its rim', () => {
    const region = alignRegion(face, landmarks, 64);
    const map = templateToRegion(64);
    for (const point of alignedTemplate112) {
      const { x, y } = applyAffine(map, point);
      assert.ok(red(region, Math.round(x), Math.round(y)) > 120, `nothing at ${x},${y}`);
    }
  });

  it('come back from the enhanced frame: its middle 112 pixels at 128', () => {
    const frame = ramp(128, 128, (x, y) => (x * 7 + y * 3) % 256);
    const crop = cropTemplate(frame);
    for (let y = 0; y < 112; y += 1) {
      for (let x = 0; x < 112; x += 1) assert.equal(red(crop, x, y), red(frame, x + 8, y + 8));
    }
  });

  it('come back from a larger enhanced frame as from the picture itself', () => {
    const crop = cropTemplate(alignRegion(face, landmarks, 192));
    const direct = alignTemplate(face, landmarks);
    let worst = 0;
    for (let i = 0; i < crop.data.length; i += 1) {
      worst = Math.max(worst, Math.abs((crop.data[i] as number) - (direct.data[i] as number)));
    }
    assert.ok(worst <= 6, `differs by ${worst}`);
  });
});
