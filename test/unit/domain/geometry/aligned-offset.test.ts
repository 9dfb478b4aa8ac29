import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  applyAffine,
  composeAffine,
  invertAffine,
  similarity,
} from '../../../../src/domain/geometry/align.ts';
import {
  isPlausible,
  offsetMap,
  withoutOffset,
} from '../../../../src/domain/geometry/aligned-offset.ts';
import {
  alignedTemplate112,
  type Landmarks,
  mapLandmarks,
} from '../../../../src/domain/geometry/landmarks.ts';

const near = (a: number, b: number, by: number, what = '') =>
  assert.ok(Math.abs(a - b) < by, `${what} ${a} is not ${b}`);

/** A face of 10 pixels between the eyes whose nose points aside: not the template's shape. */
const face: Landmarks = [
  { x: 40, y: 30 },
  { x: 50, y: 31 },
  { x: 46.5, y: 36 },
  { x: 41, y: 41.5 },
  { x: 48, y: 42 },
];

describe('offset of an aligned face', () => {
  it('moves points as training does', () => {
    // python -c "from training.data.alignments import *; print(offset_matrix([.08, -.12, .05, -.03]))"
    const wanted = [
      1.0754967559, 0.129682686, -10.764971722, -0.129682686, 1.0754967559, 0.146463991,
    ];
    offsetMap([0.08, -0.12, 0.05, -0.03]).forEach((value, i) => {
      near(value, wanted[i] as number, 1e-6, `number ${i}`);
    });
  });

  it('is taken back by the landmarks, which keep their shape', () => {
    const right = similarity(face, alignedTemplate112);
    const offset = [0.06, 0.1, -0.04, 0.05] as const;
    const move = composeAffine(
      invertAffine(right),
      composeAffine(invertAffine(offsetMap(offset)), right),
    );
    const wrong = mapLandmarks(face, (point) => applyAffine(move, point));
    assert.ok(Math.hypot(wrong[0].x - face[0].x, wrong[0].y - face[0].y) > 0.2);
    const found = withoutOffset(wrong, offset);
    for (const [i, point] of found.entries()) {
      near(point.x, (face[i] as { x: number }).x, 1e-6);
      near(point.y, (face[i] as { y: number }).y, 1e-6);
    }
  });

  it('is not taken from an aligner that answers wildly, or with no number', () => {
    assert.ok(isPlausible([0.2, -0.3, 0.2, -0.2]));
    for (const wild of [NaN, Infinity, -3]) {
      for (const at of [0, 1, 2, 3]) {
        const offset = [0, 0, 0, 0].with(at, wild) as [number, number, number, number];
        assert.ok(!isPlausible(offset), `${offset}`);
      }
    }
  });

  it('leaves landmarks where they are when the face stands on the template', () => {
    const same = withoutOffset(face, [0, 0, 0, 0]);
    for (const [i, point] of same.entries()) near(point.x, (face[i] as { x: number }).x, 1e-9);
  });
});
