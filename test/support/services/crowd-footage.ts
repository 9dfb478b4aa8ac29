import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import type { EncodedSource } from '../../../demo/media/encoded-source.ts';
import { detectInStill } from '../../../src/app/detect-in-still.ts';
import { fontFolder } from '../../../src/app/package-root.ts';
import type { DetectedFace } from '../../../src/domain/detection.ts';
import { FrameLedger } from '../../../src/domain/frame/ledger.ts';
import type { Box } from '../../../src/domain/geometry/box.ts';
import type { RgbImage } from '../../../src/domain/image/image.ts';
import type { Inference } from '../../../src/inference/inference.ts';
import { SqliteAlertStore } from '../../../src/services/alerts/alert-store.ts';
import { AuditLog } from '../../../src/store/audit-log.ts';
import { evidenceKeyIn } from '../../../src/store/evidence-key.ts';
import { createImageCodec } from '../../../src/streams/image-codec.ts';
import { NativePicture } from '../../../src/streams/native-picture.ts';
import { readPictures } from '../../../src/streams/recorded/file-source.ts';
import { shownPictures } from '../../../src/streams/redraw/shown-pictures.ts';
import { makeAlert } from '../store/alert-fixture.ts';
import { openStore } from '../store/open-store.ts';
import { clipsOf } from './clips-of.ts';
import { bytesOf, clipOfFootage, type FootageFace } from './footage-clip.ts';

const codec = createImageCodec();

/** A picture of the demo's lobby in which several people are seen. */
export interface Crowd {
  /** Its number in the footage, from 1. */
  readonly number: number;
  readonly image: RgbImage;
  readonly jpeg: Uint8Array;
  readonly faces: readonly Box[];
}

/** Where in the footage people meet: a key picture, and who is seen in every fifth picture from it. */
export async function meeting(source: EncodedSource, inference: Inference) {
  const { number } = await crowdIn(source, inference);
  let from = number - 1;
  while (source.units[from]?.key !== true) from -= 1;
  const clip = await clipOfFootage(source, { from, count: 30 });
  const pictures = await decoded(bytesOf(clip));
  const seen = new Map<number, readonly FootageFace[]>();
  for (let at = 0; at < pictures.length; at += 5) {
    const { image } = pictures[at] ?? assert.fail();
    const found = await detect(inference, image);
    const largest = Math.max(...found.map(({ box }) => box.width));
    seen.set(
      at,
      found.map(({ box }) => ({ box, subject: box.width === largest })),
    );
  }
  assert.ok([...seen.values()].some((faces) => faces.length > 1));
  return { from, seen };
}

/** The pictures of a clip as they are shown. */
export async function decoded(file: Buffer) {
  const pictures: { readonly image: RgbImage; readonly time: number }[] = [];
  for await (const { frame, time } of shownPictures(file)) {
    const picture = NativePicture.create(frame);
    const { width, height } = picture;
    pictures.push({ image: await picture.rgb({ width, height }), time: Math.round(time) });
    picture.dispose();
  }
  return pictures;
}

/** The mean difference of two pictures within a box, of 255. */
export function difference(a: RgbImage, b: RgbImage, box: Box): number {
  let sum = 0;
  let count = 0;
  for (let y = Math.ceil(box.y); y < box.y + box.height; y += 1) {
    for (let x = Math.ceil(box.x); x < box.x + box.width; x += 1) {
      for (let channel = 0; channel < 3; channel += 1) {
        const at = (y * a.width + x) * 3 + channel;
        sum += Math.abs((a.data[at] ?? 0) - (b.data[at] ?? 0));
        count += 1;
      }
    }
  }
  return sum / count;
}

export async function detect(
  inference: Inference,
  image: RgbImage,
): Promise<readonly DetectedFace[]> {
  return detectInStill(inference.detector({ inputWidth: 640, scoreThreshold: 0.5 }))(image);
}

/** The first picture of the footage, by the second, that shows two people or more. */
export async function crowdIn(source: EncodedSource, inference: Inference): Promise<Crowd> {
  const clip = await clipOfFootage(source, { from: 0, count: source.units.length });
  const folder = mkdtempSync(join(tmpdir(), 'nightglass-crowd-'));
  try {
    const path = join(folder, 'lobby.mp4');
    writeFileSync(path, bytesOf(clip));
    let number = 0;
    for await (const { picture } of readPictures({
      path,
      cameraId: 'c',
      ledger: new FrameLedger(),
    })) {
      using owned = { picture, [Symbol.dispose]: () => picture.dispose() };
      number += 1;
      if (number % 5 !== 0) continue;
      const image = await owned.picture.rgb({ width: picture.width, height: picture.height });
      const found = await detect(inference, image);
      if (found.length < 2) continue;
      return {
        number,
        image,
        jpeg: await codec.encodeJpeg(image, 95),
        faces: found.map(({ box }) => box),
      };
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
  throw new Error('Nobody meets anybody in the footage');
}

/** The picture without anybody: grey where people are. */
export function alone({ width, height }: RgbImage, faces: readonly Box[]): RgbImage {
  assert.ok(faces.length > 0);
  return { width, height, data: new Uint8Array(width * height * 3).fill(90) };
}

/** A data folder with one alert, whose frame is this picture. */
export function folderOf(t: TestContext, frame: Uint8Array, place: Box | null) {
  const { store, clock, dataDir } = openStore(t);
  const audit = new AuditLog({ store, now: clock.now });
  const alerts = new SqliteAlertStore({
    ...{ store, audit, now: clock.now },
    policy: () => ({ retentionDays: 30, twoPersonReview: false }),
  });
  const pictures = { frame, face: frame, enhanced: null, enrolled: null, best: [] };
  alerts.insert(makeAlert(1, { place, best: [], clip: { state: 'pending' } }), pictures);
  const clips = clipsOf(store);
  const options = {
    ...{ alerts, audit, clips, codec, fontFolder },
    ...{ key: evidenceKeyIn(dataDir), now: clock.now },
  };
  return { options, clips, alerts, file: join(dataDir, 'case.zip') };
}
