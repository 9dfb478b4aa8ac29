import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { detectInStill } from '../../../src/app/detect-in-still.ts';
import type { FaceImage } from '../../../src/domain/frame/face-image.ts';
import { coveringsOf, type Occlusion } from '../../../src/domain/quality/occlusion.ts';
import { createInference, type Inference } from '../../../src/inference/inference.ts';
import { simulatePoorView } from '../../../src/services/faces/poor-view.ts';
import { covered } from '../../support/images/covered-portrait.ts';
import { portraits } from '../../support/images/portraits.ts';

const manifestPath = fileURLToPath(new URL('../../../models/manifest.json', import.meta.url));

describe('the model that ships for what covers a face', { timeout: 90_000 }, () => {
  let inference: Inference;
  let faces: readonly FaceImage[];

  before(async () => {
    inference = await createInference({ manifestPath, workers: 1 });
    const find = detectInStill(inference.detector({ inputWidth: 640 }));
    const found: FaceImage[] = [];
    for (const image of await portraits()) {
      const [face] = await find(image);
      assert.ok(face, 'a portrait has a face');
      found.push({ image, landmarks: face.landmarks });
    }
    assert.ok(found.length > 0);
    faces = found;
  });
  after(() => inference?.close());

  async function occlusionOf(face: FaceImage): Promise<Occlusion> {
    const { occlusion } = await inference.embedder().embed(face);
    assert.ok(occlusion !== undefined);
    return occlusion;
  }

  for (const pixels of [null, 14]) {
    const size = pixels === null ? 'portraits' : `faces of ${pixels} px between the eyes`;
    const seen = (face: FaceImage) => (pixels === null ? face : simulatePoorView(face, pixels));

    it(`finds masks, dark glasses and caps on ${size}, and none on bare ones`, async () => {
      for (const face of faces) {
        const bare = await occlusionOf(seen(face));
        assert.deepEqual(coveringsOf(bare), [], JSON.stringify(bare));
        const mask = await occlusionOf(seen({ ...face, image: covered(face, 'mask') }));
        assert.ok(coveringsOf(mask).includes('mask'), JSON.stringify(mask));
        assert.ok(mask.lower > bare.lower + 0.25 && mask.darkGlasses < 0.5, JSON.stringify(mask));
        const glasses = await occlusionOf(seen({ ...face, image: covered(face, 'darkGlasses') }));
        assert.ok(coveringsOf(glasses).includes('darkGlasses'), JSON.stringify(glasses));
        assert.ok(glasses.upper > bare.upper + 0.2 && glasses.mask < 0.5, JSON.stringify(glasses));
        const cap = await occlusionOf(seen({ ...face, image: covered(face, 'headwear') }));
        assert.deepEqual(coveringsOf(cap), ['headwear'], JSON.stringify(cap));
      }
    });
  }
});
