import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { sharedOut, tooMany } from '../../../src/cluster/share-cameras.ts';

const node = (name: string, cores = 4, maxCameras = 64) => ({ node: name, cores, maxCameras });
const camera = (id: string, cost: number | null, holder: string | null = null) => ({
  id,
  cost,
  holder,
});

describe('sharing cameras out', () => {
  it('gives the costliest first to who has the least load by its cores', () => {
    const shares = sharedOut(
      [node('small', 2), node('large', 8)],
      [camera('a', 1), camera('b', 1), camera('c', 1), camera('d', 1), camera('e', 1)],
    );
    assert.deepEqual([...shares.values()].filter((each) => each === 'small').length, 1);
    assert.equal(shares.size, 5);
  });

  it('comes to the same whatever the order in which it is seen', () => {
    const nodes = [node('a'), node('b'), node('c')];
    const cameras = ['x', 'y', 'z', 'w'].map((id) => camera(id, null));
    const one = sharedOut(nodes, cameras);
    const other = sharedOut([...nodes].reverse(), [...cameras].reverse());
    assert.deepEqual(new Map([...one].sort()), new Map([...other].sort()));
  });

  it('gives nobody more than they take', () => {
    const shares = sharedOut(
      [node('a', 4, 1), node('b', 4, 1)],
      ['x', 'y', 'z'].map((id) => camera(id, 1)),
    );
    assert.equal(shares.size, 2);
    assert.equal(sharedOut([], [camera('x', 1)]).size, 0);
  });

  it('has a loaded node give away what brings loads closer, and no more', () => {
    const cameras = ['p', 'q', 'r', 's'].map((id) => camera(id, 0.5, 'a'));
    assert.equal(tooMany('a', [node('a'), node('b')], cameras, 9).length, 2);
    assert.equal(tooMany('a', [node('a'), node('b')], cameras, 1).length, 1);
    assert.deepEqual(tooMany('b', [node('a'), node('b')], cameras, 9), []);
    assert.deepEqual(tooMany('a', [node('a'), node('b')], [camera('p', 0.5, 'a')], 9), []);
    assert.deepEqual(tooMany('a', [node('a')], cameras, 9), []);
  });
});
