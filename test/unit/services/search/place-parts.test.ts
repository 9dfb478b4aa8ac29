import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { placeParts } from '../../../../src/services/search/place-parts.ts';

const part = (key: string, size: number) => ({ key, size });
const loads = (
  placed: ReadonlyMap<string, string>,
  parts: readonly { key: string; size: number }[],
) =>
  Object.fromEntries(
    [...Map.groupBy(parts, ({ key }) => placed.get(key) ?? '')].map(([node, of]) => [
      node,
      of.reduce((sum, { size }) => sum + size, 0),
    ]),
  );

describe('where parts of lists are held', () => {
  it('is nowhere without nodes', () => {
    assert.deepEqual([...placeParts([part('a', 1)], [], new Map([['a', 'gone']]))], []);
  });

  it('is where they are, as long as nodes hold about the same', () => {
    const parts = [part('a', 100), part('b', 90), part('c', 0)];
    const current = new Map([
      ['a', 'one'],
      ['b', 'two'],
      ['c', 'two'],
    ]);
    assert.deepEqual(placeParts(parts, ['one', 'two', 'three'].slice(0, 2), current), current);
  });

  it('is shared out evenly, the largest first', () => {
    const parts = [50, 10, 40, 30, 20, 30].map((size, i) => part(`p${i}`, size));
    const placed = placeParts(parts, ['one', 'two', 'three'], new Map());
    assert.deepEqual(loads(placed, parts), { one: 60, two: 60, three: 60 });
  });

  it('spreads lists on which nobody is yet', () => {
    const parts = Array.from({ length: 6 }, (_, i) => part(`p${i}`, 0));
    const placed = placeParts(parts, ['one', 'two'], new Map());
    assert.equal([...placed.values()].filter((node) => node === 'one').length, 3);
  });

  it('goes to the others where a node is gone, and moves little where one comes', () => {
    const parts = Array.from({ length: 12 }, (_, i) => part(`p${i}`, 10));
    const three = placeParts(parts, ['one', 'two', 'three'], new Map());
    const two = placeParts(parts, ['one', 'two'], three);
    for (const [key, node] of three) if (node !== 'three') assert.equal(two.get(key), node);
    assert.deepEqual(loads(two, parts), { one: 60, two: 60 });
    const back = placeParts(parts, ['one', 'two', 'three'], two);
    const moved = [...back].filter(([key, node]) => two.get(key) !== node);
    assert.ok(moved.length >= 3 && moved.length <= 4, `${moved.length} moved`);
    assert.ok(moved.every(([, node]) => node === 'three'));
  });

  it('leaves one large list where it is: moving it evens out nothing', () => {
    const parts = [part('large', 1_000), part('small', 1)];
    const current = new Map([
      ['large', 'one'],
      ['small', 'one'],
    ]);
    const placed = placeParts(parts, ['one', 'two'], current);
    assert.deepEqual([placed.get('large'), placed.get('small')], ['one', 'two']);
    assert.deepEqual(placeParts(parts, ['one', 'two'], placed), placed, 'and it stays so');
  });
});
