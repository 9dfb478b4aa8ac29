import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { fittingSize, wallPage } from '../../../web/src/cameras/wall-pages.ts';

describe('wall pages', () => {
  it('fits the wall to the cameras', () => {
    assert.deepEqual(
      [0, 1, 2, 4, 5, 9, 10, 16, 40].map(fittingSize),
      [1, 1, 4, 4, 9, 9, 16, 16, 16],
    );
  });

  it('parts the cameras, and keeps the size of tiles on a last page that is not full', () => {
    assert.deepEqual(wallPage(10, 4, 0), { page: 0, pages: 3, from: 0, to: 4, places: 4 });
    assert.deepEqual(wallPage(10, 4, 2), { page: 2, pages: 3, from: 8, to: 10, places: 4 });
    assert.deepEqual(wallPage(2, 4, 0), { page: 0, pages: 1, from: 0, to: 2, places: 2 });
  });

  it('stays within what there is', () => {
    assert.equal(wallPage(3, 4, 7).page, 0);
    assert.equal(wallPage(3, 1, -1).page, 0);
    assert.deepEqual(wallPage(0, 4, 0), { page: 0, pages: 1, from: 0, to: 0, places: 0 });
  });
});
