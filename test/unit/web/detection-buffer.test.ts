import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { DetectionBuffer } from '../../../web/src/live/detection-buffer.ts';

/** The server's clock is 1,000,000 ms ahead of the page's. */
const ahead = 1_000_000;

function detection(capturedAt: number, x: number, trackId: string | null = 'a') {
  return {
    cameraId: 'gate',
    sequence: 0,
    capturedAt: capturedAt + ahead,
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
  it('goes by the time of capture, whatever the delay of a message', () => {
    const buffer = new DetectionBuffer();
    buffer.add(detection(1000, 100), 1000);
    buffer.add(detection(1200, 200), 1650);
    assert.equal(buffer.at(999), undefined);
    assert.equal(buffer.at(1000)?.faces[0]?.box.x, 100);
    assert.equal(buffer.at(1200)?.faces[0]?.box.x, 200);
  });

  it('moves a tracked box between two analysed frames, and no other', () => {
    const buffer = new DetectionBuffer();
    buffer.add(detection(1000, 100), 1000);
    buffer.add(detection(1200, 200), 1200);
    assert.equal(buffer.at(1050)?.faces[0]?.box.x, 125);
    const untracked = new DetectionBuffer();
    untracked.add(detection(1000, 100, null), 1000);
    untracked.add(detection(1200, 200, null), 1200);
    assert.equal(untracked.at(1050)?.faces[0]?.box.x, 100);
  });

  it('lets a box go when nothing newer comes', () => {
    const buffer = new DetectionBuffer();
    buffer.add(detection(1000, 100), 1000);
    assert.ok(buffer.at(1700));
    assert.equal(buffer.at(1701), undefined);
  });

  it('keeps a few seconds and no more', () => {
    const buffer = new DetectionBuffer();
    for (let n = 0; n < 200; n += 1) buffer.add(detection(n * 100, n), n * 100);
    assert.equal(buffer.at(4_800), undefined);
    assert.equal(buffer.at(5_000)?.detection.capturedAt, 5_000 + ahead);
  });

  it('starts anew when the server clock is set back', () => {
    const buffer = new DetectionBuffer();
    buffer.add(detection(10_000, 100), 1000);
    buffer.add(detection(2_000, 200), 1100);
    assert.equal(buffer.at(1100)?.faces[0]?.box.x, 200);
  });

  describe('by the times of a preview stream', () => {
    const span = 2 ** 33 / 90;
    const at = (time: number) => (time + ahead) % span;

    it('finds the frame that a picture shows, however late the message came', () => {
      const buffer = new DetectionBuffer();
      buffer.add(detection(1000, 100), 1900);
      buffer.add(detection(1200, 200), 1950);
      assert.equal(buffer.ofPicture(at(1000))?.faces[0]?.box.x, 100);
      assert.equal(buffer.ofPicture(at(1100))?.faces[0]?.box.x, 150);
      assert.equal(buffer.ofPicture(at(1200))?.faces[0]?.box.x, 200);
    });

    it('has the faces of the very frame for a picture with the time of its capture', () => {
      const buffer = new DetectionBuffer();
      const now = 1_795_000_000_000;
      buffer.add(detection(now, 100), 0);
      buffer.add(detection(now + 200, 200), 200);
      assert.equal(buffer.ofPicture(now + ahead)?.faces[0]?.box.x, 100);
      assert.equal(buffer.ofPicture(now + ahead + 200)?.faces[0]?.box.x, 200);
      assert.equal(buffer.behind(now + ahead), 200);
    });

    it('moves boxes on for a while when the picture is ahead of the analysis', () => {
      const buffer = new DetectionBuffer();
      buffer.add(detection(1000, 100), 1100);
      buffer.add(detection(1200, 200), 1300);
      assert.equal(buffer.ofPicture(at(1300))?.faces[0]?.box.x, 250);
      assert.equal(buffer.ofPicture(at(1501)), null);
      assert.equal(buffer.ofPicture(at(200)), null);
      const untracked = new DetectionBuffer();
      untracked.add(detection(1000, 100, null), 1100);
      untracked.add(detection(1200, 200, null), 1300);
      assert.equal(untracked.ofPicture(at(1300))?.faces[0]?.box.x, 200);
    });

    it('knows the times on both sides of their new beginning', () => {
      const buffer = new DetectionBuffer();
      const turn = Math.ceil(span) - ahead;
      buffer.add(detection(turn - 100, 100), 0);
      buffer.add(detection(turn + 100, 200), 200);
      const x = buffer.ofPicture((turn + ahead) % span)?.faces[0]?.box.x ?? 0;
      assert.ok(Math.abs(x - 150) < 1, String(x));
    });

    it('tells how late a picture is', () => {
      const buffer = new DetectionBuffer();
      assert.equal(buffer.behind(at(1000)), undefined);
      buffer.add(detection(1000, 100), 1000);
      buffer.add(detection(6000, 100), 6000);
      assert.equal(buffer.behind(at(1000)), 5000);
      assert.equal(buffer.behind(at(6200)), 0);
      assert.equal(buffer.behind(at(1000) + 3_600_000), undefined);
    });

    it('says nothing of a stream with other times', () => {
      const buffer = new DetectionBuffer();
      buffer.add(detection(1000, 100), 1000);
      assert.equal(buffer.ofPicture(at(1000) + 3_600_000), undefined);
      assert.equal(
        buffer.ofPicture(at(1000) - 3_600_000 < 0 ? 0 : at(1000) - 3_600_000),
        undefined,
      );
    });
  });
});
