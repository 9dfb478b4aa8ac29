import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { dictionaries } from '../../../web/src/i18n/dictionaries.ts';
import { cameraRowName, watchlistRowName } from '../../../web/src/review/row-names.ts';

const uuid = '3f0c9a52-7c1e-4b7e-9d57-1f2e8a6b4c33';

describe('names in the statistics', () => {
  it('calls a deleted list so, with enough of its id to tell it from others', () => {
    assert.deepEqual(watchlistRowName({ watchlistId: uuid, watchlistName: uuid, deleted: true }), {
      key: 'review.deletedWatchlist',
      params: { id: '3f0c9a52…' },
    });
  });

  it('leaves a list its name, be it the id', () => {
    const list = { watchlistId: 'barred', watchlistName: 'barred', deleted: false };
    assert.equal(watchlistRowName(list), 'barred');
  });

  it('says of a camera that it is gone, once the cameras are known', () => {
    const cameras = [{ id: 'gate', name: 'North gate' }];
    assert.equal(cameraRowName({ cameraId: 'gate' }, cameras), 'North gate');
    assert.equal(cameraRowName({ cameraId: 'dock' }, null), 'dock');
    assert.deepEqual(cameraRowName({ cameraId: 'dock' }, cameras), {
      key: 'review.removedCamera',
      params: { id: 'dock' },
    });
  });

  it('has words with the id in both languages', () => {
    for (const { review } of Object.values(dictionaries)) {
      for (const words of [review.deletedWatchlist, review.removedCamera]) {
        assert.match(String(words), /\{id\}/);
      }
    }
  });
});
