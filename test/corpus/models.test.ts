import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { DetectedFace } from '../../src/domain/detection.ts';
import { intersectionOverUnion } from '../../src/domain/geometry/box.ts';
import { interEyeDistance, type Landmarks } from '../../src/domain/geometry/landmarks.ts';
import { createInference } from '../../src/inference/inference.ts';
import { unpackLandmarks } from '../../src/inference/landmark-pack.ts';
import { createImageCodec } from '../../src/streams/image-codec.ts';
import { pictureFromRgb } from '../../src/streams/rgb-picture.ts';
import {
  sharedFolder,
  sharedMissing,
  type ThirdPartyManifest,
  writeThirdPartyManifest,
} from '../support/third-party-manifest.ts';

/** A picture of the development protocol. */
interface Entry {
  readonly identity: string;
  readonly file: string;
  readonly landmarks: readonly number[];
  readonly level?: string;
  readonly single?: boolean;
}

const codec = createImageCodec();
const folder = path.join(sharedFolder, 'faces/eval');

async function picture({ file }: Entry) {
  return codec.decode(await readFile(path.join(folder, file)));
}

/** Mean distance of five points, in inter-eye distances of the first. */
function landmarkError(a: Landmarks, b: Landmarks): number {
  const sum = a.reduce((total, p, i) => {
    const q = b[i] as { x: number; y: number };
    return total + Math.hypot(p.x - q.x, p.y - q.y);
  }, 0);
  return sum / 5 / interEyeDistance(a);
}

describe('third-party models', { skip: sharedMissing, timeout: 300_000 }, () => {
  let manifest: ThirdPartyManifest;
  let gallery: Entry[];
  let probes: Entry[];

  before(async () => {
    manifest = await writeThirdPartyManifest();
    const protocol = JSON.parse(await readFile(path.join(folder, 'protocol.json'), 'utf8'));
    gallery = protocol.gallery;
    probes = protocol.probes;
  });
  after(() => manifest?.[Symbol.asyncDispose]());

  const open = (models: { detect?: string | null; embed?: string | null }) =>
    createInference({
      manifestPath: manifest.path,
      allowOutside: true,
      models: { detect: null, embed: null, ...models },
      requestTimeout: 60_000,
      workers: 2,
    });

  async function detectAll(detect: string, entries: readonly Entry[]): Promise<DetectedFace[][]> {
    const inference = await open({ detect });
    try {
      const detector = inference.detector({ scoreThreshold: 0.4 });
      const found: DetectedFace[][] = [];
      for (const entry of entries) {
        const image = pictureFromRgb(await picture(entry));
        found.push([...(await detector.detect(image))]);
        image.dispose();
      }
      return found;
    } finally {
      await inference.close();
    }
  }

  const detectors = [
    'yunet-n-320',
    'scrfd-500m',
    'scrfd-2.5g',
    'retinaface-mnet025',
    'yolov8-lite-t-face',
  ];
  for (const name of ['yunet-n', ...detectors]) {
    it(`${name} finds the faces that the reference finds, at the same landmarks`, async () => {
      const entries = gallery.filter((_, i) => i % 14 === 0);
      const [reference, found] = [
        await detectAll('yunet-n', entries),
        await detectAll(name, entries),
      ];
      let agreed = 0;
      const errors: number[] = [];
      for (const [i, entry] of entries.entries()) {
        const given = unpackLandmarks(entry.landmarks);
        const best = (faces: readonly DetectedFace[]) =>
          faces.toSorted(
            (a, b) => landmarkError(given, a.landmarks) - landmarkError(given, b.landmarks),
          )[0];
        const [expected, face] = [best(reference[i] ?? []), best(found[i] ?? [])];
        assert.ok(expected !== undefined, `the reference misses ${entry.file}`);
        if (face !== undefined && intersectionOverUnion(expected.box, face.box) > 0.5) agreed += 1;
        if (face !== undefined) errors.push(landmarkError(expected.landmarks, face.landmarks));
      }
      const median = errors.toSorted((a, b) => a - b)[Math.floor(errors.length / 2)] ?? 1;
      assert.ok(agreed >= entries.length - 1, `${agreed} of ${entries.length} faces agree`);
      assert.ok(
        median < 0.08,
        `median landmark difference ${median.toFixed(3)} inter-eye distances`,
      );
    });
  }

  for (const name of ['retail-0095', 'mobilefacenet']) {
    it(`${name}: the same person is closer than another`, async () => {
      const people = gallery.filter((_, i) => i % 12 === 0);
      const inference = await open({ embed: name });
      try {
        const embedder = inference.embedder();
        const embed = async (entry: Entry) => {
          const image = await picture(entry);
          const { vector } = await embedder.embed({
            image,
            landmarks: unpackLandmarks(entry.landmarks),
          });
          assert.equal(vector.length, embedder.dimension);
          return vector;
        };
        const enrolled = await Promise.all(people.map(embed));
        const seen = await Promise.all(
          people.map(({ identity }) => {
            const probe = probes.find(
              (p) => p.identity === identity && p.level === 'clean' && p.single,
            );
            assert.ok(probe !== undefined);
            return embed(probe);
          }),
        );
        const cosine = (a: Float32Array, b: Float32Array) =>
          a.reduce((sum, v, i) => sum + v * (b[i] as number), 0);
        let right = 0;
        for (const [i, probe] of seen.entries()) {
          const scores = enrolled.map((template) => cosine(probe, template));
          if (scores.indexOf(Math.max(...scores)) === i) right += 1;
        }
        assert.ok(right >= 0.9 * people.length, `${right} of ${people.length} found first`);
      } finally {
        await inference.close();
      }
    });
  }
});
