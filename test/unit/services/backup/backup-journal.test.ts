import assert from 'node:assert/strict';
import { statSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, it, type TestContext } from 'node:test';
import { readBackup } from '../../../../src/services/backup/read-backup.ts';
import { writeBackup } from '../../../../src/services/backup/write-backup.ts';
import { backupKeys, backupOrder, dataFolder } from '../../../support/store/backup-fixture.ts';
import { temporaryFolder } from '../../../support/store/temporary-folder.ts';

const mebibyte = 1024 * 1024;

function sizeOf(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.size ?? 0;
}

describe('the write-ahead log while a backup is written', () => {
  it('is emptied once the database is copied, however long the rest takes; the backup shows its moment', async (t: TestContext) => {
    const dataDir = dataFolder(t);
    const database = join(dataDir, 'nightglass.db');
    // Pulled weights, which take many times as long as the database.
    const weights = join(dataDir, 'weights.onnx');
    writeFileSync(weights, '');
    truncateSync(weights, 64 * mebibyte);
    const file = join(temporaryFolder(t), 'one.age');
    let isOver = false;
    const backup = writeBackup(backupOrder(dataDir, file)).finally(() => {
      isOver = true;
    });
    const copied = sizeOf(database) + 4 * mebibyte;
    while (!isOver && sizeOf(`${file}.part`) < copied) await new Promise(setImmediate);

    const writer = new DatabaseSync(database, { timeout: 10_000 });
    try {
      writer.exec('CREATE TABLE grown (value BLOB)');
      const insert = writer.prepare('INSERT INTO grown VALUES (zeroblob(1000000))');
      const sizes: number[] = [];
      let most = 0;
      for (let round = 0; round < 5; round += 1) {
        for (let row = 0; row < 4; row += 1) insert.run();
        most = Math.max(most, sizeOf(`${database}-wal`));
        writer.exec('PRAGMA wal_checkpoint(TRUNCATE)');
        sizes.push(sizeOf(`${database}-wal`));
      }
      assert.equal(isOver, false, 'the backup was still being written');
      assert.deepEqual(sizes, [0, 0, 0, 0, 0]);
      assert.ok(most < 8 * mebibyte, `${most} bytes: it does not grow from round to round`);
    } finally {
      writer.close();
    }
    assert.ok((await backup).bytes > 64 * mebibyte);
    const { manifest } = await readBackup(file, backupKeys, {
      about: () => undefined,
      async file(_path, _bytes, source) {
        for await (const _ of source);
      },
    });
    assert.deepEqual([manifest.rows['alerts'], manifest.rows['grown']], [30, undefined]);
  });
});
