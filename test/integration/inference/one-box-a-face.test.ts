import assert from 'node:assert/strict';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { GeneratedFacePainter } from '../../../demo/footage/generated-face-painter.ts';
import { appearanceLatent } from '../../../demo/footage/latents.ts';
import { detectInStill } from '../../../src/app/detect-in-still.ts';
import type { RgbImage } from '../../../src/domain/image/image.ts';
import { createInference, type Inference } from '../../../src/inference/inference.ts';
import { pictureFromRgb } from '../../../src/streams/rgb-picture.ts';
import { testManifest } from '../../support/live/demo-footage.ts';

/** Grey of the wall behind the face. */
const wall = 118;
/** Side of a painted face, and the height of the box that the detector gives it, pixels. */
const painted = { side: 144, box: 92 };
/** People of the demo's cast, none of whom exists. */
const people = [1, 2, 64, 110];

describe('one box a face', { timeout: 300_000 }, () => {
  let inference: Inference;
  let painter: GeneratedFacePainter;
  let faces: readonly RgbImage[];

  before(async () => {
    inference = await createInference({ manifestPath: testManifest, workers: 1 });
    painter = await GeneratedFacePainter.open(path.join(path.dirname(testManifest), 'faces.onnx'));
    faces = await Promise.all(people.map((seed) => paintOnWall(painter, seed)));
  });
  after(async () => {
    await painter?.[Symbol.asyncDispose]();
    await inference?.close();
  });

  const cameras = [
    { width: 640, height: 360, heights: [16, 24, 48, 96, 170, 240, 340] },
    { width: 1920, height: 1080, heights: [60, 170, 340, 600, 800, 1000] },
    { width: 1100, height: 1100, heights: [40, 170, 340, 500, 700, 850, 1000] },
  ];
  for (const { width, height, heights } of cameras) {
    it(`in pictures of ${width}x${height}, from ${heights[0]} to ${heights.at(-1)} px`, async () => {
      const find = detectInStill(inference.detector());
      for (const tall of heights) {
        for (const [index, face] of faces.entries()) {
          const found = await find(await onWall(face, tall, width, height));
          const boxes = found.map(
            ({ box, score }) => `${box.height.toFixed()} px ${score.toFixed(2)}`,
          );
          const message = `person ${people[index]} at ${tall} px: ${boxes.join(', ') || 'nothing'}`;
          assert.equal(found.length, 1, message);
          const ratio = (found[0]?.box.height ?? 0) / tall;
          assert.ok(ratio > 0.6 && ratio < 1.6, message);
        }
      }
    });
  }
});

/** A person's face before the wall, as painted. */
async function paintOnWall(painter: GeneratedFacePainter, seed: number): Promise<RgbImage> {
  const { rgb, alpha } = await painter.paint(seed, appearanceLatent(seed, 0.5));
  const data = new Uint8Array(rgb.length);
  for (const at of data.keys()) {
    const share = alpha[Math.floor(at / 3)] ?? 0;
    data[at] = Math.round(wall + ((rgb[at] ?? 0) - wall) * share);
  }
  return { width: painted.side, height: painted.side, data };
}

/** The face in the middle of a picture, its box `tall` pixels high. */
async function onWall(
  face: RgbImage,
  tall: number,
  width: number,
  height: number,
): Promise<RgbImage> {
  const side = Math.round((painted.side * tall) / painted.box);
  const picture = pictureFromRgb(face);
  const scaled = await picture.rgb({ width: side, height: side });
  picture.dispose();
  const data = new Uint8Array(width * height * 3).fill(wall);
  const left = Math.round((width - side) / 2);
  const top = Math.round((height - side) / 2);
  for (let y = Math.max(0, top); y < Math.min(height, top + side); y += 1) {
    const from = Math.max(0, left);
    const to = Math.min(width, left + side);
    const start = ((y - top) * side + from - left) * 3;
    data.set(scaled.data.subarray(start, start + (to - from) * 3), (y * width + from) * 3);
  }
  return { width, height, data };
}
