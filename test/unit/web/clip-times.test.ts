import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { boxesAt, momentIn, pictureAt } from '../../../web/src/alerts/clip-times.ts';

describe('times in a clip', () => {
  const pictures = [0, 100, 200.4, 300];

  it('knows which picture is shown', () => {
    assert.deepEqual(
      [0, 99, 100, 250, 9_999].map((time) => pictureAt(pictures, time)),
      [0, 1, 1, 2, 3],
    );
    assert.equal(pictureAt(pictures, 200), 2, 'players round to whole milliseconds');
    assert.equal(pictureAt([], 5), 0);
  });

  it('shows the boxes of the latest analysed picture, and none once that is long ago', () => {
    const face = { box: { x: 0, y: 0, width: 0.1, height: 0.1 }, track: 'a', subject: true };
    const frames = [
      { time: 0, faces: [face] },
      { time: 200, faces: [] },
      { time: 1_000, faces: [face, face] },
    ];
    assert.deepEqual(
      [0, 150, 200, 900, 1_000, 1_400, 1_401].map((time) => boxesAt({ frames }, time).length),
      [1, 1, 0, 0, 2, 2, 0],
    );
  });

  it("finds the picture of an alert, whatever the network's jitter was", () => {
    const face = { box: { x: 0, y: 0, width: 0.1, height: 0.1 }, track: 'a', subject: true };
    const other = { ...face, subject: false };
    const pictures = [0, 100, 200, 300, 400, 500];
    const startedAt = 10_000;
    // Came 6 ms too early and 130 ms too late for its time stamp.
    const frames = [
      { time: 200, capturedAt: 10_194, faces: [face] },
      { time: 400, capturedAt: 10_530, faces: [face] },
    ];
    assert.equal(momentIn({ frames, pictures, startedAt }, 10_194), 200);
    assert.equal(momentIn({ frames, pictures, startedAt }, 10_530), 400);
    // A clip of an older version says only where the alert's own face was looked at.
    const old = [
      { time: 0, faces: [other] },
      { time: 200, faces: [face] },
      { time: 300, faces: [other] },
    ];
    assert.equal(momentIn({ frames: old, pictures, startedAt }, 10_294), 200);
    assert.equal(momentIn({ frames: [], pictures, startedAt }, 10_294), 300);
    assert.equal(momentIn({ frames: [], pictures: [], startedAt }, 10_294), 0);
  });
});
