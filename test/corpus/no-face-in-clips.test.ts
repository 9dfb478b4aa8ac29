import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { FrameLedger } from '../../src/domain/frame/ledger.ts';
import { type Box, intersectionOverUnion } from '../../src/domain/geometry/box.ts';
import type { RgbImage } from '../../src/domain/image/image.ts';
import type { DescribedFace } from '../../src/services/faces/describe-faces.ts';
import { readPictures } from '../../src/streams/recorded/file-source.ts';
import { pictureFromRgb } from '../../src/streams/rgb-picture.ts';
import { type ClipWindow, clipWindows } from '../support/corpus/clip-windows.ts';
import { type FootageAnalysis, openFootageAnalysis } from '../support/corpus/footage-analysis.ts';
import { sharedMissing } from '../support/third-party-manifest.ts';

/** Pictures of a clip at these seconds, in their order. */
async function picturesAt(path: string, seconds: readonly number[]): Promise<RgbImage[]> {
  const left = [...seconds];
  const found: RgbImage[] = [];
  for await (const { picture, mediaTime } of readPictures({
    ...{ path, cameraId: 'clip', ledger: new FrameLedger() },
  })) {
    try {
      while (left[0] !== undefined && mediaTime >= left[0] * 1000 - 20) {
        found.push(await picture.rgb({ width: picture.width, height: picture.height }));
        left.shift();
      }
      if (left.length === 0) break;
    } finally {
      picture.dispose();
    }
  }
  return found;
}

/** The place with a margin, enlarged as a photograph that somebody cut out would be. */
async function cutOut(image: RgbImage, { x, y, width, height }: Box): Promise<RgbImage> {
  const side = 1.8 * Math.max(width, height);
  const [left, top] = [x + width / 2 - side / 2, y + height / 2 - side / 2].map((value) =>
    Math.max(0, value),
  ) as [number, number];
  const crop = {
    ...{ x: left, y: top },
    width: Math.min(side, image.width - left),
    height: Math.min(side, image.height - top),
  };
  const picture = pictureFromRgb(image);
  try {
    const scale = 200 / side;
    return await picture.rgb({
      crop,
      width: Math.round(crop.width * scale),
      height: Math.round(crop.height * scale),
    });
  } finally {
    picture.dispose();
  }
}

describe('places of the clips without a face', { skip: sharedMissing, timeout: 900_000 }, () => {
  let analysis: FootageAnalysis;
  before(async () => {
    analysis = await openFootageAnalysis();
  });
  after(() => analysis?.[Symbol.asyncDispose]());

  const accepted = (faces: readonly DescribedFace[]) =>
    faces.filter(({ quality }) => quality.verdict === 'accept');

  it('give no template in their picture, nor cut out and enlarged', async (t) => {
    const wrong: string[] = [];
    const counts = { places: 0, foundInPicture: 0, foundCutOut: 0 };
    for (const [path, windows] of Map.groupBy(clipWindows, (window) => window.path)) {
      const inOrder = [...windows].sort((a, b) => a.at - b.at);
      const images = await picturesAt(
        path,
        inOrder.map(({ at }) => at),
      );
      assert.equal(images.length, inOrder.length);
      for (const [index, window] of inOrder.entries()) {
        await judge(window, images[index] as RgbImage);
      }
    }
    t.diagnostic(JSON.stringify(counts));
    // What no detector took for a face would not try the gate.
    assert.ok(counts.foundCutOut >= 10, `${counts.foundCutOut} found`);
    assert.deepEqual(wrong, []);

    async function judge({ kind, at, box }: ClipWindow, image: RgbImage): Promise<void> {
      const whole = await analysis.describe(image);
      const there = whole.filter((face) => intersectionOverUnion(face.box, box) > 0.2);
      const alone = await analysis.describe(await cutOut(image, box));
      counts.places += 1;
      if (there.length > 0) counts.foundInPicture += 1;
      if (alone.length > 0) counts.foundCutOut += 1;
      for (const { quality } of [...accepted(there), ...accepted(alone)]) {
        wrong.push(`${kind} at ${at} s: ${quality.score}`);
      }
    }
  });
});
