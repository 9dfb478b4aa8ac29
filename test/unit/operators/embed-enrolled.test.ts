import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { FaceImage } from '../../../src/frame/face-image.ts';
import type { Embedder } from '../../../src/operators/embed.ts';
import { embedEnrolled } from '../../../src/operators/embed-enrolled.ts';

const image = { width: 4, height: 2, data: Uint8Array.from({ length: 24 }, (_, i) => i) };
const face: FaceImage = {
  image,
  landmarks: [
    { x: 0, y: 0 },
    { x: 3, y: 0 },
    { x: 1, y: 1 },
    { x: 0, y: 1 },
    { x: 3, y: 1 },
  ],
};

/** Answers by the picture's first pixel. */
function embedder(answers: Record<number, readonly number[]>, seen: FaceImage[] = []): Embedder {
  return {
    model: 'm',
    embed: async (asked) => {
      seen.push(asked);
      const first = asked.image.data[0] as number;
      return {
        vector: Float32Array.from(answers[first] as number[]),
        recognisability: first === 0 ? 0.8 : 0.3,
      };
    },
    embedAligned: () => assert.fail('nothing is aligned here'),
  };
}

describe('embedEnrolled', () => {
  it('takes the mean of a picture and its mirror image, of length 1', async () => {
    const seen: FaceImage[] = [];
    const found = await embedEnrolled(embedder({ 0: [1, 0], 9: [0, 1] }, seen), face);
    const half = Math.fround(Math.SQRT1_2);
    assert.deepEqual([...found.vector], [half, half]);
    assert.equal(found.recognisability, 0.8);
    const mirrored = seen[1] as FaceImage;
    // The last pixel of a row comes first, its channels in order.
    assert.deepEqual([...mirrored.image.data.subarray(0, 6)], [9, 10, 11, 6, 7, 8]);
    assert.deepEqual([...mirrored.image.data.subarray(12, 15)], [21, 22, 23]);
    // Eyes and corners of the mouth change places: the first is again on the left of the picture.
    assert.deepEqual(mirrored.landmarks, [
      { x: 0, y: 0 },
      { x: 3, y: 0 },
      { x: 2, y: 1 },
      { x: 0, y: 1 },
      { x: 3, y: 1 },
    ]);
    assert.equal(image.data[0], 0, 'the picture itself stays');
  });

  it('takes the picture alone when both speak against one another', async () => {
    const found = await embedEnrolled(embedder({ 0: [1, 0], 9: [-1, 0] }), face);
    assert.deepEqual([...found.vector], [1, 0]);
  });
});
