import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { generateX25519Identity } from 'age-encryption';
import { pack } from 'tar-stream';
import { isNightglassError } from '../../../../src/domain/errors.ts';
import { sealHeader } from '../../../../src/services/backup/age-header.ts';
import { encryptPayload } from '../../../../src/services/backup/age-payload.ts';
import { readBackup } from '../../../../src/services/backup/read-backup.ts';
import { restoreBackup } from '../../../../src/services/backup/restore-backup.ts';
import { writeBackup } from '../../../../src/services/backup/write-backup.ts';
import { createStore } from '../../../../src/store/create-store.ts';
import { migrations } from '../../../../src/store/migrations.ts';
import {
  coded,
  dataFolder,
  backupKeys as keys,
  backupOrder as order,
  recipients,
} from '../../../support/store/backup-fixture.ts';
import { tableRows } from '../../../support/store/data-folder-content.ts';
import { temporaryFolder } from '../../../support/store/temporary-folder.ts';

async function made(t: TestContext) {
  const dataDir = dataFolder(t);
  const folder = temporaryFolder(t);
  const file = join(folder, 'one.age');
  await writeBackup(order(dataDir, file));
  return { dataDir, folder, file, bytes: readFileSync(file) };
}

const nothing = {
  about: () => undefined,
  async file(_path: string | null, _bytes: number, source: AsyncIterable<Uint8Array>) {
    for await (const _ of source);
  },
};

/** An archive of any contents, encrypted as it should be. */
async function forge(file: string, entries: readonly (readonly [string, string])[]) {
  const { bytes, fileKey } = await sealHeader({ recipients });
  const tar = pack();
  for (const [name, text] of entries) tar.entry({ name }, text);
  tar.finalize();
  const parts: Uint8Array[] = [bytes];
  const payload = encryptPayload(fileKey, tar as AsyncIterable<Uint8Array>);
  for await (const part of payload) parts.push(part);
  writeFileSync(file, Buffer.concat(parts));
}

const about = {
  ...{ format: 'nightglass-backup/1', version: '9.0.0', createdAt: '2030-01-01T00:00:00.000Z' },
  ...{ schema: 1, dataDir: '/data', keys: 'folder', storeKeyIds: [], bytes: 10 },
};

describe('a backup that is not as it was made', () => {
  it('is sound as it was made', async (t) => {
    const { file, dataDir, folder } = await made(t);
    const { manifest } = await readBackup(file, keys, nothing);
    assert.equal(manifest.rows['alerts'], 30);
    const to = join(folder, 'to');
    await restoreBackup({ file, dataDir: to, keys });
    assert.deepEqual(tableRows(to), tableRows(dataDir));
  });

  it('of any shorter length is refused, and leaves the folder empty', async (t) => {
    const { folder, bytes } = await made(t);
    const cut = join(folder, 'cut.age');
    const to = join(folder, 'to');
    const lengths = [0, 10, 150, 300, 70_000, 65_752, bytes.length >> 1, bytes.length - 1];
    for (const length of lengths) {
      writeFileSync(cut, bytes.subarray(0, length));
      const restoring = restoreBackup({ file: cut, dataDir: to, keys });
      await assert.rejects(restoring, coded('BACKUP_INVALID'), `${length} bytes`);
      const left = readdirSync(to).filter((name) => name !== 'nightglass.lock');
      assert.deepEqual(left, [], `${length} bytes`);
    }
  });

  it('with any byte flipped is refused', async (t) => {
    const { folder, bytes } = await made(t);
    const flipped = join(folder, 'flipped.age');
    const step = Math.floor(bytes.length / 40);
    for (let at = 0; at < bytes.length; at += at < 300 ? 23 : step) {
      const copy = Buffer.from(bytes);
      copy[at] = (copy[at] ?? 0) ^ 1;
      writeFileSync(flipped, copy);
      await assert.rejects(readBackup(flipped, keys, nothing), (error) =>
        // Within the part that says who may open it, it is no longer for this key.
        isNightglassError(
          error,
          'BACKUP_INVALID',
          ...(at < 300 ? ['BACKUP_KEY_WRONG' as const] : []),
        ),
      );
    }
  });

  it('is refused with more behind it', async (t) => {
    const { folder, bytes } = await made(t);
    const longer = join(folder, 'longer.age');
    writeFileSync(longer, Buffer.concat([bytes, Buffer.alloc(100)]));
    await assert.rejects(readBackup(longer, keys, nothing), coded('BACKUP_INVALID'));
  });

  it('opens by no other key, and by no passphrase', async (t) => {
    const { file } = await made(t);
    const other = { identities: [await generateX25519Identity()] };
    await assert.rejects(readBackup(file, other, nothing), coded('BACKUP_KEY_WRONG'));
    const passphrase = { passphrase: 'correct horse battery' };
    await assert.rejects(readBackup(file, passphrase, nothing), coded('BACKUP_KEY_WRONG'));
    await assert.rejects(
      readBackup(file, { identities: ['AGE-SECRET-KEY-1NONE'] }, nothing),
      (error) =>
        isNightglassError(error, 'BACKUP_KEY_WRONG') && !String(error).includes('SECRET-KEY-1NONE'),
    );
  });

  it('is refused where another key must have signed it', async (t) => {
    const { file } = await made(t);
    const { publicPem } = (await import('../../../../src/store/evidence-key.ts')).evidenceKeyIn(
      temporaryFolder(t),
    );
    await assert.rejects(readBackup(file, keys, nothing, publicPem), coded('BACKUP_INVALID'));
  });

  it('is refused where it is no backup, or a forged one', async (t) => {
    const folder = temporaryFolder(t);
    const file = join(folder, 'forged.age');
    const start = ['about.json', JSON.stringify(about)] as const;
    const forgeries: (readonly (readonly [string, string])[])[] = [
      [],
      [['data/nightglass.db', 'x']],
      [start],
      [start, ['data/../outside', 'x']],
      [start, ['data//etc/passwd', 'x']],
      [start, ['data/.', 'x']],
      [['about.json', '{"format":"other"}']],
      [start, ['manifest.json', '{}'], ['manifest.sig', 'x'], ['public-key.pem', 'x']],
    ];
    for (const entries of forgeries) {
      await forge(file, entries);
      const to = join(folder, 'to');
      const restoring = restoreBackup({ file, dataDir: to, keys });
      await assert.rejects(restoring, coded('BACKUP_INVALID'), JSON.stringify(entries));
    }
    assert.equal(existsSync(join(folder, 'outside')), false);
    writeFileSync(file, 'no backup at all');
    await assert.rejects(readBackup(file, keys, nothing), coded('BACKUP_INVALID'));
    const missing = readBackup(join(folder, 'none'), keys, nothing);
    await assert.rejects(missing, coded('NOT_FOUND'));
  });

  it('of a newer version is refused before anything is written', async (t) => {
    const folder = temporaryFolder(t);
    const file = join(folder, 'newer.age');
    const newer = { ...about, schema: migrations.length + 1 };
    await forge(file, [['about.json', JSON.stringify(newer)]]);
    const restoring = restoreBackup({ file, dataDir: join(folder, 'to'), keys });
    await assert.rejects(restoring, coded('ENVIRONMENT'));
  });
});

describe('a restore', () => {
  it('goes into an empty folder alone', async (t) => {
    const { file, dataDir, folder } = await made(t);
    const before = tableRows(dataDir);
    await assert.rejects(restoreBackup({ file, dataDir, keys }), coded('CONFLICT'));
    assert.deepEqual(tableRows(dataDir), before);
    const empty = join(folder, 'empty');
    mkdirSync(empty);
    await restoreBackup({ file, dataDir: empty, keys });
    assert.deepEqual(tableRows(empty), before);
  });

  it('that was killed half-way leaves what no program uses', async (t) => {
    const { file, folder } = await made(t);
    const to = join(folder, 'to');
    // Killed where the second file would be written.
    const program = `
      import { restoreBackup } from './src/services/backup/restore-backup.ts';
      import fs from 'node:fs';
      const timer = setInterval(() => { if (fs.existsSync(${JSON.stringify(join(to, 'nightglass.db'))})) process.kill(process.pid, 'SIGKILL'); }, 0);
      await restoreBackup({ file: ${JSON.stringify(file)}, dataDir: ${JSON.stringify(to)}, keys: ${JSON.stringify(keys)} });
      clearInterval(timer);`;
    const root = join(import.meta.dirname, '..', '..', '..', '..');
    const ended = spawnSync(process.execPath, ['--input-type=module', '-e', program], {
      cwd: root,
    });
    assert.equal(ended.signal, 'SIGKILL', String(ended.stderr));
    assert.throws(
      () => createStore({ dataDir: to }),
      (error) =>
        isNightglassError(error, 'STORE_CORRUPT') &&
        /restore was not completed/.test(error.message),
    );
    await assert.rejects(restoreBackup({ file, dataDir: to, keys }), coded('CONFLICT'));
  });

  it('onto a disk that is full is refused and leaves nothing, and so is a backup', async (t) => {
    const { file, dataDir, folder } = await made(t);
    const disk = join(folder, 'disk');
    mkdirSync(disk);
    const size = `size=${Math.round(statSync(file).size / 2)}`;
    if (spawnSync('mount', ['-t', 'tmpfs', '-o', size, 'tmpfs', disk]).status !== 0) {
      t.skip('needs the right to mount a small tmpfs');
      return;
    }
    try {
      const restoring = restoreBackup({ file, dataDir: join(disk, 'to'), keys });
      await assert.rejects(restoring, coded('STORE_UNWRITABLE'));
      rmSync(join(disk, 'to'), { recursive: true });
      const backing = writeBackup(order(dataDir, join(disk, 'two.age')));
      await assert.rejects(backing, coded('BACKUP_FAILED'));
      assert.deepEqual(readdirSync(disk), []);
    } finally {
      spawnSync('umount', [disk]);
    }
  });
});

describe('a backup that cannot be made', () => {
  it('says so: no database, a damaged one, a folder that is not there', async (t) => {
    const folder = temporaryFolder(t);
    const file = join(folder, 'one.age');
    await assert.rejects(writeBackup(order(temporaryFolder(t), file)), coded('NOT_FOUND'));
    const dataDir = dataFolder(t, 3);
    const elsewhere = writeBackup(order(dataDir, join(folder, 'none', 'one.age')));
    await assert.rejects(elsewhere, coded('BACKUP_FAILED'));
    const database = readFileSync(join(dataDir, 'nightglass.db'));
    database.fill(0xa5, 4096 * 3, 4096 * 9);
    writeFileSync(join(dataDir, 'nightglass.db'), database);
    await assert.rejects(writeBackup(order(dataDir, file)), coded('STORE_CORRUPT'));
    assert.deepEqual(readdirSync(folder), []);
  });

  it('names a recipient that is none', async (t) => {
    const lock = { recipients: ['age1nothing'] };
    const file = join(temporaryFolder(t), 'one.age');
    await assert.rejects(writeBackup(order(dataFolder(t, 1), file, { lock })), coded('USAGE'));
  });
});
