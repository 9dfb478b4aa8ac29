/*
 * One step of the bench `backup`, in a process of its own.
 *
 *   node bench/benches/backup-process.ts ORDER     (JSON, see bench-backup.ts)
 *
 * Prints what it took as JSON.
 */

import assert from 'node:assert/strict';
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { readBackup } from '../../src/services/backup/read-backup.ts';
import { restoreBackup } from '../../src/services/backup/restore-backup.ts';
import { writeBackup } from '../../src/services/backup/write-backup.ts';
import type { BackupOrderOfBench, BackupStep } from './bench-backup.ts';

const order = JSON.parse(process.argv[2] ?? '') as BackupOrderOfBench;
const keys = { identities: [order.identity] };
const databaseIn = (folder: string) => join(folder, 'nightglass.db');

const steps = {
  async backup() {
    const lock = { recipients: [order.recipient] };
    const { data: dataDir, file } = order;
    await writeBackup({ dataDir, file, lock, keys: 'folder', version: 'bench' });
    return statSync(databaseIn(dataDir)).size;
  },
  async verify() {
    await readBackup(order.file, keys, {
      about: () => undefined,
      async file(_path, _bytes, source) {
        for await (const _ of source);
      },
    });
    return statSync(order.file).size;
  },
  async restore() {
    await restoreBackup({ file: order.file, dataDir: order.restored, keys });
    return statSync(order.file).size;
  },
  compare: async () => compareRows(),
};

const before = performance.now();
const amount = await steps[order.step]();
const { user, system } = process.cpuUsage();
const step: BackupStep = {
  seconds: (performance.now() - before) / 1000,
  cpuSeconds: (user + system) / 1e6,
  resident: process.resourceUsage().maxRSS * 1024,
  amount,
};
process.stdout.write(JSON.stringify(step));

/** @returns how many rows @throws AssertionError where one differs */
function compareRows(): number {
  const open = (folder: string) => new DatabaseSync(databaseIn(folder), { readOnly: true });
  const [one, other] = [open(order.data), open(order.restored)];
  const tables = one
    .prepare("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")
    .all()
    .map(({ name }) => String(name));
  let rows = 0;
  for (const table of tables) {
    const columns = one.prepare(`PRAGMA table_info("${table}")`).all();
    const key = columns
      .filter(({ pk }) => Number(pk) > 0)
      .map(({ name }) => `"${String(name)}"`)
      .join();
    const order = key === '' ? 'rowid' : key;
    const all = (database: DatabaseSync) =>
      database.prepare(`SELECT * FROM "${table}" ORDER BY ${order}`).iterate();
    const others = all(other);
    for (const row of all(one)) {
      assert.deepEqual(row, others.next().value, `row ${rows} of ${table}`);
      rows += 1;
    }
    assert.equal(others.next().done, true, `${table} has more rows`);
  }
  one.close();
  other.close();
  return rows;
}
