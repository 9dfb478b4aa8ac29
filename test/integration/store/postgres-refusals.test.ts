import assert from 'node:assert/strict';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { inspect } from 'node:util';
import type { ErrorCode } from '../../../src/domain/errors.ts';
import { isNightglassError } from '../../../src/domain/errors.ts';
import {
  createPostgresStore,
  defaultLimits,
} from '../../../src/store/postgres/create-postgres-store.ts';
import { openStore } from '../../../src/store/postgres/open-store.ts';
import { readPostgresAddress } from '../../../src/store/postgres/postgres-address.ts';
import { hasOpenssl, makeAuthority } from '../../support/gateway/certificates.ts';
import { CommitCutter } from '../../support/store/commit-cutter.ts';
import { PostgresServer, withoutPostgres } from '../../support/store/postgres-server.ts';
import { temporaryFolder } from '../../support/store/temporary-folder.ts';

const password = 'correct-horse-battery';
const wrong = 'wrong-donkey-charger';

describe('what PostgreSQL refuses', { skip: withoutPostgres }, () => {
  it('says login, database and right, and never a password', async (t) => {
    await using server = await PostgresServer.start();
    server.sql(`CREATE ROLE guest LOGIN PASSWORD '${password}'`);
    const guest = (secret: string, database?: string) =>
      server.urlOf('guest', database).replace('@', `:${secret}@`);
    refused(t, guest(wrong), 'STORE_REFUSED', /password authentication failed/);
    refused(t, server.urlOf('guest'), 'STORE_REFUSED', /password/);
    refused(t, guest(password, 'nowhere'), 'STORE_REFUSED', /"nowhere" does not exist/);
    refused(t, guest(password), 'STORE_REFUSED', /permission denied for database/);
    assert.equal(server.sql("SELECT 1 FROM pg_namespace WHERE nspname = 'nightglass'"), '');
    server.sql('GRANT CREATE ON DATABASE postgres TO guest');
    openStore({ dataDir: temporaryFolder(t) }, guest(password)).close();
    // A schema of somebody else's.
    server.sql('CREATE ROLE other LOGIN PASSWORD NULL');
    server.sql('ALTER SCHEMA nightglass OWNER TO other');
    server.sql('REVOKE ALL ON SCHEMA nightglass FROM guest');
    refused(t, guest(password), 'STORE_REFUSED', /permission denied/);
    const verified = `${guest(password)}?sslmode=verify-full`;
    refused(t, verified, 'STORE_UNREACHABLE', /does not support SSL/);
    await server.kill();
    refused(t, guest(password), 'STORE_UNREACHABLE', /ECONNREFUSED/);
  });

  it('encrypts for the certificate that is trusted, under its name, and for no other', {
    skip: !hasOpenssl,
  }, async (t) => {
    const authority = makeAuthority('Database');
    const folder = temporaryFolder(t);
    const file = (name: string, text: string) => {
      writeFileSync(join(folder, name), text);
      return `sslmode=verify-full&sslrootcert=${encodeURIComponent(join(folder, name))}`;
    };
    const trusted = file('ca.pem', authority.certificate);
    await using server = await PostgresServer.start(authority.issue('IP:127.0.0.1'));
    const store = openStore({ dataDir: temporaryFolder(t) }, `${server.url}?${trusted}`);
    assert.equal(
      server.sql(
        "SELECT bool_and(ssl) FROM pg_stat_ssl JOIN pg_stat_activity USING (pid) WHERE application_name = 'nightglass'",
      ),
      't',
    );
    store.close();
    refused(t, `${server.url}?sslmode=verify-full`, 'STORE_REFUSED', /certificate/);
    const other = file('other.pem', makeAuthority('Another').certificate);
    refused(t, `${server.url}?${other}`, 'STORE_REFUSED', /certificate/);
    await using misnamed = await PostgresServer.start(authority.issue('DNS:localhost'));
    refused(t, `${misnamed.url}?${trusted}`, 'STORE_REFUSED', /127\.0\.0\.1/);
  });

  it('asks the server what became of a commit whose connection was lost', async (t) => {
    await using server = await PostgresServer.start();
    await using cutter = await CommitCutter.start(server.url);
    const limits = { ...defaultLimits, doubtMs: 60_000, statementMs: 30_000 };
    const address = readPostgresAddress(cutter.url);
    const store = createPostgresStore({ dataDir: temporaryFolder(t) }, address, limits);
    t.after(() => store.close());
    let told = 0;
    const put = (id: string) =>
      store.write(() => {
        store.prepare('INSERT INTO alert_retention VALUES (?, 1)').run(id);
        store.afterCommit(() => {
          told += 1;
        });
      });
    cutter.cutNext('after');
    put('committed');
    assert.ok(cutter.hasCut);
    assert.equal(told, 1);
    cutter.cutNext('before');
    assert.throws(() => put('undone'), { code: 'STORE_UNWRITABLE' });
    assert.ok(cutter.hasCut);
    assert.equal(told, 1);
    assert.equal(server.sql('SELECT watchlist_id FROM nightglass.alert_retention'), 'committed');
    assert.ok(store.retry());
    put('later');
    assert.equal(told, 2);
  });
});

/** Holds whatever of the failure could be shown against the passwords. */
function refused(t: TestContext, url: string, code: ErrorCode, why: RegExp): void {
  const dataDir = temporaryFolder(t);
  assert.throws(
    () => openStore({ dataDir }, url),
    (error) => {
      assert.ok(isNightglassError(error, code), inspect(error));
      assert.match(error.message, why);
      const shown = inspect(error, { depth: 10, showHidden: true }) + JSON.stringify(error);
      assert.ok(!shown.includes(password) && !shown.includes(wrong), 'a password is shown');
      return true;
    },
  );
  assert.ok(!existsSync(join(dataDir, 'nightglass.db')));
}
