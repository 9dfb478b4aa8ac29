import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Turn } from '../../../../src/domain/frame/image-codec.ts';
import { alignedTemplate112 } from '../../../../src/domain/geometry/landmarks.ts';
import { findUpright, turnedBack } from '../../../../src/services/enrolment/find-upright.ts';

/** Looks whose face has the given recognisability; null: no face is found. */
function lookAt(evidence: Readonly<Record<Turn, number | null>>) {
  let turn: Turn = 0;
  const box = { x: 0, y: 0, width: 100, height: 100 };
  return findUpright(
    {
      codec: {
        async decode(_, options) {
          turn = options?.turn ?? 0;
          return { width: 120, height: 120, data: new Uint8Array(120 * 120 * 3) };
        },
      },
      finder: {
        find: async () =>
          evidence[turn] === null ? [] : [{ box, landmarks: alignedTemplate112, score: 0.5 }],
      },
      embedder: {
        model: 'm',
        embed: async () => ({
          vector: Float32Array.of(1),
          recognisability: evidence[turn] as number,
        }),
        embedEnhanced: () => assert.fail('an enrolled picture is not enhanced'),
      },
    },
    'photo',
    new Uint8Array(),
  );
}

describe('findUpright', () => {
  it('turns a picture where another look is clearly better', async () => {
    const look = await lookAt({ 0: 0.2, 90: 0.1, 180: null, 270: 0.8 });
    assert.equal(look.turned, 270);
    assert.equal((await lookAt({ 0: null, 90: null, 180: 0.5, 270: null })).turned, 180);
  });

  it('leaves it as it is where the looks are equal or it is the best', async () => {
    assert.equal((await lookAt({ 0: 0.9, 90: 0.9, 180: 0.9, 270: 0.9 })).turned, 0);
    assert.equal((await lookAt({ 0: 0.9, 90: 0.8, 180: 0.1, 270: null })).turned, 0);
  });

  it('refuses where another look is better, but not clearly', async () => {
    await assert.rejects(lookAt({ 0: 0.5, 90: 0.6, 180: 0.1, 270: 0.1 }), {
      code: 'FACE_TURNED',
      message: /may have to be turned by 90 degrees/,
    });
  });

  it('refuses where no look shows a face', async () => {
    await assert.rejects(lookAt({ 0: null, 90: null, 180: null, 270: null }), { code: 'NO_FACE' });
  });
});

describe('turnedBack', () => {
  it('gives the box in the pixels of the picture before', () => {
    // A mark of 3x2 pixels at 10,20 of a picture of 100x60.
    const before = { x: 10, y: 20, width: 3, height: 2 };
    const clockwise = { x: 60 - 20 - 2, y: 10, width: 2, height: 3 };
    assert.deepEqual(turnedBack(clockwise, 90, { width: 60, height: 100 }), before);
    const half = { x: 100 - 10 - 3, y: 60 - 20 - 2, width: 3, height: 2 };
    assert.deepEqual(turnedBack(half, 180, { width: 100, height: 60 }), before);
    const counter = { x: 20, y: 100 - 10 - 3, width: 2, height: 3 };
    assert.deepEqual(turnedBack(counter, 270, { width: 60, height: 100 }), before);
    assert.deepEqual(turnedBack(before, 0, { width: 100, height: 60 }), before);
  });
});
