import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { closeSync, fstatSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import type { Store } from '../../../src/store/store.ts';

const page = 4_096;

/**
 * Takes a table away from a store that is open: what PostgreSQL has in place of a file.
 * @returns what reads from there, and throws
 */
export function hideTable(store: Store, table: string): () => unknown {
  store.prepare(`ALTER TABLE ${table} RENAME TO ${table}_hidden`).run();
  return () => store.prepare(`SELECT count(*) AS n FROM ${table}`).get();
}

/**
 * Writes nonsense into most pages of the file of a store while it is open.
 * @returns what reads from there, and throws
 */
export function damageStore(store: Store): () => unknown {
  assert.ok(store.folder !== undefined);
  const insert =
    "INSERT INTO tokens VALUES (?, ?, ?, 'viewer', '[]', '[]', 0, NULL, NULL, '[]', '[]')";
  store.write(() => {
    // More than the connection keeps in memory.
    for (let at = 0; at < 300; at += 1) {
      store.prepare(insert).run(String(at), String(at), randomBytes(50_000));
    }
  });
  store.compact();
  const handle = openSync(join(store.folder, 'nightglass.db'), 'r+');
  const { size } = fstatSync(handle);
  for (let at = page * 2; at < size; at += page * 2) {
    writeSync(handle, Buffer.alloc(page, 0xaa), 0, page, at);
  }
  closeSync(handle);
  return () => store.prepare('SELECT sum(length(hash)) FROM tokens').get();
}
