import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { after, before, describe, it } from 'node:test';
import type { EncodedSource } from '../../../demo/media/encoded-source.ts';
import { blurDetector, faceBlur } from '../../../src/app/blur-faces.ts';
import { createInference, type Inference } from '../../../src/inference/inference.ts';
import { exportCase } from '../../../src/services/evidence/export-case.ts';
import { verifyCase } from '../../../src/services/evidence/verify-case.ts';
import { inTurns } from '../../../src/services/in-turns.ts';
import { createImageCodec } from '../../../src/streams/image-codec.ts';
import { testFootage } from '../../support/demo/test-footage.ts';
import { demoFootage, testManifest } from '../../support/live/demo-footage.ts';
import { filesOf } from '../../support/services/exported-case.ts';
import { bytesOf, clipOfFootage } from '../../support/services/footage-clip.ts';
import { alertId } from '../../support/store/alert-fixture.ts';

const codec = createImageCodec();
const grey = { width: 64, height: 48, data: new Uint8Array(64 * 48 * 3).fill(90) };

import {
  decoded,
  detect,
  difference,
  folderOf,
  meeting,
} from '../../support/services/crowd-footage.ts';

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
