import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { DetectionBuffer } from '../../../web/src/live/detection-buffer.ts';
import { facesOfPicture } from '../../../web/src/live/faces-of-picture.ts';
import { VideoClock } from '../../../web/src/live/video-clock.ts';

function detection(capturedAt: number, x: number) {
  return {
    cameraId: 'gate',
    sequence: 0,
    capturedAt,
    frameWidth: 640,
    frameHeight: 360,
    faces: [
      {
        box: { x, y: 0, width: 10, height: 10 },
        landmarks: [],
        score: 1,
        trackId: 'a',
        quality: null,
        verdict: null,
      },
    ],
  };
}

/** Detections of a camera that go on, one each 100 ms, from 1000 to `until`. */
function detectionsUntil(until: number): DetectionBuffer {
  const buffer = new DetectionBuffer();
  for (let at = 1000; at <= until; at += 100) buffer.add(detection(at, at), at);
  return buffer;
}

describe('facesOfPicture', () => {
  it('gives none before a picture is shown, however fresh the detections are', () => {
    const detections = detectionsUntil(5000);
    assert.equal(detections.at(5000)?.faces.length, 1, 'there are faces to draw');
    assert.equal(facesOfPicture(detections, new VideoClock(), 0, 5000), undefined);
  });

  it('gives those of now where there is no video at all, while they are fresh', () => {
    const detections = detectionsUntil(5000);
    const x = (now: number) => facesOfPicture(detections, undefined, 0, now)?.faces[0]?.box.x;
    assert.equal(x(5050), 5000);
    assert.equal(x(9000), undefined);
  });

  it('gives those of the picture that is shown, moved by the delay', () => {
    const clock = new VideoClock();
    clock.drawn(2000, 2000, 2600);
    const x = (delay: number) =>
      facesOfPicture(detectionsUntil(2500), clock, delay, 2600)?.faces[0]?.box.x;
    assert.equal(x(0), 2000);
    assert.equal(x(300), 1700);
  });

  it('goes by when both arrived where the stream has times of its own', () => {
    const clock = new VideoClock();
    clock.drawn(500_000, 2000, 2600);
    assert.equal(facesOfPicture(detectionsUntil(2500), clock, 0, 2600)?.faces[0]?.box.x, 2000);
  });

  it('gives none on a picture that stands, nor after the video ended', () => {
    const clock = new VideoClock();
    clock.drawn(2000, 2000, 2000);
    const going = detectionsUntil(6000);
    assert.equal(facesOfPicture(going, clock, 0, 4900)?.faces.length, 1);
    assert.equal(facesOfPicture(going, clock, 0, 5100), undefined);
    clock.drawn(6000, 6000, 6000);
    assert.equal(facesOfPicture(going, clock, 0, 6000)?.faces.length, 1);
    clock.reset();
    assert.equal(facesOfPicture(going, clock, 0, 6000), undefined);
  });
});
