import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { lastValueFrom, tap } from 'rxjs';
import { systemClock } from '../../src/domain/clock.ts';
import type { LookedAtFrame } from '../../src/domain/detection.ts';
import { Frame } from '../../src/domain/frame/frame.ts';
import { FrameLedger } from '../../src/domain/frame/ledger.ts';
import { type Box, intersectionOverUnion } from '../../src/domain/geometry/box.ts';
import type { RgbImage } from '../../src/domain/image/image.ts';
import { PartShare } from '../../src/domain/part-share.ts';
import { createInference, type Inference } from '../../src/inference/inference.ts';
import { CloserLooks } from '../../src/operators/closer-looks.ts';
import { detect } from '../../src/operators/detect.ts';
import { pullFrames } from '../../src/operators/pull-frames.ts';
import { RecentFaces } from '../../src/operators/recent-faces.ts';
import { watchMotion } from '../../src/operators/watch-motion.ts';
import { pictureFromRgb } from '../../src/streams/rgb-picture.ts';
import { type Head, heldOut, paste, resized, walker } from '../support/corpus/small-face-scene.ts';
import { sharedMissing } from '../support/third-party-manifest.ts';

const manifest = fileURLToPath(new URL('../../models/manifest.json', import.meta.url));
const interval = 200;
/** Pictures before anybody comes, and in which somebody walks. */
const empty = 15;
const walking = 8;
const walkersAtOnce = 2;

/** Where the faces are in each picture; walkers come two at a time. */
interface Scene {
  readonly frames: AsyncGenerator<Frame>;
  readonly truth: Map<number, Box[]>;
}

async function compose(
  place: RgbImage,
  heads: readonly Head[],
  size: { width: number; height: number },
  side: number,
  ledger: FrameLedger,
): Promise<Scene> {
  const background = await resized(place, size.width, size.height);
  const walkers = await Promise.all(heads.map((head) => walker(head, side)));
  const truth = new Map<number, Box[]>();
  const count = empty + (walking * walkers.length) / walkersAtOnce;
  async function* frames(): AsyncGenerator<Frame> {
    for (let at = 0; at < count; at += 1) {
      const image = { ...background, data: Uint8Array.from(background.data) };
      const boxes: Box[] = [];
      if (at >= empty) {
        const turn = Math.floor((at - empty) / walking) * walkersAtOnce;
        const step = (at - empty) % walking;
        for (const [lane, each] of walkers.slice(turn, turn + walkersAtOnce).entries()) {
          const left = Math.round(size.width * (0.2 + 0.45 * lane) + step * side * 0.6);
          const top = Math.round(size.height * (0.25 + 0.2 * lane));
          paste(each.image, image, left, top);
          boxes.push({ ...each.face, x: left + each.face.x, y: top + each.face.y });
        }
      }
      truth.set(at, boxes);
      yield Frame.create({
        cameraId: 'cam',
        sequence: at,
        mediaTime: at * interval,
        capturedAt: at * interval,
        capturedMonotonic: at * interval,
        picture: pictureFromRgb(image),
        ledger,
      });
    }
  }
  return { frames: frames(), truth };
}

/** Share of the faces that are found, and what is found besides, a picture. */
async function recall(
  inference: Inference,
  { frames, truth }: Scene,
  closer: number,
): Promise<{ found: number; faces: number; others: number; parts: number }> {
  const settings = { enabled: true, sensitivity: 'medium', lookEvery: 1_000, closer } as const;
  const recent = new RecentFaces(2_000);
  let parts = 0;
  const looks = new CloserLooks({
    ...{ cameraId: 'cam', inputSize: 640, limit: closer, holdFor: 2_000 },
    share: new PartShare({ total: 12, clock: systemClock }),
    onParts: (looked) => {
      parts += looked;
    },
  });
  const sums = { found: 0, faces: 0, others: 0 };
  const judge = ({ frame, faces }: LookedAtFrame): void => {
    const boxes = truth.get(frame.sequence) ?? [];
    const of = (box: Box) =>
      faces.filter((face) => face.score >= 0.5 && intersectionOverUnion(face.box, box) > 0.35);
    const hits = boxes.map((box) => of(box).length);
    sums.faces += boxes.length;
    sums.found += hits.filter((count) => count > 0).length;
    sums.others +=
      faces.filter(({ score }) => score >= 0.5).length - hits.filter((count) => count > 0).length;
    frame[Symbol.dispose]();
  };
  await lastValueFrom(
    pullFrames(frames, {}).pipe(
      watchMotion({ settings, recent }),
      detect({ detector: inference.detector(), closer: looks, recent }),
      tap(judge),
    ),
  );
  return { ...sums, parts };
}

describe('small faces in large pictures', { skip: sharedMissing, timeout: 600_000 }, () => {
  let inference: Inference;
  let material: Awaited<ReturnType<typeof heldOut>>;
  before(async () => {
    inference = await createInference({ manifestPath: manifest, models: { embed: null } });
    material = await heldOut(16);
  });
  after(() => inference.close());

  for (const size of [
    { width: 1920, height: 1080 },
    { width: 3840, height: 2160 },
  ]) {
    it(`of 16 to 24 pixels are found at least twice as often at ${size.width}x${size.height}`, async (t) => {
      const total = { without: 0, with: 0, faces: 0, others: 0, parts: 0 };
      for (const [turn, side] of [16, 20, 24].entries()) {
        const place = material.places[turn] as RgbImage;
        const ledger = new FrameLedger();
        const scene = () => compose(place, material.heads, size, side, ledger);
        const before = await recall(inference, await scene(), 0);
        const with4 = await recall(inference, await scene(), 4);
        t.diagnostic(
          `${size.width}: ${side} px: ${before.found} of ${before.faces} without, ${with4.found} with closer looks (${with4.parts} parts), others ${before.others} and ${with4.others}`,
        );
        total.without += before.found;
        total.with += with4.found;
        total.faces += with4.faces;
        total.others += with4.others - before.others;
        assert.equal(ledger.live, 0);
      }
      assert.ok(total.with >= 2 * total.without, JSON.stringify(total));
      assert.ok(total.with >= 0.8 * total.faces, JSON.stringify(total));
      // No face twice: what is found besides are false finds, of one of the three places most.
      assert.ok(total.others <= 0.1 * total.faces, JSON.stringify(total));
    });
  }
});
