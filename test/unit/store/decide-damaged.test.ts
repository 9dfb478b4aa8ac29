import assert from 'node:assert/strict';
import { closeSync, copyFileSync, existsSync, openSync, readFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { isNightglassError } from '../../../src/domain/errors.ts';
import { createStore } from '../../../src/store/create-store.ts';
import { repairDatabase, restoreDatabase } from '../../../src/store/decide-damaged.ts';
import { temporaryFolder } from '../../support/store/temporary-folder.ts';

const now = Date.UTC(2030, 0, 1);
const insert =
  "INSERT INTO tokens VALUES (?, ?, ?, 'viewer', '[]', '[]', 0, NULL, NULL, '[]', '[]')";

/** A data folder with twenty tokens, a sound copy of it, and a damaged page. */
function damagedFolder(t: Parameters<typeof temporaryFolder>[0]) {
  const dataDir = temporaryFolder(t);
  const file = join(dataDir, 'nightglass.db');
  const store = createStore({ dataDir });
  store.write(() => {
    for (let n = 0; n < 20; n += 1) store.prepare(insert).run(`${n}`, `n${n}`, new Uint8Array([n]));
  });
  const page = Number(
    store
      .prepare("SELECT rootpage AS page FROM sqlite_schema WHERE name = 'alerts_by_list'")
      .get()?.['page'],
  );
  store.close();
  const backup = join(temporaryFolder(t), 'backup.db');
  copyFileSync(file, backup);
  const handle = openSync(file, 'r+');
  writeSync(handle, new Uint8Array(4096).fill(0xa5), 0, 4096, (page - 1) * 4096);
  closeSync(handle);
  assert.throws(
    () => createStore({ dataDir }),
    (error) => isNightglassError(error, 'STORE_CORRUPT'),
  );
  return { dataDir, file, backup, damaged: readFileSync(file) };
}

function tokensIn(dataDir: string): number {
  const store = createStore({ dataDir });
  const count = Number(store.prepare('SELECT count(*) AS n FROM tokens').get()?.['n']);
  store.close();
  return count;
}

describe('a damaged database', () => {
  it('is repaired as far as it can be read, and kept aside', (t) => {
    const { dataDir, damaged } = damagedFolder(t);
    const { aside, rows } = repairDatabase(dataDir, now);
    assert.equal(rows['tokens'], 20);
    assert.equal(tokensIn(dataDir), 20);
    assert.deepEqual(readFileSync(aside), damaged);
  });

  it('gives way to a backup, or to an empty database, when somebody says so', (t) => {
    const { dataDir, backup, damaged } = damagedFolder(t);
    const aside = restoreDatabase(dataDir, backup, now);
    assert.deepEqual(readFileSync(aside), damaged);
    assert.equal(tokensIn(dataDir), 20);
    assert.ok(existsSync(restoreDatabase(dataDir, undefined, now + 1)));
    assert.equal(tokensIn(dataDir), 0);
  });
});
