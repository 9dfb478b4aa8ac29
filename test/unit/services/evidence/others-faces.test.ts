import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Box } from '../../../../src/domain/geometry/box.ts';
import {
  othersInClip,
  othersInPicture,
} from '../../../../src/services/evidence/blur/others-faces.ts';

const at = (x: number): Box => ({ x, y: 0.4, width: 0.1, height: 0.1 });
const face = (x: number, subject: boolean) => ({ box: at(x), track: null, subject });
const isCovered = (hidden: readonly Box[], { x, y, width, height }: Box) =>
  hidden.some(
    (box) =>
      box.x <= x &&
      box.y <= y &&
      box.x + box.width >= x + width &&
      box.y + box.height >= y + height,
  );

describe('faces of others in a picture', () => {
  it('are all but the one that the alert is about, each with room about it', () => {
    const { hidden, kept } = othersInPicture([at(0.1), at(0.52), at(0.8)], at(0.5));
    assert.equal(hidden.length, 2);
    assert.ok(isCovered(hidden, at(0.1)) && isCovered(hidden, at(0.8)));
    assert.ok(hidden.every(({ width }) => width > 0.15));
    assert.ok(isCovered(kept, at(0.5)));
  });

  it('are all faces where nobody knows which one the alert is about', () => {
    const { hidden, kept } = othersInPicture([at(0.1), at(0.5)], null);
    assert.deepEqual([hidden.length, kept], [2, []]);
  });
});

describe('faces of others in a clip', () => {
  const frames = [
    { time: 1_000, faces: [face(0.5, true), face(0.1, false)] },
    { time: 1_200, faces: [face(0.52, true), face(0.15, false)] },
  ];

  it('are hidden before and after they were seen, and the alert’s own face is not', () => {
    const partsAt = othersInClip({ frames }, [{ time: 1_100, faces: [at(0.51), at(0.8)] }]);
    const during = partsAt(1_100);
    for (const x of [0.1, 0.15, 0.8]) assert.ok(isCovered(during.hidden, at(x)), `${x}`);
    assert.ok(!isCovered(during.hidden, at(0.51)));
    assert.ok(isCovered(during.kept, at(0.5)));
    assert.ok(isCovered(partsAt(700).hidden, at(0.1)), 'before');
    assert.ok(isCovered(partsAt(1_750).hidden, at(0.15)), 'after');
    assert.deepEqual(partsAt(5_000), { hidden: [], kept: [] });
  });

  it('are faces of the second look where the alert’s own one is far in time', () => {
    const partsAt = othersInClip({ frames }, [{ time: 3_000, faces: [at(0.5)] }]);
    const { hidden, kept } = partsAt(3_000);
    assert.ok(isCovered(hidden, at(0.5)));
    assert.deepEqual(kept, []);
  });
});
