import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { isInPolygon, type Polygon } from '../../../src/domain/geometry/polygon.ts';
import { maskParts } from '../../../src/streams/shape/mask-parts.ts';

const diamond: Polygon = [
  { x: 0.5, y: 0.1 },
  { x: 0.9, y: 0.5 },
  { x: 0.5, y: 0.9 },
  { x: 0.1, y: 0.5 },
];

describe('masks as rectangles', () => {
  it('leave rectangles as they are', () => {
    const mask = { x: 0.1, y: 0.2, width: 0.3, height: 0.4 };
    assert.deepEqual(maskParts([mask]), [mask]);
  });

  it('hold all of a polygon, and little beside it', () => {
    const parts = maskParts([{ points: diamond }]);
    const isHidden = (x: number, y: number) =>
      parts.some(
        (part) =>
          x >= part.x - 1e-9 &&
          x <= part.x + part.width + 1e-9 &&
          y >= part.y - 1e-9 &&
          y <= part.y + part.height + 1e-9,
      );
    let beside = 0;
    for (let x = 0; x <= 1; x += 0.005) {
      for (let y = 0; y <= 1; y += 0.005) {
        if (isInPolygon({ x, y }, diamond)) assert.ok(isHidden(x, y), `${x},${y} is seen`);
        else if (isHidden(x, y)) beside += 1;
      }
    }
    assert.ok(beside < 0.02 * 201 * 201, `${beside} of ${201 * 201} places are hidden beside it`);
    assert.ok(parts.every(({ width, height }) => width > 0 && height > 0));
  });

  it('are few, however many polygons there are', () => {
    const square: Polygon = [
      { x: 0, y: 0 },
      { x: 0.5, y: 0 },
      { x: 0.5, y: 0.5 },
      { x: 0, y: 0.5 },
    ];
    assert.equal(maskParts([{ points: square }]).length, 1);
    const many = maskParts(Array.from({ length: 32 }, () => ({ points: diamond })));
    assert.ok(many.length <= 32 * 12, `${many.length} rectangles`);
  });
});
