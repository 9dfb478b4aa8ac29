import assert from 'node:assert/strict';
import { generateKeyPairSync, sign } from 'node:crypto';
import { statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { describe, it } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { fontFolder } from '../../../src/app/package-root.ts';
import type { EvidenceKind } from '../../../src/domain/alert.ts';
import { isMachineMade } from '../../../src/domain/machine-made-mark.ts';
import { exportCase } from '../../../src/services/evidence/export-case.ts';
import { verifyCase } from '../../../src/services/evidence/verify-case.ts';
import { evidenceKeyIn, evidenceKeyName } from '../../../src/store/evidence-key.ts';
import { createImageCodec } from '../../../src/streams/image-codec.ts';
import { exiftool, noExiftool } from '../../support/images/exiftool.ts';
import {
  archiveOf,
  exportedCase,
  filesOf,
  folderWithAlerts,
} from '../../support/services/exported-case.ts';
import { alertId } from '../../support/store/alert-fixture.ts';
import { fillDisk } from '../../support/store/open-store.ts';

const codec = createImageCodec();
const asked = {
  ...{ alertIds: [alertId(1)], reason: 'asked by police', by: { name: 'ann' } },
  faces: 'shown',
} as const;

describe('an exported case', () => {
  it('holds what the alerts rest on, the recorded pictures byte by byte', async (t) => {
    const { archive, pictures, audit, file, dataDir, manifest } = await exportedCase(t);
    const files = await filesOf(archive);
    const of = (path: string) => files.get(path) ?? assert.fail(`no ${path}`);
    for (const kind of ['frame', 'face', 'enrolled'] as const) {
      for (const n of [1, 2]) {
        assert.deepEqual(new Uint8Array(of(`alerts/${alertId(n)}/${kind}.jpg`)), pictures[kind]);
      }
    }
    assert.deepEqual(new Uint8Array(of(`alerts/${alertId(1)}/best-1.jpg`)), pictures.best[0]);
    assert.deepEqual(new Uint8Array(of(`alerts/${alertId(1)}/sighting-1-face.jpg`)), pictures.face);
    assert.ok(!files.has(`alerts/${alertId(2)}/enhanced.jpg`));
    const said = JSON.parse(of('case.json').toString());
    assert.equal(said.reason, 'asked by police');
    assert.equal(said.alerts[0].alert.models[1].sha256, 'f'.repeat(64));
    assert.equal(said.alerts[0].reviews[0].reviewer, 'ann');
    assert.equal(said.alerts[0].alert.configHash, 'c0ffee');
    const report = of('report.html').toString();
    assert.ok(report.includes('asked by police') && report.includes('导出时间'));
    assert.ok(!report.includes('<script'));
    for (const [, path] of report.matchAll(/src="([^"]+)"/g))
      assert.ok(files.has(path ?? ''), path);
    const records = of('audit.jsonl')
      .toString()
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    assert.deepEqual(
      records.map(({ what }) => what),
      [
        'alert.raised',
        'alert.raised',
        'alert.viewed',
        'alert.sighted',
        'alert.reviewed',
        'evidence.exported',
      ],
    );
    assert.equal(records.at(-1).detail.reason, 'asked by police');
    // The log itself holds the record that the case ends with.
    assert.equal(audit.verify({ head: manifest.audit.hash }).ok, true);
    assert.equal(statSync(join(dataDir, evidenceKeyName)).mode & 0o777, 0o600);
    const verdict = await verifyCase(file, evidenceKeyIn(dataDir).publicPem);
    assert.ok(verdict.ok, JSON.stringify(verdict));
    assert.deepEqual([verdict.keyKnown, verdict.auditRecords], [true, 6]);
  });

  it('shows enhanced pictures above a band that says so, marked', async (t) => {
    const { archive, pictures } = await exportedCase(t);
    const files = await filesOf(archive);
    for (const kind of ['enhanced', 'sighting-1-enhanced']) {
      const bytes = files.get(`alerts/${alertId(1)}/${kind}.jpg`) ?? assert.fail(kind);
      assert.ok(isMachineMade(bytes));
      const { width, height, data } = await codec.decode(bytes);
      const before = await codec.decode(pictures.enhanced);
      assert.deepEqual([width, height], [112, 112 + 13]);
      // The picture is as it was, but for being encoded again; below it white letters on red.
      const rows = 104 * width * 3;
      assert.ok(
        data.subarray(0, rows).every((value, at) => Math.abs(value - (before.data[at] ?? 0)) <= 3),
      );
      const band = Array.from({ length: width * 13 }, (_, at) => {
        const pixel = (112 * width + at) * 3;
        return [data[pixel] ?? 0, data[pixel + 1] ?? 0];
      });
      const white = band.filter(([red = 0, green = 0]) => red > 200 && green > 200).length;
      assert.ok(white > 100 && white < 400, `${white} white pixels`);
      assert.ok(band.filter(([red = 0, green = 0]) => red > 120 && green < 60).length > 700);
    }
    assert.equal(isMachineMade(files.get(`alerts/${alertId(1)}/face.jpg`) ?? Buffer.of()), false);
  });

  it('is marked so that exiftool reads it', { skip: noExiftool }, async (t) => {
    const files = await filesOf((await exportedCase(t)).archive);
    for (const [path, bytes] of files) {
      if (!path.endsWith('.jpg')) continue;
      const type = exiftool(bytes)['XMP-iptcExt:DigitalSourceType'];
      const marked = String(type).endsWith('/compositeWithTrainedAlgorithmicMedia');
      assert.equal(marked, path.endsWith('enhanced.jpg'), path);
    }
  });

  it('shows any change of any file', async (t) => {
    const { archive, dataDir } = await exportedCase(t);
    const files = await filesOf(archive);
    const file = join(dataDir, 'other.zip');
    const verdictOf = async (changed: ReadonlyMap<string, Buffer>) => {
      writeFileSync(file, await archiveOf(changed));
      return verifyCase(file);
    };
    assert.equal((await verdictOf(files)).ok, true);
    assert.ok(files.size > 15);
    for (const [path, bytes] of files) {
      const small = bytes.length < 300;
      const places = small
        ? [...bytes.keys()]
        : [0, Math.floor(bytes.length / 3), Math.floor(bytes.length / 2), bytes.length - 1];
      for (const at of places) {
        const flipped = Buffer.from(bytes);
        flipped[at] = (flipped[at] ?? 0) ^ 1;
        const verdict = await verdictOf(new Map(files).set(path, flipped));
        assert.equal(verdict.ok, false, `${path} at ${at}`);
      }
      const without = new Map(files);
      without.delete(path);
      assert.equal((await verdictOf(without)).ok, false, `without ${path}`);
      const longer = Buffer.concat([bytes, Buffer.of(10)]);
      assert.equal((await verdictOf(new Map(files).set(path, longer))).ok, false, `longer ${path}`);
    }
    const added = await verdictOf(new Map(files).set('alerts/more.jpg', Buffer.of(1)));
    assert.deepEqual(added, {
      ok: false,
      file: 'alerts/more.jpg',
      why: 'it is not in the manifest',
    });
  });

  it('that somebody else signed again is not signed with the key asked for', async (t) => {
    const { archive, dataDir } = await exportedCase(t);
    const { privateKey, publicKey } = generateKeyPairSync('ed25519');
    const files = await filesOf(archive);
    const manifest = files.get('manifest.json') ?? assert.fail();
    files.set(
      'manifest.sig',
      Buffer.from(`${sign(null, manifest, privateKey).toString('base64')}\n`),
    );
    files.set('public-key.pem', Buffer.from(publicKey.export({ type: 'spki', format: 'pem' })));
    const file = join(dataDir, 'forged.zip');
    writeFileSync(file, await archiveOf(files));
    assert.equal((await verifyCase(file)).ok, false, 'the manifest names another key');
    const asked = await verifyCase(file, evidenceKeyIn(dataDir).publicPem);
    assert.deepEqual(asked.ok ? undefined : asked.file, 'public-key.pem');
  });

  it('is refused without a reason, for no alert, and for one that is not there, unrecorded', async (t) => {
    const { alerts, audit, clips, clock, dataDir } = await folderWithAlerts(t);
    const options = {
      alerts,
      audit,
      clips,
      codec,
      key: evidenceKeyIn(dataDir),
      fontFolder,
      now: clock.now,
    };
    const by = { name: 'ann' };
    const attempts = [
      [{ alertIds: [alertId(1)], reason: ' x ', by }, 'BAD_REQUEST'],
      [{ alertIds: [], reason: 'asked by police', by }, 'BAD_REQUEST'],
      [
        { alertIds: Array.from({ length: 21 }, (_, n) => alertId(n)), reason: 'asked', by },
        'BAD_REQUEST',
      ],
      [{ alertIds: [alertId(9)], reason: 'asked by police', by }, 'NOT_FOUND'],
    ] as const;
    for (const [request, code] of attempts)
      await assert.rejects(exportCase(request, options), { code });
    assert.equal(audit.list({ what: 'evidence.exported' }).length, 0);
  });

  it('holds the picture that was signed where the alert gets another one meanwhile', async (t) => {
    const { alerts, audit, clips, clock, dataDir } = await folderWithAlerts(t);
    let reads = 0;
    const source = {
      find: alerts.find.bind(alerts),
      evidence(id: string, kind: EvidenceKind) {
        const picture = alerts.evidence(id, kind);
        if (kind !== 'face' || picture === null) return picture;
        reads += 1;
        return reads === 1 ? picture : Uint8Array.of(...picture, 0);
      },
    };
    const request = asked;
    const options = {
      alerts: source,
      audit,
      clips,
      codec,
      key: evidenceKeyIn(dataDir),
      fontFolder,
      now: clock.now,
    };
    const { bytes } = await exportCase(request, options);
    const path = join(dataDir, 'changed.zip');
    writeFileSync(path, await buffer(Readable.from(bytes)));
    const verdict = await verifyCase(path);
    assert.ok(verdict.ok, JSON.stringify(verdict));
  });

  it('is given up without a trace where nobody takes it to its end', async (t) => {
    const { alerts, audit, clips, clock, dataDir } = await folderWithAlerts(t);
    const request = asked;
    const key = evidenceKeyIn(dataDir);
    let reads = 0;
    const source = {
      find: alerts.find.bind(alerts),
      evidence(id: string, kind: EvidenceKind) {
        reads += 1;
        return alerts.evidence(id, kind);
      },
    };
    const options = { alerts: source, audit, clips, codec, key, fontFolder, now: clock.now };
    await exportCase(request, options);
    const { bytes } = await exportCase(request, options);
    const before = reads;
    // What fails after this has nobody to hear of it, and would end the process.
    for await (const piece of bytes) {
      assert.ok(piece.length > 0);
      break;
    }
    for (let turn = 0; turn < 50; turn += 1) await setImmediate();
    assert.ok(reads - before <= 2, `${reads - before} pictures were read`);
  });

  it('does not leave where it cannot be recorded', async (t) => {
    const { alerts, audit, clips, clock, dataDir, store } = await folderWithAlerts(t);
    const key = evidenceKeyIn(dataDir);
    fillDisk(store);
    // Records go into the pages that are there until these are full.
    for (const length of [4000, 1]) {
      const record = { who: 'ann', what: 'alert.viewed', target: 'x'.repeat(length) } as const;
      assert.throws(() => {
        for (let n = 0; n < 1000; n += 1) audit.require(record);
      });
    }
    const request = { ...asked, reason: 'r'.repeat(1000) };
    const options = { alerts, audit, clips, codec, key, fontFolder, now: clock.now };
    await assert.rejects(exportCase(request, options), { code: 'AUDIT_UNAVAILABLE' });
  });
});
