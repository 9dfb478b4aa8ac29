import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { FaceSize, LeftOutReason, Zone } from '../../../src/domain/camera-scene.ts';
import { faceFilter, watchedPlaces } from '../../../src/operators/face-filter.ts';
import { detectedFace } from '../../support/marbles-faces.ts';

const picture = { width: 1000, height: 1000 };
const left: Zone = {
  name: null,
  by: 'face',
  points: [
    { x: 0, y: 0 },
    { x: 0.5, y: 0 },
    { x: 0.5, y: 1 },
    { x: 0, y: 1 },
  ],
};
const floor: Zone = {
  name: 'Floor',
  by: 'foot',
  points: [
    { x: 0, y: 0.6 },
    { x: 1, y: 0.6 },
    { x: 1, y: 1 },
    { x: 0, y: 1 },
  ],
};

/** Why a face with a box of `size` about a centre is left out; undefined where it counts. */
function verdict(
  scene: { zones?: readonly Zone[]; faceSize?: FaceSize | null },
  { x, y, size }: { x: number; y: number; size: number },
): LeftOutReason | undefined {
  const reasons: LeftOutReason[] = [];
  const filter = faceFilter({ zones: [], faceSize: null, ...scene }, (reason) =>
    reasons.push(reason),
  );
  const face = {
    ...detectedFace({ x, y }),
    box: { x: x - size / 2, y: y - size / 2, width: size, height: size },
  };
  assert.equal(filter(face, picture), reasons.length === 0);
  return reasons[0];
}

describe('which faces of a camera count', () => {
  it('all of them where nothing is said', () => {
    assert.equal(verdict({}, { x: 990, y: 10, size: 2 }), undefined);
  });

  it('those whose centre is in a zone', () => {
    const zones = [left];
    assert.equal(verdict({ zones }, { x: 490, y: 500, size: 100 }), undefined);
    assert.equal(verdict({ zones }, { x: 510, y: 500, size: 100 }), 'zone');
    // Half out of the picture.
    assert.equal(verdict({ zones }, { x: -5, y: 500, size: 100 }), undefined);
  });

  it('those who stand in a zone, as far as a face tells', () => {
    const zones = [floor];
    assert.equal(verdict({ zones }, { x: 500, y: 300, size: 50 }), undefined);
    assert.equal(verdict({ zones }, { x: 500, y: 100, size: 50 }), 'zone');
    assert.equal(verdict({ zones }, { x: 500, y: 900, size: 50 }), undefined);
  });

  it('those in one zone of several', () => {
    const zones = [left, floor];
    assert.equal(verdict({ zones }, { x: 900, y: 300, size: 50 }), undefined);
    assert.equal(verdict({ zones }, { x: 900, y: 100, size: 50 }), 'zone');
  });

  it('those of the wanted size, by the box or between the eyes', () => {
    const box: FaceSize = { by: 'box', smallest: 20, largest: 200 };
    assert.equal(verdict({ faceSize: box }, { x: 500, y: 500, size: 19 }), 'too_small');
    assert.equal(verdict({ faceSize: box }, { x: 500, y: 500, size: 20 }), undefined);
    assert.equal(verdict({ faceSize: box }, { x: 500, y: 500, size: 201 }), 'too_large');
    const open: FaceSize = { by: 'box', smallest: 0, largest: null };
    assert.equal(verdict({ faceSize: open }, { x: 500, y: 500, size: 900 }), undefined);
    const eyes: FaceSize = { by: 'eyes', smallest: 1000, largest: null };
    assert.equal(verdict({ faceSize: eyes }, { x: 500, y: 500, size: 900 }), 'too_small');
  });

  it('motion counts in the zones and close to them, and anywhere where feet tell', () => {
    const isWatched = watchedPlaces([left]);
    assert.ok(isWatched !== null);
    assert.deepEqual(
      [isWatched(0.2, 0.5), isWatched(0.52, 0.5), isWatched(0.6, 0.5)],
      [true, true, false],
    );
    assert.equal(watchedPlaces([]), null);
    assert.equal(watchedPlaces([left, floor]), null);
  });
});
