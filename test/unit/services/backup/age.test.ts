import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { Decrypter, Encrypter, generateX25519Identity, identityToRecipient } from 'age-encryption';
import type { BackupLock } from '../../../../src/domain/backup.ts';
import { openHeader, sealHeader } from '../../../../src/services/backup/age-header.ts';
import { decryptPayload, encryptPayload } from '../../../../src/services/backup/age-payload.ts';
import { temporaryFolder } from '../../../support/store/temporary-folder.ts';

const piece = 65_536;
const lengths = [0, 1, piece - 1, piece, piece + 1, 3 * piece, 200_003];

/** In chunks that know nothing of pieces. */
async function* chunked(bytes: Uint8Array, size: number) {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

async function all(parts: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const list: Uint8Array[] = [];
  for await (const part of parts) list.push(part);
  return Buffer.concat(list);
}

async function encrypt(lock: BackupLock, bytes: Uint8Array): Promise<Buffer> {
  const { bytes: header, fileKey } = await sealHeader(lock);
  return Buffer.concat([header, await all(encryptPayload(fileKey, chunked(bytes, 10_007)))]);
}

describe('the age format', () => {
  for (const length of lengths) {
    it(`of ${length} bytes is read by the reference library, and its files by us`, async () => {
      const identity = await generateX25519Identity();
      const recipient = await identityToRecipient(identity);
      const bytes = randomBytes(length);

      const decrypter = new Decrypter();
      decrypter.addIdentity(identity);
      const ours = await encrypt({ recipients: [recipient] }, bytes);
      assert.deepEqual(Buffer.from(await decrypter.decrypt(ours)), bytes);

      const encrypter = new Encrypter();
      encrypter.addRecipient(recipient);
      const theirs = Buffer.from(await encrypter.encrypt(bytes));
      const end = theirs.indexOf('\n', theirs.indexOf('\n--- ') + 1) + 1;
      const fileKey = await openHeader(theirs.subarray(0, end), { identities: [identity] });
      const read = await all(decryptPayload(fileKey, chunked(theirs.subarray(end), 9_973)));
      assert.deepEqual(read, bytes);
    });
  }

  it('is opened by a passphrase, and by each of several recipients', async () => {
    const bytes = randomBytes(1000);
    const decrypter = new Decrypter();
    decrypter.addPassphrase('correct horse battery');
    const file = await encrypt({ passphrase: 'correct horse battery' }, bytes);
    assert.deepEqual(Buffer.from(await decrypter.decrypt(file)), bytes);
    const identities = [await generateX25519Identity(), await generateX25519Identity()];
    const recipients = await Promise.all(identities.map(identityToRecipient));
    const shared = await encrypt({ recipients }, bytes);
    for (const identity of identities) {
      const one = new Decrypter();
      one.addIdentity(identity);
      assert.deepEqual(Buffer.from(await one.decrypt(shared)), bytes);
    }
  });

  it('is read by the age program', async (t) => {
    if (spawnSync('age', ['--version']).error) {
      t.skip('needs the program age (Debian: apt install age)');
      return;
    }
    const folder = temporaryFolder(t);
    const identity = await generateX25519Identity();
    const bytes = randomBytes(150_000);
    const recipients = [await identityToRecipient(identity)];
    writeFileSync(join(folder, 'file.age'), await encrypt({ recipients }, bytes));
    writeFileSync(join(folder, 'key'), `${identity}\n`);
    const args = ['-d', '-i', join(folder, 'key'), '-o', join(folder, 'out')];
    const run = spawnSync('age', [...args, join(folder, 'file.age')], { encoding: 'utf8' });
    assert.equal(run.status, 0, run.stderr);
    assert.deepEqual(readFileSync(join(folder, 'out')), bytes);
  });
});
