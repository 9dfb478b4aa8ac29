import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { chmodSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { isNightglassError } from '../../../src/domain/errors.ts';
import { SqliteAlertStore } from '../../../src/services/alerts/alert-store.ts';
import { AuditLog } from '../../../src/store/audit-log.ts';
import { createStore } from '../../../src/store/create-store.ts';
import type { StoreHealth } from '../../../src/store/store.ts';
import { FakeClock } from '../../support/fake-clock.ts';
import { makeAlert, makeEvidence } from '../../support/store/alert-fixture.ts';
import { fillDisk, openStore, silentLog } from '../../support/store/open-store.ts';
import { temporaryFolder } from '../../support/store/temporary-folder.ts';

const insertToken =
  "INSERT INTO tokens VALUES (?, ?, ?, 'viewer', '[]', '[]', 0, NULL, NULL, '[]', '[]')";

describe('createStore', () => {
  it('writes all of a transaction or nothing', (t) => {
    const { store } = openStore(t);
    const count = () => store.prepare('SELECT count(*) AS n FROM tokens').get()?.['n'];
    assert.throws(
      () =>
        store.write(() => {
          store.prepare(insertToken).run('1', 'a', new Uint8Array([1]));
          throw new RangeError('mine');
        }),
      RangeError,
    );
    assert.equal(count(), 0);
    store.write(() =>
      store.write(() => store.prepare(insertToken).run('1', 'a', new Uint8Array([1]))),
    );
    assert.equal(count(), 1);
    assert.equal(store.health().durable, true);
  });

  it('passes on a broken constraint without calling the disk bad', (t) => {
    const { store } = openStore(t);
    const insert = () =>
      store.write(() => store.prepare(insertToken).run('1', 'a', new Uint8Array([1])));
    insert();
    assert.throws(insert, /UNIQUE/);
    assert.equal(store.health().durable, true);
  });

  it('tells of a full disk and of its end, once each', (t) => {
    const told: StoreHealth[] = [];
    const errors: object[] = [];
    const { store, clock } = openStore(t, {
      onFault: (health) => told.push(health),
      log: { ...silentLog, error: (details) => errors.push(details) },
      retryMs: 1000,
    });
    const free = fillDisk(store);
    const big = () =>
      store.write(() => store.prepare(insertToken).run('1', 'a', new Uint8Array(100_000)));
    for (let i = 0; i < 2; i += 1) {
      assert.throws(big, (error) => isNightglassError(error, 'STORE_UNWRITABLE'));
    }
    assert.equal(store.health().durable, false);
    assert.match(store.health().reason ?? '', /full/);
    assert.equal(told.length, 1);
    assert.equal(errors.length, 1);
    free();
    clock.advance(1000);
    assert.deepEqual(
      told.map(({ durable }) => durable),
      [false, true],
    );
    big();
  });

  it('stays degraded while a listener cannot write what waits', (t) => {
    const { store, clock } = openStore(t, { retryMs: 1000 });
    let fail = true;
    store.onRecovery(() => {
      if (fail) throw new Error('still full');
    });
    store.degrade(new Error('full'));
    clock.advance(1000);
    assert.equal(store.health().durable, false);
    fail = false;
    clock.advance(1000);
    assert.equal(store.health().durable, true);
    assert.equal(clock.pending, 0);
  });

  it('refuses at once a folder that takes no writes, also where the system can hold none', (t) => {
    const folder = temporaryFolder(t);
    writeFileSync(join(folder, 'file'), 'stands in the way');
    for (const dataDir of [join(folder, 'file', 'data'), '/proc/nope', '/proc/nope/data']) {
      const started = performance.now();
      assert.throws(
        () => createStore({ dataDir }),
        (error) => isNightglassError(error, 'STORE_UNWRITABLE'),
      );
      assert.ok(performance.now() - started < 1000, dataDir);
    }
  });

  it('calls back after the commit, and never where there is none', (t) => {
    const { store } = openStore(t);
    const called: string[] = [];
    const count = () => store.prepare('SELECT count(*) AS n FROM tokens').get()?.['n'];
    store.write(() => {
      store.write(() => store.prepare(insertToken).run('1', 'a', new Uint8Array([1])));
      store.afterCommit(() => called.push(`committed ${count()}`));
      called.push('worked');
    });
    assert.throws(() =>
      store.write(() => {
        store.afterCommit(() => called.push('never'));
        throw new RangeError('mine');
      }),
    );
    store.afterCommit(() => called.push('at once'));
    assert.deepEqual(called, ['worked', 'committed 1', 'at once']);
  });

  it('refuses a damaged file at every start, leaves it where it is, and reads none of it', (t) => {
    const dataDir = temporaryFolder(t);
    const file = join(dataDir, 'nightglass.db');
    writeFileSync(file, 'x'.repeat(9000));
    for (let start = 0; start < 3; start += 1) {
      assert.throws(
        () => createStore({ dataDir }),
        (error) => isNightglassError(error, 'STORE_CORRUPT'),
      );
      assert.equal(readFileSync(file, 'utf8'), 'x'.repeat(9000));
    }
  });

  it('sees that another process changed something, and not its own writes', (t) => {
    const { store, dataDir } = openStore(t);
    const before = store.externalVersion();
    store.write(() => store.prepare(insertToken).run('1', 'a', new Uint8Array([1])));
    assert.equal(store.externalVersion(), before);
    const other = createStore({ dataDir, clock: new FakeClock() });
    other.write(() => other.prepare(insertToken).run('2', 'b', new Uint8Array([2])));
    assert.notEqual(store.externalVersion(), before);
    other.close();
  });

  it('refuses use after close; close is idempotent', (t) => {
    const { store } = openStore(t);
    store.close();
    store.close();
    assert.throws(() => store.prepare('SELECT 1'), TypeError);
    assert.throws(() => store.write(() => 1), TypeError);
    assert.equal(store.retry(), false);
  });

  for (const state of ['closed cleanly', 'left with a journal'] as const) {
    it(`reads a folder that it may not write, database ${state}`, (t) => {
      const root = process.getuid?.() === 0;
      const dataDir = temporaryFolder(t);
      const store = createStore({ dataDir });
      const alerts = new SqliteAlertStore({
        store,
        audit: new AuditLog({ store, now: Date.now }),
        now: Date.now,
        policy: () => undefined,
      });
      alerts.insert(makeAlert(1), makeEvidence(1));
      if (state === 'closed cleanly') store.close();
      for (const file of readdirSync(dataDir)) chmodSync(join(dataDir, file), 0o444);
      chmodSync(dataDir, 0o555);
      // Root may write everywhere: the child becomes nobody.
      const child = spawnSync(
        process.execPath,
        [
          new URL('../../support/store/read-only-child.ts', import.meta.url).pathname,
          dataDir,
          ...(root ? ['65534'] : []),
        ],
        { encoding: 'utf8' },
      );
      chmodSync(dataDir, 0o755);
      store.close();
      assert.equal(child.status, 0, child.stderr);
      const seen = JSON.parse(child.stdout);
      assert.equal(seen.health.mode, 'read-only');
      assert.equal(seen.health.durable, false);
      assert.deepEqual(
        seen.listed.map(({ stored }: { stored: boolean }) => stored),
        [false, true],
      );
    });
  }
});
