import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Face } from '../../../src/client/nightglass-client.ts';
import { cutOf, faceAt } from '../../../web/src/cameras/face-at.ts';

const frame = { frameWidth: 640, frameHeight: 360 };
const face = (trackId: string, x: number, y: number, side: number) =>
  ({ trackId, box: { x, y, width: side, height: side } }) as Face;

describe('a click on a picture', () => {
  const faces = [face('large', 100, 100, 100), face('small', 150, 150, 20)];
  const at = (room: { width: number; height: number }, x: number, y: number) =>
    faceAt(room, frame, faces, { x, y })?.trackId;

  it('finds the face under it, the smaller of two', () => {
    const same = { width: 640, height: 360 };
    assert.equal(at(same, 105, 105), 'large');
    assert.equal(at(same, 160, 160), 'small');
  });

  it('finds the nearest one beside it, within reach', () => {
    const same = { width: 640, height: 360 };
    assert.equal(at(same, 61, 105), 'large');
    assert.equal(at(same, 59, 105), undefined);
    assert.equal(at(same, 105, 241), undefined);
    const [far] = [face('far', 400, 100, 10)];
    const beside = (x: number) => faceAt(same, frame, [far, ...faces], { x, y: 105 })?.trackId;
    assert.equal(beside(422), 'far');
    assert.equal(beside(423), undefined);
    // Within one box and beside another: the one that it is within.
    const two = [face('left', 300, 100, 50), face('right', 355, 100, 10)];
    assert.equal(faceAt(same, frame, two, { x: 349, y: 105 })?.trackId, 'left');
  });

  it('finds it where the picture is smaller than its room, with bars at the sides', () => {
    // Half the size, with 40 pixels above and below.
    const room = { width: 320, height: 260 };
    assert.equal(at(room, 55, 40 + 55), 'large');
    assert.equal(at(room, 80, 40 + 80), 'small');
    assert.equal(at(room, 55, 40 + 50 - 21), undefined);
  });
});

describe('the picture of a face', () => {
  it('has a margin, in the pixels of the video, and ends with the picture', () => {
    const video = { width: 1280, height: 720 };
    assert.deepEqual(cutOf(face('a', 100, 100, 100), frame, video), {
      ...{ x: 60, y: 60 },
      ...{ width: 480, height: 480 },
    });
    assert.deepEqual(cutOf(face('a', 0, 310, 50), frame, { width: 640, height: 360 }), {
      ...{ x: 0, y: 275 },
      ...{ width: 85, height: 85 },
    });
  });
});
