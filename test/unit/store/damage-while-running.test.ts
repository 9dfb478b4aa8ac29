import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { closeSync, existsSync, fstatSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { isNightglassError } from '../../../src/domain/errors.ts';
import { openStore } from '../../support/store/open-store.ts';

const page = 4_096;
const isDamage = (error: unknown) => isNightglassError(error, 'STORE_CORRUPT');

/** A store whose file has nonsense in most of its pages while it is open. */
function damaged(t: TestContext) {
  const { store, clock, dataDir } = openStore(t, { retryMs: 1_000 });
  const insert =
    "INSERT INTO tokens VALUES (?, ?, ?, 'viewer', '[]', '[]', 0, NULL, NULL, '[]', '[]')";
  store.write(() => {
    // More than the connection keeps in memory.
    for (let at = 0; at < 300; at += 1) {
      store.prepare(insert).run(String(at), String(at), randomBytes(50_000));
    }
  });
  store.compact();
  const file = join(dataDir, 'nightglass.db');
  const handle = openSync(file, 'r+');
  const { size } = fstatSync(handle);
  for (let at = page * 2; at < size; at += page * 2) {
    writeSync(handle, Buffer.alloc(page, 0xaa), 0, page, at);
  }
  closeSync(handle);
  return { store, clock, file };
}

describe('a database that is damaged while it is open', () => {
  it('says so to whoever reads, and in its health', (t) => {
    const { store } = damaged(t);
    const read = () => store.prepare('SELECT sum(length(hash)) FROM tokens').get();
    assert.throws(read, isDamage);
    const health = store.health();
    assert.deepEqual([health.corrupt, health.durable], [true, false]);
    assert.match(health.reason ?? '', /malformed/);
    assert.equal(store.readOr(read, undefined), undefined);
  });

  it('does not recover by itself, and is refused at the next start', (t) => {
    const { store, clock, file } = damaged(t);
    assert.throws(() => store.prepare('SELECT sum(length(hash)) FROM tokens').get(), isDamage);
    clock.advance(60_000);
    assert.equal(store.retry(), false);
    assert.equal(store.health().corrupt, true);
    assert.ok(existsSync(`${file}.damaged`));
  });
});
