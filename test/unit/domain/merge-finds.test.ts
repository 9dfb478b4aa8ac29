import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { DetectedFace } from '../../../src/domain/detection.ts';
import { mergeFinds } from '../../../src/domain/merge-finds.ts';
import { detectedFace } from '../../support/marbles-faces.ts';

const picture = { width: 1920, height: 1080 };
const part = { x: 320, y: 320, width: 320, height: 320 };
const neighbour = { ...part, x: 576 };
const face = (x: number, y: number, side: number, score = 0.9): DetectedFace => ({
  ...detectedFace({ x, y }, side / 3, score),
  box: { x: x - side / 2, y: y - side / 2, width: side, height: side },
});

describe('finds of a whole picture and of its parts', () => {
  const merge = (whole: DetectedFace[], ...parts: [typeof part, DetectedFace[]][]) =>
    mergeFinds(
      picture,
      whole,
      parts.map(([part, faces]) => ({ part, faces })),
      72,
    );

  it('are those of the whole where nothing was looked at closer', () => {
    const faces = [face(100, 100, 40), face(105, 100, 40)];
    assert.deepEqual(merge(faces), faces);
  });

  it('bring a face that both found once, as the closer look has it', () => {
    const [coarse, exact] = [face(402, 404, 22, 0.95), face(400, 400, 20, 0.6)];
    assert.deepEqual(merge([coarse], [part, [exact]]), [{ ...exact, score: 0.95 }]);
  });

  it('bring a large face as the whole has it, and no eye of it as a face', () => {
    const large = face(480, 480, 120, 0.8);
    const found = merge([large], [part, [face(482, 478, 118, 0.95), face(460, 460, 20, 0.7)]]);
    assert.deepEqual(found, [{ ...large, score: 0.95 }]);
  });

  it('bring a face in two parts once, and not a cut one', () => {
    const inBoth = face(600, 480, 20);
    assert.deepEqual(merge([], [part, [inBoth]], [neighbour, [face(601, 481, 20, 0.8)]]), [inBoth]);
    const cut = face(636, 480, 20, 0.9);
    const whole = face(640, 480, 28, 0.7);
    assert.deepEqual(merge([], [part, [cut]], [neighbour, [whole]]), [whole]);
  });

  it('bring a face at the border of the picture', () => {
    const corner = { x: 0, y: 0, width: 320, height: 320 };
    const atBorder = face(8, 8, 20);
    assert.deepEqual(merge([], [corner, [atBorder]]), [atBorder]);
  });

  it('bring neighbours apart', () => {
    const two = [face(400, 400, 20), face(422, 400, 20)];
    assert.equal(merge([], [part, two]).length, 2);
  });
});
