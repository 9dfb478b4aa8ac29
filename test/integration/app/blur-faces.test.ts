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
import { AuditLog } from '../../../src/store/audit-log.ts';
import { evidenceKeyIn } from '../../../src/store/evidence-key.ts';
import { createImageCodec } from '../../../src/streams/image-codec.ts';
import { readPictures } from '../../../src/streams/recorded/file-source.ts';
import { demoFootage, testManifest } from '../../support/live/demo-footage.ts';
import { clipsOf } from '../../support/services/clips-of.ts';
import { filesOf } from '../../support/services/exported-case.ts';
import { bytesOf, clipOfFootage } from '../../support/services/footage-clip.ts';
import { alertId, makeAlert } from '../../support/store/alert-fixture.ts';
import { openStore } from '../../support/store/open-store.ts';

const codec = createImageCodec();

/** A picture of the demo's lobby in which several people are seen. */
interface Crowd {
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
      const { x, y, width, height } = own;
      const found = await detect(inference, shown);
      assert.equal(found.length, 1, 'a detector finds one face more');
      const [{ box } = assert.fail()] = found;
      assert.ok(Math.abs(box.x + box.width / 2 - x - width / 2) < width / 2);
      assert.ok(Math.abs(box.y + box.height / 2 - y - height / 2) < height / 2);
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
      return { image, jpeg: await codec.encodeJpeg(image, 95), faces: found.map(({ box }) => box) };
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
function folderOf(t: TestContext, frame: Uint8Array, place: Box) {
  const { store, clock, dataDir } = openStore(t);
  const audit = new AuditLog({ store, now: clock.now });
  const alerts = new SqliteAlertStore({
    ...{ store, audit, now: clock.now },
    policy: () => ({ retentionDays: 30, twoPersonReview: false }),
  });
  const pictures = { frame, face: frame, enhanced: null, enrolled: null, best: [] };
  alerts.insert(makeAlert(1, { place, best: [] }), pictures);
  const options = {
    ...{ alerts, audit, clips: clipsOf(store), codec, fontFolder },
    ...{ key: evidenceKeyIn(dataDir), now: clock.now },
  };
  return { options, file: join(dataDir, 'case.zip') };
}
