import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Box } from '../../../../src/domain/geometry/box.ts';
import { CloserParts, gainsFromParts } from '../../../../src/operators/motion/closer-parts.ts';

const picture = { width: 3840, height: 2160 };

function choose(
  parts: CloserParts,
  moving: readonly Box[],
  known: readonly Box[],
  limit = 4,
  time = 0,
) {
  const wanted = parts.count(picture, { moving, known }, limit);
  const chosen = parts.choose(picture, { moving, known, time }, limit);
  assert.equal(chosen.length, wanted);
  return chosen;
}

const holds = (part: Box, { x, y, width, height }: Box) =>
  part.x <= x &&
  part.y <= y &&
  part.x + part.width >= x + width &&
  part.y + part.height >= y + height;

describe('where to look closer', () => {
  it('only in pictures that the look at the whole scales away', () => {
    assert.equal(gainsFromParts({ width: 768, height: 432 }, 640), false);
    assert.equal(gainsFromParts({ width: 1920, height: 1080 }, 640), true);
    assert.equal(gainsFromParts({ width: 1080, height: 1920 }, 640), true);
    assert.equal(gainsFromParts(picture, 1920), true);
  });

  it('at whoever moves, in a square of pixels as the camera has them', () => {
    const figure = { x: 2000, y: 900, width: 60, height: 150 };
    const [part, ...others] = choose(new CloserParts(), [figure], []);
    assert.deepEqual(others, []);
    assert.ok(part !== undefined && holds(part, figure));
    assert.deepEqual([part.width, part.height], [320, 320]);
  });

  it('at somebody nearer as a whole, scaled down', () => {
    const figure = { x: 2000, y: 900, width: 200, height: 600 };
    const [part] = choose(new CloserParts(), [figure], []);
    assert.ok(part !== undefined && holds(part, figure));
    assert.equal(part.width, 960);
  });

  it('within the picture, at its borders too', () => {
    for (const [x, y] of [
      [0, 0],
      [3800, 2100],
      [-20, 1000],
    ] as const) {
      const [part] = choose(new CloserParts(), [{ x, y, width: 40, height: 60 }], []);
      assert.ok(part !== undefined);
      assert.ok(holds({ x: 0, y: 0, ...picture }, part));
    }
  });

  it('at a group side by side, and once where people are close together', () => {
    const group = { x: 500, y: 900, width: 900, height: 150 };
    const parts = choose(new CloserParts(), [group], [], 16);
    assert.ok(parts.length >= 3 && parts.length <= 5, `${parts.length} parts`);
    for (let x = group.x; x < group.x + group.width; x += 10) {
      assert.ok(
        parts.some((part) => x >= part.x && x <= part.x + part.width),
        `${x} is left out`,
      );
    }
    const pair = [
      { x: 500, y: 900, width: 60, height: 150 },
      { x: 570, y: 900, width: 60, height: 150 },
    ];
    assert.equal(choose(new CloserParts(), pair, []).length, 1);
  });

  it('at known faces first, then at all that moves in turn', () => {
    const parts = new CloserParts();
    const known = { x: 3000, y: 300, width: 20, height: 24 };
    const moving = Array.from({ length: 6 }, (_, at) => ({
      x: 200 + 500 * at,
      y: 1500,
      width: 60,
      height: 150,
    }));
    const seen = new Set<number>();
    for (let turn = 0; turn < 6; turn += 1) {
      const chosen = choose(parts, moving, [known], 3, turn * 200 + 1);
      assert.equal(chosen.length, 3);
      assert.ok(chosen.some((part) => holds(part, known)));
      for (const [at, box] of moving.entries()) {
        if (chosen.some((part) => holds(part, box))) seen.add(at);
      }
    }
    assert.equal(seen.size, 6);
  });
});
