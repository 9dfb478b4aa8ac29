import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { it } from 'node:test';
import { SqliteAlertStore } from '../../../../src/services/alerts/alert-store.ts';
import { AuditLog } from '../../../../src/store/audit-log.ts';
import { createStore } from '../../../../src/store/create-store.ts';
import { FakeClock } from '../../../support/fake-clock.ts';
import { makeAlert, makeEvidence } from '../../../support/store/alert-fixture.ts';
import { temporaryFolder } from '../../../support/store/temporary-folder.ts';

it('goes on with a disk that is really full, and stores what waited when there is room', (t) => {
  const disk = join(temporaryFolder(t), 'disk');
  mkdirSync(disk);
  const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=3m', 'tmpfs', disk]);
  if (mounted.status !== 0) {
    t.skip('needs the right to mount a small tmpfs; the simulated full disk is tested in any case');
    return;
  }
  const clock = new FakeClock();
  const store = createStore({ dataDir: join(disk, 'data'), clock, retryMs: 1000 });
  try {
    const alerts = new SqliteAlertStore({
      store,
      audit: new AuditLog({ store, now: clock.now }),
      now: clock.now,
      policy: () => undefined,
    });
    alerts.insert(makeAlert(1), makeEvidence(1, 10_000));
    // What somebody else put there fills it to the last byte.
    const filler = join(disk, 'filler');
    assert.throws(() => writeFileSync(filler, new Uint8Array(4_000_000)), { code: 'ENOSPC' });
    for (const n of [2, 3]) {
      assert.equal(alerts.insert(makeAlert(n), makeEvidence(n, 100_000)).stored, false);
    }
    assert.deepEqual(
      alerts.list().map(({ stored }) => stored),
      [false, false, true],
    );
    clock.advance(1000);
    assert.equal(alerts.unstored().waiting, 2);
    rmSync(filler);
    clock.advance(1000);
    assert.equal(alerts.unstored().waiting, 0);
    assert.equal(store.health().durable, true);
    assert.deepEqual(
      alerts.list().map(({ stored }) => stored),
      [true, true, true],
    );
    assert.equal(store.prepare('PRAGMA integrity_check').get()?.['integrity_check'], 'ok');
  } finally {
    store.close();
    spawnSync('umount', [disk]);
  }
});
