import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { isNightglassError } from '../../../src/domain/errors.ts';
import { damageStore } from '../../support/store/damage-store.ts';
import { openStore } from '../../support/store/open-store.ts';

const isDamage = (error: unknown) => isNightglassError(error, 'STORE_CORRUPT');

/** A store whose file has nonsense in most of its pages while it is open. */
function damaged(t: TestContext) {
  const { store, clock, dataDir } = openStore(t, { retryMs: 1_000 });
  const read = damageStore(store);
  return { store, clock, read, file: join(dataDir, 'nightglass.db') };
}

describe('a database that is damaged while it is open', () => {
  it('says so to whoever reads, and in its health', (t) => {
    const { store, read } = damaged(t);
    assert.throws(read, isDamage);
    const health = store.health();
    assert.deepEqual([health.corrupt, health.durable], [true, false]);
    assert.match(health.reason ?? '', /malformed/);
    assert.equal(store.readOr(read, undefined), undefined);
  });

  it('does not recover by itself, and is refused at the next start', (t) => {
    const { store, clock, file, read } = damaged(t);
    assert.throws(read, isDamage);
    clock.advance(60_000);
    assert.equal(store.retry(), false);
    assert.equal(store.health().corrupt, true);
    assert.ok(existsSync(`${file}.damaged`));
  });
});
