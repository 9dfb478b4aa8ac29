import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { after, before, describe, it, type TestContext } from 'node:test';
import type { EncodedSource } from '../../../demo/media/encoded-source.ts';
import { blurDetector, faceBlur } from '../../../src/app/blur-faces.ts';
import { fontFolder } from '../../../src/app/package-root.ts';
import type { DetectedFace } from '../../../src/domain/detection.ts';
import { FrameLedger } from '../../../src/domain/frame/ledger.ts';
import type { Box } from '../../../src/domain/geometry/box.ts';
import { shareOf } from '../../../src/domain/geometry/box.ts';
import type { RgbImage } from '../../../src/domain/image/image.ts';
import { createInference, type Inference } from '../../../src/inference/inference.ts';
import { SqliteAlertStore } from '../../../src/services/alerts/alert-store.ts';
import { exportCase } from '../../../src/services/evidence/export-case.ts';
import { verifyCase } from '../../../src/services/evidence/verify-case.ts';
import { inTurns } from '../../../src/services/in-turns.ts';
import { AuditLog } from '../../../src/store/audit-log.ts';
import { evidenceKeyIn } from '../../../src/store/evidence-key.ts';
import { shownPictures } from '../../../src/streams/clips/shown-pictures.ts';
import { createImageCodec } from '../../../src/streams/image-codec.ts';
import { NativePicture } from '../../../src/streams/native-picture.ts';
import { readPictures } from '../../../src/streams/recorded/file-source.ts';
import { testFootage } from '../../support/demo/test-footage.ts';
import { demoFootage, testManifest } from '../../support/live/demo-footage.ts';
import { clipsOf } from '../../support/services/clips-of.ts';
import { filesOf } from '../../support/services/exported-case.ts';
import { bytesOf, clipOfFootage, type FootageFace } from '../../support/services/footage-clip.ts';
import { alertId, makeAlert } from '../../support/store/alert-fixture.ts';
import { openStore } from '../../support/store/open-store.ts';

const codec = createImageCodec();
const grey = { width: 64, height: 48, data: new Uint8Array(64 * 48 * 3).fill(90) };

/** A picture of the demo's lobby in which several people are seen. */
interface Crowd {
  /** Its number in the footage, from 1. */
  readonly number: number;
  readonly image: RgbImage;
  readonly jpeg: Uint8Array;
  readonly faces: readonly Box[];
}

describe('faces of others in what leaves', { timeout: 900_000 }, () => {
  let inference: Inference;
  let lobby: EncodedSource;
  let crowd: Crowd;

  before(async () => {
    inference = await createInference({ manifestPath: testManifest, workers: 1 });
    const { cameras } = await demoFootage();
    lobby = cameras.find(({ name }) => name === 'lobby')?.source ?? assert.fail('no lobby');
    crowd = await crowdIn(lobby, inference);
  });
  after(() => inference?.close());

  it('are hidden in a picture, and the one of the alert is not', async () => {
    const { faces, image, jpeg } = crowd;
    const blur = faceBlur(inference.detector(blurDetector), codec);
    // As it comes out of being coded again where nothing is hidden.
    const again = await codec.decode(await codec.encodeJpeg(await codec.decode(jpeg), 92));
    for (const [at, own] of faces.entries()) {
      const hidden = (await blur.picture(jpeg, shareOf(own, image))) ?? assert.fail('none hidden');
      const shown = await codec.decode(hidden);
      assert.ok(difference(again, shown, own) < 1, `the face of the alert, ${at}`);
      for (const other of faces.filter((face) => face !== own)) {
        assert.ok(difference(again, shown, other) > 6, `another face beside ${at}`);
      }
    }
    assert.equal(
      await blur.picture(await codec.encodeJpeg(alone(image, faces)), null),
      null,
      'nobody is in view',
    );
  });

  it('are hidden in an exported case unless somebody asks to show them, on record', async (t) => {
    const { faces, image, jpeg } = crowd;
    const [own = assert.fail()] = faces;
    const folder = folderOf(t, jpeg, shareOf(own, image));
    const blur = faceBlur(inference.detector(blurDetector), codec);
    const options = { ...folder.options, blur };
    const request = { alertIds: [alertId(1)], reason: 'asked by police', by: { name: 'ann' } };
    const { bytes, manifest } = await exportCase(request, options);
    const archive = await buffer(Readable.from(bytes));
    const files = await filesOf(archive);
    const path = `alerts/${alertId(1)}/frame.jpg`;
    const left = await codec.decode(files.get(path) ?? assert.fail(path));
    assert.ok(difference(image, left, own) < 4);
    for (const other of faces.slice(1)) assert.ok(difference(image, left, other) > 6);
    const { original } = manifest.files.find((file) => file.path === path) ?? assert.fail();
    assert.equal(original?.bytes, jpeg.length);
    writeFileSync(folder.file, archive);
    const verdict = await verifyCase(folder.file);
    assert.ok(verdict.ok, JSON.stringify(verdict));
    assert.ok(files.get('report.html')?.includes('faces of others hidden'));

    const all = await exportCase({ ...request, faces: 'shown' }, folder.options);
    const shown = await filesOf(await buffer(Readable.from(all.bytes)));
    assert.deepEqual(new Uint8Array(shown.get(path) ?? assert.fail()), jpeg);
    assert.deepEqual(
      folder.options.audit
        .list({ what: 'evidence.exported' })
        .map(({ detail }) => (detail as { faces: string }).faces),
      ['blurred', 'shown'],
    );
    await assert.rejects(exportCase(request, folder.options), /nothing hides faces/);
  });
});

describe('faces of others in a clip that leaves', { timeout: 900_000 }, () => {
  let inference: Inference;
  let lobby: EncodedSource;
  before(async () => {
    inference = await createInference({ manifestPath: testManifest, workers: 1 });
    const { cameras } = await demoFootage();
    lobby = cameras.find(({ name }) => name === 'lobby')?.source ?? assert.fail('no lobby');
  });
  after(() => inference?.close());

  for (const rotate of [0, 90] as const) {
    it(`are hidden in every picture, and the one of the alert is not (turned by ${rotate})`, async () => {
      const { from, seen } = await meeting(lobby, inference);
      const orientation = { rotate, mirror: false };
      const clip = await clipOfFootage(lobby, { from, count: 30, seen, orientation });
      const detector = inference.detector(blurDetector);
      // What was seen is told in the picture as it is shown; that of the turned one nobody recorded.
      const faces = rotate === 0 ? clip.faces : null;
      const left = await faceBlur(detector, codec).clip(bytesOf(clip), faces);
      const [before, after] = await Promise.all(
        [bytesOf(clip), Buffer.from(left ?? assert.fail('nothing hidden'))].map(decoded),
      );
      assert.equal(after?.length, 30);
      assert.deepEqual(
        after?.map(({ time }) => time),
        before?.map(({ time }) => time),
      );
      if (rotate === 90) {
        const [{ image } = assert.fail()] = after ?? [];
        assert.deepEqual([image.width, image.height], [lobby.height, lobby.width]);
        return;
      }
      for (const [at, shown] of seen) {
        const [one, other] = [before?.[at]?.image, after?.[at]?.image];
        if (one === undefined || other === undefined) assert.fail(`no picture ${at}`);
        for (const { box, subject } of shown) {
          const change = difference(one, other, box);
          if (subject) assert.ok(change < 4, `the alert's own face in ${at}: ${change}`);
          else assert.ok(change > 6, `another face in ${at}: ${change}`);
        }
      }
      // Pictures of which nothing was recorded: the second look finds who is there.
      for (let at = 2; at < 30; at += 5) {
        const [one, other] = [before?.[at]?.image, after?.[at]?.image];
        if (one === undefined || other === undefined) assert.fail(`no picture ${at}`);
        const found = (await detect(inference, one)).map(({ box }) => box);
        const largest = Math.max(...found.map(({ width }) => width));
        for (const box of found.filter(({ width }) => width < largest)) {
          assert.ok(difference(one, other, box) > 6, `another face in ${at}`);
        }
      }
    });
  }

  it('leave a case hidden, with the hash of what was recorded', async (t) => {
    const { from, seen } = await meeting(lobby, inference);
    const made = await clipOfFootage(lobby, { from, count: 30, seen });
    const { options, clips, alerts, file } = folderOf(t, await codec.encodeJpeg(grey, 90), null);
    const place = { alertId: alertId(1), appearance: 0 };
    const kept = await inTurns(clips.keep(place, made));
    if (typeof kept === 'string') assert.fail(kept);
    assert.ok(alerts.setClip(place, kept));
    const request = { alertIds: [alertId(1)], reason: 'asked by police', by: { name: 'ann' } };
    const blur = faceBlur(inference.detector(blurDetector), codec);
    const hidden = await exportCase({ ...request, withClips: true }, { ...options, blur });
    const archive = await buffer(Readable.from(hidden.bytes));
    const path = `alerts/${alertId(1)}/clip.mp4`;
    const entry = hidden.manifest.files.find((one) => one.path === path);
    assert.deepEqual(entry?.original, { bytes: kept.bytes, sha256: kept.sha256 });
    assert.notEqual(entry?.sha256, kept.sha256);
    writeFileSync(file, archive);
    const verdict = await verifyCase(file);
    assert.ok(verdict.ok, JSON.stringify(verdict));
    const all = { ...request, withClips: true, faces: 'shown' } as const;
    const shown = await exportCase(all, options);
    const files = await filesOf(await buffer(Readable.from(shown.bytes)));
    assert.deepEqual(files.get(path), bytesOf(made));
  });

  it('is as it was recorded where nobody else is seen', async () => {
    const blur = faceBlur(inference.detector(blurDetector), codec);
    const clip = await clipOfFootage(await testFootage(), { from: 0, count: 20 });
    assert.equal(await blur.clip(bytesOf(clip), clip.faces), null);
    await assert.rejects(blur.clip(Buffer.from('no clip'), null), { code: 'STREAM_UNSUPPORTED' });
  });
});

/** Where in the footage people meet: a key picture, and who is seen in every fifth picture from it. */
async function meeting(source: EncodedSource, inference: Inference) {
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
async function decoded(file: Buffer) {
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
function difference(a: RgbImage, b: RgbImage, box: Box): number {
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

async function detect(inference: Inference, image: RgbImage): Promise<readonly DetectedFace[]> {
  const { detectInStill } = await import('../../../src/app/detect-in-still.ts');
  return detectInStill(inference.detector({ inputWidth: 640, scoreThreshold: 0.5 }))(image);
}

/** The first picture of the footage, by the second, that shows two people or more. */
async function crowdIn(source: EncodedSource, inference: Inference): Promise<Crowd> {
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
function alone({ width, height }: RgbImage, faces: readonly Box[]): RgbImage {
  assert.ok(faces.length > 0);
  return { width, height, data: new Uint8Array(width * height * 3).fill(90) };
}

/** A data folder with one alert, whose frame is this picture. */
function folderOf(t: TestContext, frame: Uint8Array, place: Box | null) {
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
