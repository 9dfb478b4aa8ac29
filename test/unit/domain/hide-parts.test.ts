import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { hideParts } from '../../../src/domain/frame/hide-parts.ts';

/** Every value its own, as far as bytes go. */
const noise = (length: number) => Uint8Array.from({ length }, (_, at) => Math.imul(at, 7919) >> 3);

describe('hideParts', () => {
  it('leaves twenty-five values of a part, and all else as it was', () => {
    const data = noise(60 * 40 * 3);
    const before = Uint8Array.from(data);
    const part = { x: 10, y: 5, width: 25, height: 20 };
    hideParts({ width: 60, height: 40, channels: 3, data }, [part], []);
    const colours = new Set<string>();
    for (let at = 0; at < 60 * 40; at += 1) {
      const [x, y] = [at % 60, Math.floor(at / 60)];
      const pixel = data.subarray(at * 3, at * 3 + 3);
      const isIn = x >= 10 && x < 35 && y >= 5 && y < 25;
      if (isIn) colours.add(pixel.join());
      else assert.deepEqual(pixel, before.subarray(at * 3, at * 3 + 3), `${x}, ${y}`);
    }
    assert.ok(colours.size <= 25, `${colours.size}`);
  });

  it('puts the mean of each field in its place', () => {
    const data = Uint8Array.of(0, 100, 10, 30, 200, 100, 20, 40);
    hideParts(
      { width: 8, height: 1, channels: 1, data },
      [{ x: 0, y: 0, width: 10, height: 1 }],
      [],
    );
    // Eight pixels in five fields: of one, two, two, one and two.
    assert.deepEqual([...data], [50, 50, 10, 115, 115, 100, 30, 30]);
  });

  it('keeps what is to be kept, and takes parts that reach over the edge or lie outside', () => {
    const data = noise(20 * 20);
    const before = Uint8Array.from(data);
    const parts = [
      { x: -5, y: -5, width: 15, height: 15 },
      { x: 40, y: 40, width: 5, height: 5 },
      { x: 3, y: 3, width: 0, height: 4 },
    ];
    hideParts({ width: 20, height: 20, channels: 1, data }, parts, [
      { x: 2, y: 2, width: 4, height: 4 },
    ]);
    for (let at = 0; at < 400; at += 1) {
      const [x, y] = [at % 20, Math.floor(at / 20)];
      const isKept = x >= 2 && x < 6 && y >= 2 && y < 6;
      if (isKept || x >= 10 || y >= 10) assert.equal(data[at], before[at], `${x}, ${y}`);
    }
    assert.notDeepEqual(data, before);
  });
});
