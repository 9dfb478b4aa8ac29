import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { alignedTemplate112, mapLandmarks } from '../../../../src/domain/geometry/landmarks.ts';
import { assessGeometry, judgeRecognised } from '../../../../src/domain/quality/assess-quality.ts';
import { coverage } from '../../../../src/domain/quality/coverage.ts';
import { qualityOf } from '../../../support/marbles-faces.ts';

const frame = { width: 480, height: 270 };
const faceAt = (dx: number, dy: number) =>
  mapLandmarks(alignedTemplate112, ({ x, y }) => ({ x: x + dx, y: y + dy }));

describe('coverage', () => {
  it('is whole in the middle, half where the middle of the face leaves the picture', () => {
    assert.equal(coverage(faceAt(200, 80), frame).raw, 1);
    const half = coverage(faceAt(480 - 56, 80), frame).raw;
    assert.ok(Math.abs(half - 0.5) < 0.02, String(half));
    assert.equal(coverage(faceAt(700, 80), frame).raw, 0);
  });

  it('rejects a face that the edge of the picture cuts, before any pixel is read', () => {
    assert.equal(assessGeometry(faceAt(200, 80), {}, frame).verdict, 'accept');
    for (const [dx, dy] of [
      [430, 80],
      [-60, 80],
      [200, 215],
      [200, -70],
    ] as const) {
      const quality = assessGeometry(faceAt(dx, dy), {}, frame);
      assert.equal(quality.verdict, 'reject');
      assert.deepEqual(quality.reasons, ['coverage']);
    }
  });
});

describe('what is no face', () => {
  it('is said by the recogniser, who has to be the surer the less the detector is', () => {
    const verdict = (recognisability: number, detectionScore: number) =>
      judgeRecognised(qualityOf(60), { recognisability, detectionScore }, 0.3).verdict;
    assert.equal(verdict(0.31, 0.95), 'accept');
    assert.equal(verdict(0.29, 1), 'reject');
    assert.equal(verdict(0.4, 0.6), 'reject');
    assert.equal(verdict(0.5, 0.6), 'accept');
    const unjudged = judgeRecognised(
      qualityOf(60),
      { recognisability: 0, detectionScore: 0 },
      undefined,
    );
    assert.equal(unjudged.verdict, 'accept');
  });
});
