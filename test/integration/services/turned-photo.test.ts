import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { detectInStill } from '../../../src/app/detect-in-still.ts';
import { shippedManifest } from '../../../src/app/shipped-files.ts';
import type { RgbImage } from '../../../src/domain/image/image.ts';
import { createInference, type Inference } from '../../../src/inference/inference.ts';
import { findUpright, type UprightFace } from '../../../src/services/enrolment/find-upright.ts';
import { createImageCodec } from '../../../src/streams/image-codec.ts';
import { withOrientation } from '../../support/images/exif.ts';
import { emptyScene, portraits, toJpeg, turnedLeft } from '../../support/images/portraits.ts';

function cosine(a: Float32Array, b: Float32Array): number {
  return a.reduce((sum, value, i) => sum + value * (b[i] as number), 0);
}

describe('photographs that do not stand upright', { timeout: 120_000 }, () => {
  let inference: Inference;
  let portrait: RgbImage;
  let look: (bytes: Uint8Array) => Promise<UprightFace>;
  let upright: UprightFace;

  before(async () => {
    inference = await createInference({ manifestPath: shippedManifest, workers: 2 });
    const find = detectInStill(inference.detector({ inputWidth: 640 }));
    const embedder = inference.embedder();
    look = (bytes) =>
      findUpright({ codec: createImageCodec(), finder: { find }, embedder }, 'photo', bytes);
    [portrait] = (await portraits()) as [RgbImage];
    upright = await look(await toJpeg(portrait));
  });
  after(() => inference.close());

  it('are left as they are where they do', () => {
    assert.equal(upright.turned, 0);
  });

  it('are turned, and give the template of the upright one', async () => {
    let picture = portrait;
    for (const turned of [90, 180, 270]) {
      picture = turnedLeft(picture);
      const seen = await look(await toJpeg(picture));
      assert.equal(seen.turned, turned);
      const similarity = cosine(seen.embedding.vector, upright.embedding.vector);
      assert.ok(similarity > 0.95, `turned by ${turned}: similarity ${similarity}`);
    }
  });

  it('are turned by EXIF first: only what it leaves turned is turned', async () => {
    const onItsSide = await toJpeg(turnedLeft(portrait));
    assert.equal((await look(withOrientation(onItsSide, 6))).turned, 0);
    // An orientation that is wrong.
    assert.equal((await look(withOrientation(await toJpeg(portrait), 3))).turned, 180);
  });

  it('are refused where there is nobody, however they are turned', async () => {
    await assert.rejects(look(await toJpeg(emptyScene())), { code: 'NO_FACE' });
  });
});
