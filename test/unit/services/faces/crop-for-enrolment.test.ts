import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Landmarks } from '../../../../src/domain/geometry/landmarks.ts';
import type { RgbImage } from '../../../../src/domain/image/image.ts';
import { cropForEnrolment } from '../../../../src/services/faces/crop-for-enrolment.ts';

/** Red tells the column, green the row. */
function ramp(width: number, height: number): RgbImage {
  const data = new Uint8Array(width * height * 3);
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) data.set([x, y, 7], (y * width + x) * 3);
  }
  return { width, height, data };
}
const at = (x: number, y: number): Landmarks => {
  const point = { x, y };
  return [point, point, point, point, point];
};

describe('cropForEnrolment', () => {
  it('cuts with a margin and moves the landmarks along', () => {
    const box = { x: 40, y: 30, width: 20, height: 20 };
    const cut = cropForEnrolment(ramp(100, 100), { box, landmarks: at(50, 44) }, { margin: 2 });
    assert.equal(cut?.image.width, 40);
    assert.deepEqual([...(cut?.image.data.subarray(0, 3) ?? [])], [30, 20, 7]);
    assert.deepEqual(cut?.landmarks[0], { x: 20, y: 24 });
  });

  it('stays within the picture', () => {
    const box = { x: -10, y: 80, width: 30, height: 30 };
    const cut = cropForEnrolment(ramp(100, 100), { box, landmarks: at(5, 95) }, { margin: 1 });
    assert.deepEqual([cut?.image.width, cut?.image.height], [20, 20]);
    assert.deepEqual(cut?.landmarks[0], { x: 5, y: 15 });
  });

  it('brings a large face down, its landmarks on the same spot of the ramp', () => {
    const box = { x: 20, y: 40, width: 160, height: 160 };
    const face = { box, landmarks: at(101.5, 61.5) };
    const cut = cropForEnrolment(ramp(200, 200), face, { margin: 1, maxSide: 40 });
    assert.equal(cut?.image.width, 40);
    // Four columns 20..23 make the first pixel: their mean is 21.5.
    assert.deepEqual([...(cut?.image.data.subarray(0, 3) ?? [])], [22, 42, 7]);
    assert.deepEqual(cut?.landmarks[0], { x: 20, y: 5 });
  });

  it('gives nothing for a box outside of the picture', () => {
    const box = { x: 300, y: 300, width: 10, height: 10 };
    assert.equal(cropForEnrolment(ramp(100, 100), { box, landmarks: at(305, 305) }), undefined);
  });
});
