import assert from 'node:assert/strict';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, it } from 'node:test';
import { openStore } from '../../support/store/open-store.ts';

describe('emptying the journal', { timeout: 50_000 }, () => {
  it('is put off while a reader holds it, without the wait for locks that writes have', (t) => {
    const { store, dataDir } = openStore(t, { busyTimeoutMs: 60_000 });
    const write = () => store.prepare('INSERT OR REPLACE INTO write_probe VALUES (1, 1)').run();
    write();
    const reader = new DatabaseSync(join(dataDir, 'nightglass.db'), { readOnly: true });
    t.after(() => reader.isOpen && reader.close());
    reader.exec('BEGIN');
    reader.prepare('SELECT count(*) FROM audit').get();
    write();
    // With the store's own time-out this would take a minute, and the test its limit.
    assert.equal(store.compact(), false);
    assert.equal(Object.values(store.prepare('PRAGMA busy_timeout').get() ?? {})[0], 60_000);
    reader.close();
    assert.equal(store.compact(), true);
  });
});
