import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { DetectionBuffer } from '../../../web/src/live/detection-buffer.ts';

function detection(sequence: number, x: number, trackId: string | null = 'a') {
  return {
    cameraId: 'gate',
    sequence,
    capturedAt: sequence,
    frameWidth: 640,
    frameHeight: 360,
    faces: [
      {
        box: { x, y: 0, width: 10, height: 10 },
        landmarks: [],
        score: 1,
        trackId,
        quality: null,
        verdict: null,
      },
    ],
  };
}

describe('DetectionBuffer', () => {
  it('shows what had arrived by then, not what came later', () => {
    const buffer = new DetectionBuffer();
    buffer.add(detection(1, 100), 1000);
    assert.equal(buffer.at(999), undefined);
    assert.equal(buffer.at(1000)?.faces[0]?.box.x, 100);
  });

  it('moves a tracked box between two analysed frames, and no other', () => {
    const buffer = new DetectionBuffer();
    buffer.add(detection(1, 100), 1000);
    buffer.add(detection(2, 200), 1200);
    assert.equal(buffer.at(1050)?.faces[0]?.box.x, 125);
    const untracked = new DetectionBuffer();
    untracked.add(detection(1, 100, null), 1000);
    untracked.add(detection(2, 200, null), 1200);
    assert.equal(untracked.at(1050)?.faces[0]?.box.x, 100);
  });

  it('lets a box go when nothing newer comes', () => {
    const buffer = new DetectionBuffer();
    buffer.add(detection(1, 100), 1000);
    assert.ok(buffer.at(1700));
    assert.equal(buffer.at(1701), undefined);
  });

  it('keeps a few seconds and no more', () => {
    const buffer = new DetectionBuffer();
    for (let n = 0; n < 200; n += 1) buffer.add(detection(n, n), n * 100);
    assert.equal(buffer.at(14_000), undefined);
    assert.equal(buffer.at(15_000)?.detection.sequence, 150);
  });
});
