import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { paintRgba } from '../../../web/src/cameras/video/paint-rgba.ts';

/** Planes of one colour, in macroblocks of 16 x 16. */
function plain(width: number, height: number, y: number, cb: number, cr: number) {
  const size = Math.ceil(width / 16) * 16 * Math.ceil(height / 16) * 16;
  return {
    y: new Uint8ClampedArray(size).fill(y),
    cb: new Uint8ClampedArray(size / 4).fill(cb),
    cr: new Uint8ClampedArray(size / 4).fill(cr),
  };
}

function pixel(y: number, cb: number, cr: number): number[] {
  const out = new Uint32Array(4);
  paintRgba(plain(2, 2, y, cb, cr), 2, 2, out);
  assert.equal(new Set(out).size, 1);
  return [...new Uint8Array(out.buffer, 0, 4)];
}

function near(actual: readonly number[], expected: readonly number[]): void {
  const distance = Math.max(...actual.map((value, i) => Math.abs(value - (expected[i] ?? 0))));
  assert.ok(distance <= 2, `${actual} is not ${expected}`);
}

describe('paintRgba', () => {
  it('paints BT.601 colours in video range, opaque', () => {
    near(pixel(16, 128, 128), [0, 0, 0, 255]);
    near(pixel(235, 128, 128), [255, 255, 255, 255]);
    near(pixel(81, 90, 240), [255, 0, 0, 255]);
    near(pixel(145, 54, 34), [0, 255, 0, 255]);
    near(pixel(41, 240, 110), [0, 0, 255, 255]);
  });

  it('clamps what lies outside', () => {
    near(pixel(255, 255, 255), [255, 125, 255, 255]);
    near(pixel(0, 0, 0), [0, 135, 0, 255]);
  });

  it('keeps to rows and columns where the picture is no multiple of 16, or odd', () => {
    const width = 19;
    const height = 3;
    const planes = plain(width, height, 16, 128, 128);
    // One bright pixel in the last column of the last row.
    planes.y[2 * 32 + 18] = 235;
    const out = new Uint32Array(width * height);
    paintRgba(planes, width, height, out);
    const bright = [...out.keys()].filter((at) => ((out[at] ?? 0) & 0xff) > 128);
    assert.deepEqual(bright, [width * height - 1]);
  });
});
