import assert from 'node:assert/strict';
import { access } from 'node:fs/promises';
import path from 'node:path';
import { describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { detectInStill } from '../../../src/app/detect-in-still.ts';
import type { Aligner } from '../../../src/domain/face-models.ts';
import {
  interEyeDistance,
  type Landmarks,
  mapLandmarks,
} from '../../../src/domain/geometry/landmarks.ts';
import type { RgbImage } from '../../../src/domain/image/image.ts';
import { createInference } from '../../../src/inference/inference.ts';
import { loadManifest } from '../../../src/inference/manifest.ts';
import { listModels, verifyModels } from '../../../src/inference/verify-models.ts';
import { hasInt8DotProducts } from '../../../src/inference/worker/int8-dot-products.ts';
import { describeFaces } from '../../../src/services/faces/describe-faces.ts';
import { pictureFromRgb } from '../../../src/streams/rgb-picture.ts';
import { portraits } from '../../support/images/portraits.ts';

const manifestPath = fileURLToPath(new URL('../../../models/manifest.json', import.meta.url));

const liveTasks = [
  'detect',
  'align',
  'denoise',
  'superresolve',
  'embed',
  'embed-enhanced',
  'fuse',
  'quality',
  'occlusion',
] as const;

describe('the models that ship', { timeout: 60_000 }, () => {
  it('are whole, have cards, and together are at most 60 MB', async () => {
    const files = await verifyModels(manifestPath);
    for (const { file, card, fault } of files) {
      assert.equal(fault, null, file);
      await access(path.join(path.dirname(manifestPath), card));
    }
    const bytes = files.reduce((sum, file) => sum + file.bytes, 0);
    assert.ok(bytes <= 60_000_000, `${bytes} bytes`);
  });

  it('look for faces in several threads, as in one', async () => {
    const [portrait] = await portraits();
    assert.ok(portrait);
    const finds = async (detectors: number) => {
      const inference = await createInference({ manifestPath, detectors, workers: 2 });
      try {
        const detector = inference.detector();
        const pictures = [0, 1, 2, 3].map(() => pictureFromRgb(portrait));
        const found = await Promise.all(pictures.map((picture) => detector.detect(picture)));
        for (const picture of pictures) picture.dispose();
        return { found, names: inference.health().workers.map(({ name }) => name) };
      } finally {
        await inference.close();
      }
    };
    const [one, two] = [await finds(1), await finds(2)];
    assert.deepEqual(one.names, ['detect', 'faces']);
    assert.deepEqual(two.names, ['detect', 'detect-2', 'faces']);
    assert.equal(one.found[0]?.length, 1);
    const boxes = ({ found }: typeof one) =>
      found.map((faces) => faces.map(({ box }) => Math.round(box.x)));
    assert.deepEqual(boxes(two), boxes(one));
  });

  it('do every task of the live path, in full and in lower precision', async () => {
    const tasks = new Set((await listModels(manifestPath)).map(({ task }) => task));
    for (const task of liveTasks) assert.ok(tasks.has(task), `no ${task} model`);
    const { manifest } = await loadManifest(manifestPath);
    const { image, landmarks } = await smallFace();
    const chain = async (precision: 'fp32' | 'fp16' | 'int8') => {
      const inference = await createInference({ manifestPath, precision, workers: 1 });
      try {
        assert.deepEqual(inference.health().disabled, []);
        for (const { model, precision: runs } of inference.providers()) {
          // INT8 only where it pays: the manifest lists it there alone.
          const entry = manifest.models.find(({ name }) => name === model);
          const listed = entry?.variants.some((variant) => variant.precision === precision);
          assert.equal(runs, listed ? precision : 'fp32', model);
        }
        const ports = {
          find: () => assert.fail('the landmarks are given'),
          embedder: inference.embedder(),
          aligner: inference.aligner(),
          enhancer: inference.enhancer(),
          fuser: inference.fuser(),
        };
        const [face] = await describeFaces(image, ports, [landmarks]);
        assert.ok(face?.enhanced, 'a face of this size is enhanced');
        return face;
      } finally {
        await inference.close();
      }
    };
    const [full, half] = [await chain('fp32'), await chain('fp16')];
    const cosine = full.fused.reduce((sum, v, i) => sum + v * (half.fused[i] as number), 0);
    assert.ok(cosine > 0.999, `full and half precision agree to ${cosine}`);
    assert.ok(Math.abs(full.gate - half.gate) < 0.02);
    const small = await chain('int8');
    const agreement = full.fused.reduce((sum, v, i) => sum + v * (small.fused[i] as number), 0);
    // Elsewhere sums saturate: see `hasInt8DotProducts`.
    const wanted = hasInt8DotProducts() ? 0.98 : 0.8;
    assert.ok(agreement > wanted, `full and INT8 agree to ${agreement}`);
  });
});

describe('the aligner that ships', { timeout: 60_000 }, () => {
  it('leaves faces of more than 12 pixels between the eyes as they were found', async () => {
    const { image, landmarks } = await smallFace(14);
    const inference = await createInference({ manifestPath, workers: 1 });
    try {
      assert.deepEqual(await inference.aligner().align({ image, landmarks }), landmarks);
    } finally {
      await inference.close();
    }
  });

  it('takes most of a miss back that is larger than what detectors miss by', async () => {
    const { image, landmarks } = await smallFace(10);
    const inference = await createInference({ manifestPath, workers: 1 });
    try {
      await assertTakesBack(inference.aligner(), image, landmarks);
    } finally {
      await inference.close();
    }
  });
});

async function assertTakesBack(aligner: Aligner, image: RgbImage, landmarks: Landmarks) {
  const settled = await aligner.align({ image, landmarks });
  const miss = (points: Landmarks) =>
    points.reduce((sum, { x, y }, i) => {
      const truth = settled[i] as { x: number; y: number };
      return sum + Math.hypot(x - truth.x, y - truth.y) / 5;
    }, 0) / interEyeDistance(settled);
  // A sixth of the distance between the eyes, to each side.
  const by = interEyeDistance(landmarks) / 6;
  for (const [dx, dy] of [
    [by, 0],
    [-by, 0],
    [0, by],
    [0, -by],
  ] as const) {
    const shifted = mapLandmarks(landmarks, ({ x, y }) => ({ x: x + dx, y: y + dy }));
    const found = await aligner.align({ image, landmarks: shifted });
    assert.ok(
      miss(found) < 0.5 * miss(shifted),
      `shifted by ${dx}, ${dy}: ${miss(shifted)} became ${miss(found)}`,
    );
  }
}

/** A face of nobody, with some so many pixels between its eyes. */
async function smallFace(ied = 14): Promise<{ image: RgbImage; landmarks: Landmarks }> {
  const [portrait] = await portraits();
  assert.ok(portrait);
  const inference = await createInference({ manifestPath, workers: 1 });
  try {
    const detector = inference.detector({ inputWidth: 640 });
    const [found] = await detectInStill(detector)(portrait);
    assert.ok(found, 'a portrait has a face');
    const times = Math.round(interEyeDistance(found.landmarks) / ied);
    const landmarks = mapLandmarks(found.landmarks, ({ x, y }) => ({ x: x / times, y: y / times }));
    return { image: shrunk(portrait, times), landmarks };
  } finally {
    await inference.close();
  }
}

/** Each pixel the mean of `times` by `times`. */
function shrunk(image: RgbImage, times: number): RgbImage {
  const [width, height] = [Math.floor(image.width / times), Math.floor(image.height / times)];
  const data = new Uint8Array(width * height * 3);
  for (const at of data.keys()) {
    const [x, y, c] = [Math.floor(at / 3) % width, Math.floor(at / 3 / width), at % 3];
    let sum = 0;
    for (let i = 0; i < times * times; i += 1) {
      const row = y * times + Math.floor(i / times);
      sum += image.data[(row * image.width + x * times + (i % times)) * 3 + c] as number;
    }
    data[at] = Math.round(sum / times ** 2);
  }
  return { width, height, data };
}
