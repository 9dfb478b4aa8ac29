import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { readCodedPicture } from '../../../web/src/cameras/video/coded-message.ts';
import { drawFrame } from '../../../web/src/cameras/video/draw-frame.ts';

describe('readCodedPicture', () => {
  it('reads flags, time and bytes', () => {
    const message = new ArrayBuffer(19);
    const view = new DataView(message);
    view.setUint8(0, 1);
    view.setFloat64(8, 1_795_000_000_000.5, true);
    view.setUint8(18, 7);
    const picture = readCodedPicture(message);
    assert.deepEqual([picture?.key, picture?.pts], [true, 1_795_000_000_000.5]);
    assert.deepEqual([...(picture?.bytes ?? [])], [0, 0, 7]);
    view.setUint8(0, 2);
    assert.equal(readCodedPicture(message)?.key, false);
  });

  it('takes no message that has no picture', () => {
    assert.equal(readCodedPicture(new ArrayBuffer(16)), undefined);
    assert.equal(readCodedPicture(new ArrayBuffer(3)), undefined);
  });
});

describe('drawFrame', () => {
  /** Where the corners of a picture come to lie, and how large the canvas is. */
  function drawn(
    head: { width: number; height: number; rotate: number; mirror: boolean },
    most: { width: number; height: number },
  ) {
    const size = { width: 0, height: 0 };
    let matrix = [1, 0, 0, 1, 0, 0];
    let corners: number[][] = [];
    const context = {
      setTransform: (...given: number[]) => {
        matrix = given;
      },
      rotate: (angle: number) => {
        const [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0] = matrix;
        const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
        matrix = [a * cos + c * sin, b * cos + d * sin, c * cos - a * sin, d * cos - b * sin, e, f];
      },
      drawImage: (_: unknown, x: number, y: number, width: number) => {
        const [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0] = matrix;
        corners = [
          [x, y],
          [x + width, y],
        ].map(([px = 0, py = 0]) => [
          Math.abs(Math.round(a * px + c * py + e)),
          Math.abs(Math.round(b * px + d * py + f)),
        ]);
      },
      resetTransform: () => undefined,
    };
    const stage = {
      context: context as unknown as OffscreenCanvasRenderingContext2D,
      most,
      fit: (width: number, height: number) => Object.assign(size, { width, height }),
    };
    drawFrame(stage, {} as CanvasImageSource, { codec: 'avc1.64001f', ...head });
    return { size, corners };
  }
  const large = { width: 4000, height: 4000 };

  it('turns clockwise, then mirrors', () => {
    const upright = { width: 640, height: 360, rotate: 0, mirror: false };
    assert.deepEqual(drawn(upright, large).corners, [
      [0, 0],
      [640, 0],
    ]);
    // The upper left corner comes to the upper right, the upper right one to the lower right.
    const side = { width: 360, height: 640, rotate: 90, mirror: false };
    assert.deepEqual(drawn(side, large).corners, [
      [360, 0],
      [360, 640],
    ]);
    assert.deepEqual(drawn({ ...side, mirror: true }, large).corners, [
      [0, 0],
      [0, 640],
    ]);
  });

  it('draws no larger than it is shown, and no larger than it is', () => {
    const head = { width: 1920, height: 1080, rotate: 0, mirror: false };
    assert.deepEqual(drawn(head, { width: 800, height: 600 }).size, { width: 800, height: 450 });
    assert.deepEqual(drawn(head, { width: 3000, height: 270 }).size, { width: 480, height: 270 });
    assert.deepEqual(drawn(head, large).size, { width: 1920, height: 1080 });
    assert.deepEqual(drawn(head, { width: 0, height: 0 }).size, { width: 1920, height: 1080 });
  });
});
