import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type ClipLook, followFace } from '../../../src/app/follow-face.ts';
import type { Box } from '../../../src/domain/geometry/box.ts';
import { othersInClip } from '../../../src/services/evidence/blur/others-faces.ts';

const size = { width: 1_000, height: 500 };
const boxAt = (x: number, y = 100): Box => ({ x, y, width: 50, height: 60 });
const share = ({ x, y, width, height }: Box): Box => ({
  ...{ x: x / 1_000, y: y / 500, width: width / 1_000, height: height / 500 },
});

const covers = (outer: Box, { x, y, width, height }: Box) =>
  outer.x <= x &&
  outer.y <= y &&
  outer.x + outer.width >= x + width &&
  outer.y + outer.height >= y + height;

/** A look each 200 ms. @param at where faces are, by the number of the look */
function looksOf(count: number, at: (number: number) => readonly Box[]): ClipLook[] {
  return Array.from({ length: count }, (_, number) => {
    const faces = at(number).map((box) => ({ box, landmarks: [] as never, score: 0.5 }));
    return { time: number * 200, size, faces, clothes: faces.map(() => null), scene: null };
  });
}

const ways = (looks: readonly ClipLook[], time: number, place: Box | null) =>
  followFace(looks, { time, place }).frames.map((frame) => [frame.time, frame.faces[0]?.box.x]);

describe('a face that is followed from one moment', () => {
  it('is known before and after it, and nobody else is', () => {
    const looks = looksOf(11, (number) => [
      boxAt(100 + 20 * number),
      boxAt(800 - 10 * number, 300),
    ]);
    const { frames } = followFace(looks, { time: 1_010, place: share(boxAt(200)) });
    assert.deepEqual(
      frames.map(({ time }) => time),
      looks.map(({ time }) => time),
    );
    for (const { time, faces } of frames) {
      assert.deepEqual(faces, [{ box: share(boxAt(100 + time / 10)), track: null, subject: true }]);
    }
  });

  it('is nobody where nothing says which one it is, or two could be', () => {
    const looks = looksOf(6, () => [boxAt(100), boxAt(110)]);
    assert.deepEqual(ways(looks, 400, null), []);
    assert.deepEqual(ways(looks, 400, share(boxAt(500))), []);
    assert.deepEqual(ways(looks, 400, share(boxAt(105))), []);
    assert.deepEqual(ways(looks, 5_000, share(boxAt(100))), []);
  });

  it('is lost where it was not seen for a while, and in another shot', () => {
    const gone = looksOf(12, (number) => (number < 4 || number > 8 ? [boxAt(100)] : []));
    assert.deepEqual(ways(gone, 200, share(boxAt(100))).length, 4);
    const shots = looksOf(8, () => [boxAt(100)]).map((look, number) => ({
      ...look,
      scene: Float32Array.of(number < 4 ? 1 : -1, 0),
    }));
    assert.deepEqual(
      followFace(shots, { time: 200, place: share(boxAt(100)) }).frames.map(({ time }) => time),
      [0, 200, 400, 600],
    );
  });

  it('is hidden as anybody’s in another shot, before it and after it', () => {
    const own = share(boxAt(100));
    // Three shots of 0.8 s with a face in the same place: the one that is followed is in the second.
    const looks = looksOf(12, () => [boxAt(100)]).map((look, number) => ({
      ...look,
      scene: Float32Array.of(number >= 4 && number < 8 ? 1 : -1, 0),
    }));
    const faces = looks.map(({ time }) => ({ time, faces: [own] }));
    const partsAt = othersInClip(followFace(looks, { time: 1_200, place: own }), faces);
    const isShown = (time: number) => {
      const { hidden, kept } = partsAt(time);
      return !hidden.some((box) => covers(box, own)) || kept.some((box) => covers(box, own));
    };
    const shown = Array.from({ length: 60 }, (_, at) => at * 40).filter(isShown);
    assert.deepEqual(
      shown,
      Array.from({ length: 16 }, (_, at) => 800 + at * 40),
      'from its first look to its last',
    );
  });

  it('excuses nobody who comes where it was a moment ago', () => {
    const looks = looksOf(6, (number) => [
      boxAt(100 + 60 * number),
      ...(number === 5 ? [boxAt(340)] : []),
    ]);
    const faces = looks.map(({ time, faces: found }) => ({
      ...{ time, faces: found.map(({ box }) => share(box)) },
    }));
    const partsAt = othersInClip(followFace(looks, { time: 400, place: share(boxAt(220)) }), faces);
    assert.ok(partsAt(1_000).hidden.some((box) => covers(box, share(boxAt(340)))));
  });
});
