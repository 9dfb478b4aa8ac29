import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import type { ServerResponse } from 'node:http';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { describe, it, type TestContext } from 'node:test';
import { fontFolder } from '../../../src/app/package-root.ts';
import { systemClock } from '../../../src/domain/clock.ts';
import { targetRules } from '../../../src/services/cameras/target-rules.ts';
import { exportCase } from '../../../src/services/evidence/export-case.ts';
import {
  readTimeStamp,
  trustedCertificates,
} from '../../../src/services/evidence/time-stamp/read-time-stamp.ts';
import {
  type TimeStampServer,
  timeStampFrom,
} from '../../../src/services/evidence/time-stamp/time-stamp-server.ts';
import { verifyCase } from '../../../src/services/evidence/verify-case.ts';
import { evidenceKeyIn } from '../../../src/store/evidence-key.ts';
import { createImageCodec } from '../../../src/streams/image-codec.ts';
import { archiveOf, filesOf, folderWithAlerts } from '../../support/services/exported-case.ts';
import {
  noOpenssl,
  serveTimeStamps,
  TimeStampAuthority,
} from '../../support/services/time-stamp-authority.ts';
import { alertId } from '../../support/store/alert-fixture.ts';

const data = Buffer.from('what is stamped');

const serverAt = (url: string, changes: Partial<TimeStampServer> = {}): TimeStampServer => ({
  ...{ url, headers: {}, timeoutMs: 60_000, addresses: async () => ['127.0.0.1'] },
  ...{ clock: systemClock, ...changes },
});

/** A case with a time stamp, as its files. */
async function stampedCase(t: TestContext, authority: TimeStampAuthority) {
  const { alerts, audit, clips, clock, dataDir } = await folderWithAlerts(t);
  const request = {
    alertIds: [alertId(1)],
    reason: 'asked by police',
    by: { name: 'ann' },
    faces: 'shown',
  } as const;
  const timeStamps = serverAt(await serveTimeStamps(t, authority), { trusted: authority.ca });
  const options = { alerts, audit, clips, codec: createImageCodec(), fontFolder, timeStamps };
  const key = evidenceKeyIn(dataDir);
  const { bytes } = await exportCase(request, { ...options, key, now: clock.now });
  const files = await filesOf(await buffer(Readable.from(bytes)));
  const file = join(dataDir, 'case.zip');
  return {
    files,
    async verify(changed: ReadonlyMap<string, Buffer>, authorities?: string) {
      writeFileSync(file, await archiveOf(changed));
      return verifyCase(file, undefined, authorities);
    },
  };
}

describe('a time stamp', { skip: noOpenssl }, () => {
  for (const kind of ['ec', 'rsa'] as const) {
    it(`over a case's signature holds offline, for openssl too, of a ${kind} authority`, async (t) => {
      const authority = new TimeStampAuthority(t, kind);
      const { files, verify } = await stampedCase(t, authority);
      const plain = await verify(files);
      assert.ok(plain.ok, JSON.stringify(plain));
      assert.equal(plain.timestamp?.chain, 'not_checked');
      const verdict = await verify(files, authority.ca);
      assert.ok(verdict.ok, JSON.stringify(verdict));
      assert.equal(verdict.timestamp?.chain, 'trusted');
      assert.equal(verdict.timestamp?.by, 'Test, signer');
      assert.equal(verdict.timestamp?.policy, '1.2.3.4.1');
      assert.ok(Math.abs(Date.parse(verdict.timestamp?.at ?? '') - Date.now()) < 3_600_000);
      for (const name of ['manifest.sig', 'timestamp.tst']) {
        writeFileSync(join(authority.folder, name), files.get(name) ?? assert.fail(name));
      }
      const said = authority.openssl(
        ...['ts', '-verify', '-data', 'manifest.sig', '-in', 'timestamp.tst', '-token_in'],
        ...['-CAfile', 'root.pem'],
      );
      assert.match(said, /Verification: OK/);
    });
  }

  it('of a case shows any change, and cannot be taken away or put in place of another', async (t) => {
    const authority = new TimeStampAuthority(t);
    const { files, verify } = await stampedCase(t, authority);
    const token = files.get('timestamp.tst') ?? assert.fail();
    for (const [path, step] of [
      ['timestamp.tst', 97],
      ['timestamp.sig', 13],
    ] as const) {
      const bytes = files.get(path) ?? assert.fail(path);
      for (let at = 0; at < bytes.length; at += step) {
        const flipped = Buffer.from(bytes);
        flipped[at] = (flipped[at] ?? 0) ^ 1;
        const verdict = await verify(new Map(files).set(path, flipped));
        assert.equal(verdict.ok, false, `${path} at ${at}`);
      }
    }
    const without = new Map(files);
    without.delete('timestamp.tst');
    without.delete('timestamp.sig');
    const gone = await verify(without);
    assert.ok(!gone.ok && gone.why === 'it is missing', JSON.stringify(gone));
    const stranger = new TimeStampAuthority(t);
    const foreign = await verify(files, stranger.ca);
    assert.ok(!foreign.ok && foreign.file === 'timestamp.tst', JSON.stringify(foreign));
    await assert.rejects(verify(files, 'no certificate'), { code: 'BAD_REQUEST' });
    await assert.rejects(readTimeStamp(token, data), /something else/);
  });

  it('is missed where one is asked for', async (t) => {
    const authority = new TimeStampAuthority(t);
    const { alerts, audit, clips, clock, dataDir } = await folderWithAlerts(t);
    const request = {
      alertIds: [alertId(1)],
      reason: 'asked by police',
      by: { name: 'ann' },
      faces: 'shown',
    } as const;
    const options = { alerts, audit, clips, codec: createImageCodec(), fontFolder };
    const key = evidenceKeyIn(dataDir);
    const { bytes } = await exportCase(request, { ...options, key, now: clock.now });
    const file = join(dataDir, 'case.zip');
    writeFileSync(file, await buffer(Readable.from(bytes)));
    const verdict = await verifyCase(file);
    assert.ok(verdict.ok && verdict.timestamp === null);
    const asked = await verifyCase(file, undefined, authority.ca);
    assert.deepEqual(asked, {
      ...{ ok: false, file: 'timestamp.tst', why: 'the case has no time stamp' },
    });
  });

  it('is refused from a server that does not answer as it should', async (t) => {
    const authority = new TimeStampAuthority(t);
    const old = await timeStampAnswer(t, authority);
    const answers: Record<string, [RegExp, (r: Buffer, s: ServerResponse) => void]> = {
      status: [/status 500/, (_, answer) => answer.writeHead(500).end()],
      redirect: [
        /status 302/,
        (_, answer) => answer.writeHead(302, { location: 'http://127.0.0.1:1/' }).end(),
      ],
      nonsense: [/none of a time stamp server/, (_, answer) => answer.end('hello')],
      nothing: [/none of a time stamp server/, (_, answer) => answer.end()],
      long: [/longer than 65536/, (_, answer) => answer.end(Buffer.alloc(65_537))],
      replay: [/another request/, (_, answer) => answer.end(old)],
      refusal: [/refuses \(status 2\)/, (_, answer) => answer.end(authority.answer(Buffer.of(1)))],
      breaks: [/./, (_, answer) => answer.destroy()],
    };
    for (const [name, [why, answer]] of Object.entries(answers)) {
      const url = await serveTimeStamps(t, authority, answer);
      const failure = { code: 'TIMESTAMP_FAILED', message: why };
      await assert.rejects(timeStampFrom(serverAt(url), data), failure, name);
    }
    const silent = serverAt(await serveTimeStamps(t, authority, () => undefined), {
      timeoutMs: 200,
    });
    await assert.rejects(timeStampFrom(silent, data), { message: /no answer within 0.2 s/ });
    const url = await serveTimeStamps(t, authority);
    const trusted = new TimeStampAuthority(t).ca;
    await assert.rejects(timeStampFrom(serverAt(url, { trusted }), data), {
      code: 'TIMESTAMP_FAILED',
    });
    const { addresses } = targetRules(['127.0.0.0/8']);
    await assert.rejects(timeStampFrom(serverAt(url, { addresses }), data), /address is refused/);
  });

  it('of a certificate that is for other things does not hold', async (t) => {
    const authority = new TimeStampAuthority(t);
    const token = await timeStampFrom(serverAt(await serveTimeStamps(t, authority)), data);
    const trusted = await trustedCertificates(authority.ca);
    assert.equal((await readTimeStamp(token, data, trusted)).chain, 'trusted');
    // The same content, signed by another certificate of the authority, and once more by the right one.
    writeFileSync(join(authority.folder, 'token'), token);
    const cms = ['cms', '-inform', 'DER'];
    authority.openssl(
      ...[...cms, '-verify', '-in', 'token', '-noverify', '-binary', '-out', 'content'],
    );
    const signedBy = (name: string, ...more: string[]) => {
      authority.openssl(
        ...['cms', '-sign', '-binary', '-nodetach', '-nosmimecap', '-in', 'content'],
        ...['-econtent_type', '1.2.840.113549.1.9.16.1.4', '-md', 'sha256', '-outform', 'DER'],
        ...['-signer', `${name}.pem`, '-inkey', `${name}.key`, '-certfile', 'middle.pem'],
        ...['-out', `${name}.tst`, ...more],
      );
      return authority.read(`${name}.tst`);
    };
    const right = await readTimeStamp(signedBy('signer', '-cades'), data, trusted);
    assert.equal(right.chain, 'trusted');
    await assert.rejects(
      readTimeStamp(signedBy('other', '-cades'), data, trusted),
      /none for time/,
    );
    await assert.rejects(readTimeStamp(signedBy('signer'), data, trusted), /none for time/);
  });
});

/** What a server answered to some earlier request for the same bytes. */
async function timeStampAnswer(t: TestContext, authority: TimeStampAuthority): Promise<Buffer> {
  const kept = Promise.withResolvers<Buffer>();
  const url = await serveTimeStamps(t, authority, (request, response) => {
    const answer = authority.answer(request);
    kept.resolve(answer);
    response.end(answer);
  });
  await timeStampFrom(serverAt(url), data);
  return kept.promise;
}
