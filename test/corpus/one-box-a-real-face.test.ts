import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { detectInStill } from '../../src/app/detect-in-still.ts';
import { type Box, intersectionOverUnion } from '../../src/domain/geometry/box.ts';
import type { RgbImage } from '../../src/domain/image/image.ts';
import { createInference, type Inference } from '../../src/inference/inference.ts';
import { type Head, heldOut, paste, resized } from '../support/corpus/small-face-scene.ts';
import { sharedMissing } from '../support/third-party-manifest.ts';

const manifest = fileURLToPath(new URL('../../models/manifest.json', import.meta.url));

/** Pictures, and the sides of the faces in them (geometric mean of the label's), pixels. */
const scenes = [
  { width: 640, height: 360, sides: [16, 20, 28, 48, 96, 170, 240] },
  { width: 1000, height: 1000, sides: [32, 128, 400, 550, 700] },
  { width: 1920, height: 1080, sides: [72, 340, 720] },
  { width: 1400, height: 1400, sides: [850, 1000] },
] as const;
const people = 24;
/** Share of faces with more than one box, at most; and least found: 16 px, and all larger sizes. */
const [mostDoubles, leastSmallest, leastFound] = [0.01, 0.9, 0.985];

/** The head with a face of `side` pixels in the middle of a place. */
async function put({ image, face }: Head, place: RgbImage, side: number) {
  const scale = side / Math.sqrt(face.width * face.height);
  const [width, height] = [image.width * scale, image.height * scale].map(Math.round) as [
    number,
    number,
  ];
  const head = await resized(image, Math.max(4, width), Math.max(4, height));
  const scene = { ...place, data: Uint8Array.from(place.data) };
  // A head that is larger than the picture loses what lies beyond its lower right corner.
  const left = Math.max(0, (place.width - width) >> 1);
  const top = Math.max(0, (place.height - height) >> 1);
  paste(head, scene, left, top);
  const box: Box = {
    x: left + face.x * scale,
    y: top + face.y * scale,
    width: face.width * scale,
    height: face.height * scale,
  };
  return { scene, box };
}

/** Share of the smaller box that both have in common. */
function shared(a: Box, b: Box): number {
  const width = Math.min(a.x + a.width, b.x + b.width) - Math.max(a.x, b.x);
  const height = Math.min(a.y + a.height, b.y + b.height) - Math.max(a.y, b.y);
  return (
    (Math.max(0, width) * Math.max(0, height)) / Math.min(a.width * a.height, b.width * b.height)
  );
}

describe('real faces from 16 to 1,000 pixels', { skip: sharedMissing, timeout: 900_000 }, () => {
  let inference: Inference;
  before(async () => {
    inference = await createInference({ manifestPath: manifest, requestTimeout: 60_000 });
  });
  after(() => inference?.close());

  it('are found and have one box each', async (t) => {
    const find = detectInStill(inference.detector({ inputWidth: 640 }));
    const { heads, places } = await heldOut(people);
    const sums = { faces: 0, doubles: 0 };
    const found = { smallest: { faces: 0, hits: 0 }, larger: { faces: 0, hits: 0 } };
    for (const { width, height, sides } of scenes) {
      const grounds = await Promise.all(places.map((place) => resized(place, width, height)));
      for (const side of sides) {
        const line = { faces: 0, hits: 0, doubles: 0 };
        for (const [index, head] of heads.entries()) {
          const ground = grounds[index % grounds.length];
          assert.ok(ground);
          const { scene, box } = await put(head, ground, side);
          const boxes = (await find(scene)).map((face) => face.box);
          line.faces += 1;
          if (boxes.some((each) => intersectionOverUnion(each, box) >= 0.4)) line.hits += 1;
          if (boxes.filter((each) => shared(each, box) > 0.3).length > 1) line.doubles += 1;
        }
        t.diagnostic(`${width}x${height}, ${side} px: ${JSON.stringify(line)}`);
        sums.faces += line.faces;
        sums.doubles += line.doubles;
        const size = side === 16 ? found.smallest : found.larger;
        size.faces += line.faces;
        size.hits += line.hits;
      }
    }
    t.diagnostic(JSON.stringify({ ...sums, ...found }));
    assert.ok(sums.doubles <= mostDoubles * sums.faces, `${sums.doubles} of ${sums.faces}`);
    assert.ok(found.smallest.hits >= leastSmallest * found.smallest.faces);
    assert.ok(found.larger.hits >= leastFound * found.larger.faces);
  });
});
