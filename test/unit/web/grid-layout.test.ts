import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { gridLayout } from '../../../web/src/cameras/grid-layout.ts';

describe('gridLayout', () => {
  it('stacks two cameras in a tall room and puts them side by side in a wide one', () => {
    assert.equal(gridLayout(2, 1000, 900, 10).columns, 1);
    assert.equal(gridLayout(2, 1600, 500, 10).columns, 2);
  });

  it('fits all tiles into the room', () => {
    for (let count = 1; count <= 9; count += 1) {
      const { columns, width, fills } = gridLayout(count, 1400, 900, 10);
      assert.equal(fills, true);
      const rows = Math.ceil(count / columns);
      assert.ok(columns * width + (columns - 1) * 10 <= 1400, `${count} across`);
      assert.ok(rows * ((width * 9) / 16 + 42) + (rows - 1) * 10 <= 900, `${count} down`);
    }
  });

  it('lets the room scroll rather than show tiles too small', () => {
    const { columns, width, fills } = gridLayout(100, 1400, 900, 10);
    assert.equal(columns, 6);
    assert.ok(width >= 220);
    assert.equal(fills, false);
  });

  it('takes one column of the full width where the height is open', () => {
    assert.deepEqual(gridLayout(2, 600, Number.POSITIVE_INFINITY, 10), {
      columns: 1,
      width: 600,
      fills: false,
    });
  });
});
