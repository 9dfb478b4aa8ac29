import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { restoreBackup } from '../../../../src/services/backup/restore-backup.ts';
import { writeBackup } from '../../../../src/services/backup/write-backup.ts';
import {
  coded,
  dataFolder,
  backupKeys as keys,
  backupOrder as order,
} from '../../../support/store/backup-fixture.ts';
import { temporaryFolder } from '../../../support/store/temporary-folder.ts';

describe('files outside the data folder that backup and restore write', () => {
  it('brings the keys of the store where they were backed up and are asked for', async (t) => {
    const dataDir = dataFolder(t, 1);
    const folder = temporaryFolder(t);
    const file = join(folder, 'all.age');
    await writeBackup(order(dataDir, file, { keys: 'all', storeKeys: 'the keys\n' }));
    const storeKeysFile = join(folder, 'store.keys');
    await restoreBackup({ file, dataDir: join(folder, 'to'), keys, storeKeysFile });
    assert.equal(readFileSync(storeKeysFile, 'utf8'), 'the keys\n');
    assert.equal(statSync(storeKeysFile).mode & 0o777, 0o600);
    await restoreBackup({ file, dataDir: join(folder, 'two'), keys });
    assert.equal(existsSync(join(folder, 'two', 'store.keys')), false);
  });

  it('leaves a file of keys as it is that is there before, or comes meanwhile', async (t) => {
    const folder = temporaryFolder(t);
    const file = join(folder, 'all.age');
    await writeBackup(order(dataFolder(t, 1), file, { keys: 'all', storeKeys: 'the keys\n' }));
    const live = join(folder, 'live.keys');
    writeFileSync(live, 'keys in use\n');
    const dataDir = join(folder, 'to');
    const over = restoreBackup({ file, dataDir, keys, storeKeysFile: live });
    await assert.rejects(over, coded('CONFLICT'));
    assert.equal(readFileSync(live, 'utf8'), 'keys in use\n');
    assert.equal(existsSync(dataDir), false, 'refused before anything is written');

    const late = join(folder, 'late.keys');
    const restoring = restoreBackup({ file, dataDir, keys, storeKeysFile: late });
    writeFileSync(late, 'keys in use\n');
    await assert.rejects(restoring, coded('CONFLICT'));
    assert.equal(readFileSync(late, 'utf8'), 'keys in use\n');
    const left = readdirSync(dataDir).filter((name) => name !== 'nightglass.lock');
    assert.deepEqual(left, []);
  });

  it('that fails takes the file of keys that it made with it', async (t) => {
    const folder = temporaryFolder(t);
    const file = join(folder, 'all.age');
    await writeBackup(order(dataFolder(t, 1), file, { keys: 'all', storeKeys: 'the keys\n' }));
    const storeKeysFile = join(folder, 'store.keys');
    // Whole but for its last byte: the keys are written before the fault shows.
    writeFileSync(file, readFileSync(file).subarray(0, -1));
    const restoring = restoreBackup({ file, dataDir: join(folder, 'to'), keys, storeKeysFile });
    await assert.rejects(restoring, coded('BACKUP_INVALID'));
    assert.equal(existsSync(storeKeysFile), false);
  });

  it('leaves a file as it is that comes under its name meanwhile', async (t) => {
    const folder = temporaryFolder(t);
    const file = join(folder, 'one.age');
    const making = writeBackup(order(dataFolder(t), file));
    while (!existsSync(`${file}.part`)) await setImmediate();
    writeFileSync(file, 'mine', { flag: 'wx' });
    await assert.rejects(making, coded('CONFLICT'));
    assert.equal(readFileSync(file, 'utf8'), 'mine');
    assert.deepEqual(readdirSync(folder), ['one.age']);
  });
});
