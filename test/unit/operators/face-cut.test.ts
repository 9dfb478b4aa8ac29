import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  applyAffine,
  frameRim,
  frameSide,
  similarity,
  templateSide,
} from '../../../src/domain/geometry/align.ts';
import { alignedTemplate112, mapLandmarks } from '../../../src/domain/geometry/landmarks.ts';
import { faceImageOf, planFaceCut } from '../../../src/operators/face-cut.ts';
import { detectedFace } from '../../support/marbles-faces.ts';
import { checkerboard } from '../../support/marbles-picture.ts';

const frame = { width: 1_000, height: 800 };

describe('planFaceCut', () => {
  it('takes pixels as they are, in whole numbers', () => {
    const cut = planFaceCut(detectedFace({ x: 500.3, y: 400.7 }, 12), frame);
    assert.ok(cut);
    assert.equal(cut.framePixels, 1);
    assert.deepEqual([cut.width, cut.height], [cut.crop.width, cut.crop.height]);
    assert.ok(Object.values(cut.crop).every(Number.isInteger));
  });

  it('covers all that the enhanced frame is read from, at any roll', () => {
    for (let degrees = -60; degrees <= 60; degrees += 15) {
      const angle = (degrees * Math.PI) / 180;
      const upright = detectedFace({ x: 500, y: 400 }, 20);
      const landmarks = mapLandmarks(upright.landmarks, ({ x, y }) => ({
        x: 500 + (x - 500) * Math.cos(angle) - (y - 400) * Math.sin(angle),
        y: 400 + (x - 500) * Math.sin(angle) + (y - 400) * Math.cos(angle),
      }));
      const cut = planFaceCut({ ...upright, landmarks }, frame);
      assert.ok(cut);
      const map = similarity(alignedTemplate112, landmarks);
      const low = -frameRim - 0.5;
      const high = low + frameSide;
      assert.equal(high, templateSide + frameRim - 0.5);
      for (const corner of [
        { x: low, y: low },
        { x: high, y: low },
        { x: low, y: high },
        { x: high, y: high },
      ]) {
        const { x, y } = applyAffine(map, corner);
        assert.ok(x > cut.crop.x && x < cut.crop.x + cut.crop.width - 1, `x at ${degrees}`);
        assert.ok(y > cut.crop.y && y < cut.crop.y + cut.crop.height - 1, `y at ${degrees}`);
      }
    }
  });

  it('brings a large face down to 256 pixels', () => {
    const cut = planFaceCut(detectedFace({ x: 500, y: 400 }, 150), frame);
    assert.ok(cut);
    assert.equal(Math.max(cut.width, cut.height), 256);
    assert.ok(cut.framePixels > 2);
  });

  it('stays within the frame, and says so where nothing is left', () => {
    const cut = planFaceCut(detectedFace({ x: 2, y: 798 }, 20), frame);
    assert.ok(cut && cut.crop.x === 0 && cut.crop.y + cut.crop.height === 800);
    assert.equal(planFaceCut(detectedFace({ x: -500, y: 400 }, 20), frame), null);
  });
});

describe('faceImageOf', () => {
  it('moves the landmarks into the cut’s pixels, centre on centre', () => {
    const face = detectedFace({ x: 500, y: 400 }, 12);
    const small = planFaceCut(face, frame);
    assert.ok(small);
    const image = checkerboard(small.width, small.height);
    const [eye] = faceImageOf(small, image, face.landmarks).landmarks;
    assert.ok(Math.abs(eye.x + small.crop.x - face.landmarks[0].x) < 1e-9);

    const halved = {
      crop: { x: 100, y: 100, width: 40, height: 40 },
      width: 20,
      height: 20,
      framePixels: 2,
    };
    const corner = mapLandmarks(face.landmarks, () => ({ x: 100.5, y: 100.5 }));
    const [moved] = faceImageOf(halved, checkerboard(20, 20), corner).landmarks;
    assert.deepEqual(moved, { x: 0, y: 0 });
  });
});
