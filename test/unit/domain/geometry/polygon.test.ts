import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  areaOf,
  isInPolygon,
  isSimple,
  type Polygon,
  spansWithin,
} from '../../../../src/domain/geometry/polygon.ts';

const of = (...corners: readonly (readonly [number, number])[]): Polygon =>
  corners.map(([x, y]) => ({ x, y }));

const square = of([0.2, 0.2], [0.8, 0.2], [0.8, 0.8], [0.2, 0.8]);
/** An L: the corner at the top right is missing. */
const angle = of([0.1, 0.1], [0.5, 0.1], [0.5, 0.5], [0.9, 0.5], [0.9, 0.9], [0.1, 0.9]);

describe('a polygon', () => {
  it('holds what is inside and on its border, and nothing else', () => {
    const cases: [Polygon, number, number, boolean][] = [
      [square, 0.5, 0.5, true],
      [square, 0.2, 0.5, true],
      [square, 0.8, 0.8, true],
      [square, 0.81, 0.5, false],
      [square, 0.5, 0.19, false],
      [angle, 0.3, 0.3, true],
      [angle, 0.7, 0.3, false],
      [angle, 0.7, 0.7, true],
      [angle, 0.5, 0.3, true],
    ];
    for (const [polygon, x, y, inside] of cases) {
      assert.equal(isInPolygon({ x, y }, polygon), inside, `${x},${y}`);
      assert.equal(isInPolygon({ x, y }, polygon.toReversed()), inside, `${x},${y} reversed`);
    }
  });

  it('is simple unless its sides cross, touch or fold back', () => {
    assert.equal(isSimple(square), true);
    assert.equal(isSimple(angle), true);
    assert.equal(isSimple(of([0, 0], [1, 0], [0, 1])), true);
    // A bow tie, a side that ends on another, a spike of no width, a corner twice.
    assert.equal(isSimple(of([0, 0], [1, 1], [1, 0], [0, 1])), false);
    assert.equal(isSimple(of([0, 0], [1, 0], [1, 1], [0.5, 0], [0, 1])), false);
    assert.equal(isSimple(of([0, 0], [1, 0], [0.5, 0], [0.5, 1])), false);
    assert.equal(isSimple(of([0, 0], [1, 0], [1, 0], [0, 1])), false);
  });

  it('has an area whatever its sense', () => {
    assert.ok(Math.abs(areaOf(square) - 0.36) < 1e-12);
    assert.ok(Math.abs(areaOf(angle.toReversed()) - 0.48) < 1e-12);
  });

  it('is within the spans of each band of rows', () => {
    const triangle = of([0.5, 0], [1, 1], [0, 1]);
    const star = of([0.5, 0], [0.6, 0.7], [1, 1], [0.5, 0.8], [0, 1], [0.4, 0.7]);
    for (const polygon of [square, angle, triangle, star]) {
      for (const bands of [1, 7, 40]) {
        for (let band = 0; band < bands; band += 1) {
          const spans = spansWithin(polygon, band / bands, (band + 1) / bands);
          for (let v = 0; v <= 10; v += 1) {
            const y = (band + v / 10) / bands;
            for (let x = 0; x <= 1; x += 0.01) {
              if (!isInPolygon({ x, y }, polygon)) continue;
              const held = spans.some(([from, to]) => x >= from - 1e-9 && x <= to + 1e-9);
              // A side that lies along the border of the band belongs to either.
              const onBorder = v === 0 || v === 10;
              assert.ok(held || onBorder, `${x},${y} in ${bands} bands`);
            }
          }
        }
      }
    }
  });
});
