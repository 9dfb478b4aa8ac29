import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { mulberry32 } from '../../../../demo/media/random.ts';
import { directionalBlur } from '../../../../src/domain/quality/directional-blur.ts';
import type { FaceLuma } from '../../../../src/domain/quality/luma-plane.ts';

const side = 48;

/** Noise, each pixel the mean of its neighbours along rows and columns. */
function plane(alongRows: number, alongColumns: number): FaceLuma {
  const random = mulberry32(5);
  const noise = Float64Array.from({ length: side * side }, () => random() * 255);
  const data = new Uint8Array(side * side);
  for (let y = 0; y < side; y += 1) {
    for (let x = 0; x < side; x += 1) {
      let sum = 0;
      for (let dy = 0; dy < alongColumns; dy += 1) {
        for (let dx = 0; dx < alongRows; dx += 1) {
          sum += noise[((y + dy) % side) * side + ((x + dx) % side)] as number;
        }
      }
      data[y * side + x] = sum / (alongRows * alongColumns);
    }
  }
  return { width: side, height: side, data, eyes: side / 2.6 };
}

describe('blur along a direction', () => {
  it('is small where a picture is crisp', () => {
    assert.ok((directionalBlur(plane(1, 1)) ?? 1) < 0.3);
  });

  it('is large where it is smooth along one direction and crisp across', () => {
    assert.ok((directionalBlur(plane(7, 1)) ?? 0) > 0.6);
    assert.ok((directionalBlur(plane(1, 7)) ?? 0) > 0.6);
  });

  it('is none where it is smooth in all, whatever the picture holds', () => {
    const data = Uint8Array.from({ length: side * side }, (_, at) => {
      const [x, y] = [at % side, Math.floor(at / side)];
      return 128 + 60 * Math.sin(x / 30) + 60 * Math.sin(y / 6);
    });
    assert.equal(directionalBlur({ width: side, height: side, data, eyes: side / 2.6 }), 0);
  });

  it('is not known where a picture is flat or small', () => {
    const flat = { width: side, height: side, data: new Uint8Array(side * side), eyes: 18 };
    assert.equal(directionalBlur(flat), null);
    assert.equal(directionalBlur({ ...flat, width: 9, height: 9 }), null);
  });
});
