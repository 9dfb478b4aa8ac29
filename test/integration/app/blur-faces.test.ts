import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { after, before, describe, it } from 'node:test';
import type { EncodedSource } from '../../../demo/media/encoded-source.ts';
import { blurDetector, faceBlur } from '../../../src/app/blur-faces.ts';
import { shareOf } from '../../../src/domain/geometry/box.ts';
import { createInference, type Inference } from '../../../src/inference/inference.ts';
import { exportCase } from '../../../src/services/evidence/export-case.ts';
import { verifyCase } from '../../../src/services/evidence/verify-case.ts';
import { createImageCodec } from '../../../src/streams/image-codec.ts';
import { demoFootage, testManifest } from '../../support/live/demo-footage.ts';
import { filesOf } from '../../support/services/exported-case.ts';
import { alertId } from '../../support/store/alert-fixture.ts';

const codec = createImageCodec();

import {
  alone,
  type Crowd,
  crowdIn,
  difference,
  folderOf,
} from '../../support/services/crowd-footage.ts';

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
