import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { describe, it } from 'node:test';
import { alignRegion, alignTemplate, similarity } from '../../../../src/domain/geometry/align.ts';
import { alignedTemplate112, type Landmarks } from '../../../../src/domain/geometry/landmarks.ts';
import type { RgbImage } from '../../../../src/domain/image/image.ts';

interface Golden {
  readonly picture: string;
  readonly cases: readonly {
    readonly width: number;
    readonly height: number;
    readonly landmarks: readonly [number, number][];
    readonly matrix: readonly [number, number, number][];
    readonly template: { sum: number; row0: number[][]; row56: number[][] };
    readonly region32: { sum: number; row0: number[][]; row16: number[][] };
  }[];
}

/** The picture that the golden file describes in words. */
function pattern(width: number, height: number): RgbImage {
  const data = new Uint8Array(width * height * 3);
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      const c = 40 * ((Math.floor(x / 3) + Math.floor(y / 3)) % 2);
      data.set([(5 * x + c) % 256, (7 * y + x) % 256, (x * y + c) % 256], (y * width + x) * 3);
    }
  }
  return { width, height, data };
}

/** Eight pixels of a row, from column `x`. */
function row(image: RgbImage, y: number, x: number): number[][] {
  const start = y * image.width + x;
  return Array.from({ length: 8 }, (_, i) => [
    ...image.data.subarray((start + i) * 3, (start + i) * 3 + 3),
  ]);
}

describe('alignment in training and in the product', async () => {
  const file = new URL('../../../../training/tests/golden_align.json', import.meta.url);
  const { cases } = JSON.parse(await readFile(file, 'utf8')) as Golden;
  for (const golden of cases) {
    it(`is one and the same for a picture of ${golden.width}x${golden.height}`, () => {
      const image = pattern(golden.width, golden.height);
      const landmarks = golden.landmarks.map(([x, y]) => ({ x, y })) as unknown as Landmarks;
      const matrix = similarity(landmarks, alignedTemplate112);
      for (const [i, value] of golden.matrix.flat().entries()) {
        assert.ok(Math.abs((matrix[i] as number) - value) < 1e-6);
      }
      const crop = alignTemplate(image, landmarks);
      const sum = (picture: RgbImage) => picture.data.reduce((a, b) => a + b, 0);
      assert.deepEqual(row(crop, 0, 0), golden.template.row0);
      assert.deepEqual(row(crop, 56, 52), golden.template.row56);
      assert.equal(sum(crop), golden.template.sum);
      const region = alignRegion(image, landmarks, 32);
      assert.deepEqual(row(region, 0, 0), golden.region32.row0);
      assert.deepEqual(row(region, 16, 12), golden.region32.row16);
      assert.equal(sum(region), golden.region32.sum);
    });
  }
});
