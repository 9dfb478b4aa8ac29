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
import { codedFootage } from '../../support/demo/coded-footage.ts';
import { testFootage } from '../../support/demo/test-footage.ts';
import { findFfmpeg } from '../../support/gateway/ffmpeg.ts';
import { demoFootage, testManifest } from '../../support/live/demo-footage.ts';
import { madeClip } from '../../support/services/clips-of.ts';
import { filesOf } from '../../support/services/exported-case.ts';
import { bytesOf, clipOfFootage } from '../../support/services/footage-clip.ts';
import { alertId } from '../../support/store/alert-fixture.ts';

const codec = createImageCodec();
const noFfmpeg = findFfmpeg() === undefined ? 'no ffmpeg program to code with' : false;
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

  it('are looked at in every picture, or the clip does not leave', async () => {
    const blur = faceBlur(inference.detector(blurDetector), codec);
    const clip = await clipOfFootage(await testFootage(), { from: 0, count: 20 });
    const whole = bytesOf(clip);
    const data = whole.indexOf('mdat') + 4;
    let refused = 0;
    for (const from of [0.1, 0.4, 0.7, 0.95]) {
      const broken = Buffer.from(whole);
      broken.fill(0xff, data + Math.round((whole.length - data) * from));
      try {
        // Guessed at by this decoder: what leaves is what was looked at, nothing else.
        assert.notEqual(await blur.clip(broken, clip.faces), null, `from ${from}`);
      } catch (error) {
        assert.equal((error as { code?: string }).code, 'STREAM_UNSUPPORTED', String(error));
        refused += 1;
      }
    }
    assert.ok(refused > 0);
    await assert.rejects(blur.clip(whole.subarray(0, data + 500), clip.faces), {
      code: 'STREAM_UNSUPPORTED',
    });
  });

  for (const options of [
    { codec: 'h264', bPictures: 2 },
    { codec: 'h265', bPictures: 2 },
    { codec: 'h264', coding: 'tff=1' },
  ] as const) {
    it(`are looked for in all pictures of ${JSON.stringify(options)}`, {
      skip: noFfmpeg,
    }, async () => {
      const blur = faceBlur(inference.detector(blurDetector), codec);
      const source = await codedFootage({ ...options, width: 320, height: 192 });
      const codecOfClip = options.codec === 'h265' ? 'hevc' : 'h264';
      const clip = await clipOfFootage({ ...source, codec: codecOfClip } as never, {
        ...{ from: 0, count: source.units.length },
      });
      const shares: number[] = [];
      const onShare = (share: number) => shares.push(share);
      assert.equal(await blur.clip(bytesOf(clip), clip.faces, { onShare }), null);
      assert.equal(shares.length, clip.faces.pictures.length);
      assert.deepEqual(
        shares,
        shares.toSorted((a, b) => a - b),
      );
      const giveUp = AbortSignal.abort();
      await assert.rejects(blur.clip(bytesOf(clip), clip.faces, { signal: giveUp }), {
        name: 'AbortError',
      });
    });
  }

  it('a case names the clip that it withholds, and why; with everybody shown it has it', async (t) => {
    const { options, clips, alerts, file } = folderOf(t, await codec.encodeJpeg(grey, 90), null);
    const place = { alertId: alertId(1), appearance: 0 };
    const kept = await inTurns(clips.keep(place, madeClip(new Uint8Array(60_000).fill(7))));
    if (typeof kept === 'string') assert.fail(kept);
    assert.ok(alerts.setClip(place, kept));
    const request = {
      ...{ alertIds: [alertId(1)], reason: 'asked by police', by: { name: 'ann' } },
      withClips: true,
    };
    const blur = faceBlur(inference.detector(blurDetector), codec);
    const made = await exportCase(request, { ...options, blur });
    const path = `alerts/${alertId(1)}/clip.mp4`;
    assert.deepEqual(made.manifest.withheld, [{ path, reason: 'undecodable' }]);
    const archive = await buffer(Readable.from(made.bytes));
    const files = await filesOf(archive);
    assert.equal(files.get(path), undefined);
    assert.match(String(files.get('report.html')), /withheld: not all of its pictures/);
    assert.match(String(files.get('case.json')), /"undecodable"/);
    const [record] = options.audit.list({ what: 'evidence.exported' });
    assert.partialDeepStrictEqual(record?.detail, { withheld: [{ path, reason: 'undecodable' }] });
    writeFileSync(file, archive);
    const verdict = await verifyCase(file);
    assert.ok(verdict.ok, JSON.stringify(verdict));
    const all = await exportCase({ ...request, faces: 'shown' }, options);
    assert.equal(all.manifest.withheld, undefined);
    assert.ok((await filesOf(await buffer(Readable.from(all.bytes)))).has(path));
  });
});
