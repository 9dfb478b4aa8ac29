import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { systemClock } from '../../../src/domain/clock.ts';
import { AccountStore } from '../../../src/services/access/account-store.ts';
import { FactorRecords, placeOf } from '../../../src/services/access/factors/factor-records.ts';
import { PasswordHasher } from '../../../src/services/access/password-hasher.ts';
import { AuditLog } from '../../../src/store/audit-log.ts';
import { CameraTable } from '../../../src/store/camera-table.ts';
import { createStore } from '../../../src/store/create-store.ts';
import { FactorTable } from '../../../src/store/factor-table.ts';
import {
  keysInFolder,
  makeSecretKey,
  replaceKeysInFolder,
  secretBox,
} from '../../../src/store/secret-box.ts';
import { runCommand } from '../../support/cli/run-command.ts';
import { temporaryFolder } from '../../support/store/temporary-folder.ts';

const login = JSON.stringify({ username: 'op', password: 'never-to-be-seen' });
const ids = ['gate', 'yard', 'door'];

/** A data folder with three cameras, one of which has no login. */
function setUp(t: TestContext) {
  const dataDir = join(temporaryFolder(t), 'data');
  const withStore = <T>(work: (store: ReturnType<typeof createStore>) => T): T => {
    const store = createStore({ dataDir });
    try {
      return work(store);
    } finally {
      store.close();
    }
  };
  withStore((store) => {
    const box = secretBox(() => keysInFolder(dataDir));
    for (const id of ids) {
      const sealed = id === 'door' ? null : box.seal(login, id);
      const setup = { url: `rtsp://${id}.invalid/` };
      const row = { id, setup, login: sealed, paused: false, createdAt: 1, updatedAt: 1 };
      store.write(() => new CameraTable(store).put(row));
    }
    const now = Date.now;
    const audit = new AuditLog({ store, now });
    const hasher = new PasswordHasher(systemClock);
    const accounts = new AccountStore({ store, audit, now, hasher });
    const { account } = accounts.invite({ name: 'ann', role: 'viewer' });
    const monotonic = () => performance.now();
    const records = new FactorRecords({ store, audit, box, now, monotonic, policy: 'optional' });
    records.add(account, { kind: 'totp', name: 'Phone', secret: 'JBSWY3DPEHPK3PXP' }, 0, false);
  });
  return {
    dataDir,
    rotate: () => runCommand(['store', 'rotate-login-key', '--data', dataDir, '--json']),
    sealed: () => withStore((store) => new CameraTable(store).list().map((row) => row.login)),
    /** Each login as the keys in the folder open it. */
    logins: () =>
      withStore((store) => {
        const box = secretBox(() => keysInFolder(dataDir));
        return new CameraTable(store).list().map((row) => row.login && box.open(row.login, row.id));
      }),
    /** The secret of the one second factor. */
    factorSecret: () =>
      withStore((store) => {
        const [row] = new FactorTable(store).list();
        assert.ok(row);
        return secretBox(() => keysInFolder(dataDir)).open(row.secret, placeOf(row.id));
      }),
    records: () =>
      withStore(
        (store) =>
          new AuditLog({ store, now: Date.now })
            .list({ limit: 50 })
            .filter(({ what }) => what === 'cameras.login_key_changed').length,
      ),
  };
}

describe('the key of cameras’ logins', { timeout: 120_000 }, () => {
  it('is replaced: the new one alone opens them all', async (t) => {
    const { dataDir, rotate, sealed, logins, records, factorSecret } = setUp(t);
    const before = keysInFolder(dataDir);
    const { code, stdout, stderr } = await rotate();
    assert.equal(code, 0, stderr);
    assert.deepEqual(JSON.parse(stdout), {
      ...{ logins: 2, lost: [] },
      devices: { sealed: 0, removed: 0 },
      factors: { sealed: 1, lost: 0 },
    });
    assert.equal(factorSecret(), 'JBSWY3DPEHPK3PXP');
    const after = keysInFolder(dataDir);
    assert.equal(after.length, 1);
    assert.notDeepEqual(after, before);
    assert.deepEqual(logins(), [login, login, null].toSorted());
    const [, first] = sealed();
    const old = secretBox(() => before);
    assert.ok(first);
    assert.throws(() => old.open(first, 'gate'));
    assert.equal(records(), 1);
  });

  it('leaves every login readable wherever it is killed, and the same command finishes', async (t) => {
    const { dataDir, rotate, logins } = setUp(t);
    const whole = logins();
    // Killed before the logins have the new key: both are in the file.
    replaceKeysInFolder(dataDir, [makeSecretKey(), ...keysInFolder(dataDir)]);
    assert.deepEqual(logins(), whole);
    assert.equal((await rotate()).code, 0);
    assert.deepEqual(logins(), whole);
    // Killed after they have it: the old one is still in the file.
    replaceKeysInFolder(dataDir, [...keysInFolder(dataDir), randomBytes(32)]);
    assert.deepEqual(logins(), whole);
    assert.equal((await rotate()).code, 0);
    assert.equal(keysInFolder(dataDir).length, 1);
    assert.deepEqual(logins(), whole);
  });

  it('names the cameras whose login no key opens, and keeps them', async (t) => {
    const { dataDir, rotate, sealed, factorSecret } = setUp(t);
    const before = sealed();
    replaceKeysInFolder(dataDir, [makeSecretKey()]);
    const { code, stdout } = await rotate();
    assert.equal(code, 1);
    assert.deepEqual(JSON.parse(stdout), {
      ...{ logins: 0, lost: ['gate', 'yard'] },
      devices: { sealed: 0, removed: 0 },
      factors: { sealed: 0, lost: 1 },
    });
    assert.deepEqual(sealed(), before);
    assert.throws(factorSecret, /sealed with another key/);
  });
});
