import assert from 'node:assert/strict';
import { existsSync, renameSync, rmSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { createStore } from '../../../src/store/create-store.ts';
import { elsewhereMarkName } from '../../../src/store/elsewhere-mark.ts';
import { lockDataFolder } from '../../../src/store/lock-data-folder.ts';
import { moveStore } from '../../../src/store/move/move-store.ts';
import { purgeMovedCopies } from '../../../src/store/move/moved-copies.ts';
import { databaseFileName } from '../../../src/store/open-database.ts';
import { openStore } from '../../../src/store/postgres/open-store.ts';
import { runCommand } from '../../support/cli/run-command.ts';
import { servicesOn } from '../../support/services/faces-in-store.ts';
import {
  installation,
  readRecords,
  readSqlite,
} from '../../support/services/installation-fixture.ts';
import { coded } from '../../support/store/backup-fixture.ts';
import { PostgresServer, withoutPostgres } from '../../support/store/postgres-server.ts';
import { temporaryFolder } from '../../support/store/temporary-folder.ts';

const now = Date.now;
const day = 86_400_000;

describe('moving an installation to PostgreSQL', { skip: withoutPostgres }, () => {
  let server: PostgresServer;
  before(async () => {
    server = await PostgresServer.start();
  });
  after(() => server[Symbol.asyncDispose]());
  /** Each test has a schema of its own. */
  const urlOf = (schema: string) => `${server.url}?schema=${schema}`;

  it('takes lists, people, alerts, accounts and the audit log along, and one can go back', async (t) => {
    const { dataDir, keys, config } = installation(t, urlOf('whole'));
    const expected = readSqlite(dataDir, keys);
    const { code, stdout, stderr } = await runCommand(['store', 'move', '-c', config, '--json']);
    assert.equal(code, 0, stderr);
    const { rows, aside } = JSON.parse(stdout) as { rows: Record<string, number>; aside: string };
    for (const [table, count] of Object.entries(expected.counts)) {
      assert.equal(rows[table] ?? 0, count, table);
    }
    assert.match(stderr, /(\d+) of \1 rows/);
    assert.ok(!existsSync(join(dataDir, databaseFileName)));
    assert.throws(() => createStore({ dataDir }), coded('STORE_REFUSED'));

    const verified = await runCommand(['audit', 'verify', '-c', config]);
    assert.equal(verified.code, 0, verified.stdout + verified.stderr);
    const store = openStore({ dataDir, keys: keys(), holdsFolder: true }, urlOf('whole'));
    const { content, lastEvent } = readRecords(store);
    assert.deepEqual(
      [content.people.length, content.page.length, content.accounts.length],
      [6, 5, 1],
    );
    assert.deepEqual(content, expected.content);
    assert.deepEqual(
      [rows['acceptance_tests'], rows['volunteers'], rows['acceptance_walks']],
      [1, 1, 2],
    );
    const { audit, lists } = servicesOn(store, now);
    const [moved] = audit.list({ order: 'newest', limit: 1 });
    assert.equal(moved?.what, 'store.moved');
    // Numbers go on, also beyond those of rows that were gone before.
    const sequence = store
      .prepare(
        `INSERT INTO alert_events (alert_id, change, body)
         SELECT alert_id, change, body FROM alert_events LIMIT 1 RETURNING sequence`,
      )
      .get()?.['sequence'];
    assert.ok(Number(sequence) > lastEvent, `${sequence} ${lastEvent}`);
    lists.addPerson(content.lists[0]?.id ?? '', { name: 'Later' });
    store.close();

    // Back: the file as it was, without what came later.
    rmSync(join(dataDir, elsewhereMarkName));
    const back = await runCommand(['store', 'restore', aside, '--data', dataDir]);
    assert.equal(back.code, 0, back.stderr);
    assert.deepEqual(readSqlite(dataDir, keys).content, expected.content);
    const again = await runCommand(['audit', 'verify', '--data', dataDir]);
    assert.equal(again.code, 0, again.stdout + again.stderr);
    assert.equal(statSync(dirname(aside)).mode & 0o777, 0o700);
    assert.deepEqual(purgeMovedCopies(dataDir, now() - day), []);
    assert.equal(purgeMovedCopies(dataDir, now() + day).length, 1);
    assert.ok(!existsSync(aside));
  });

  it('refuses an address on the command line, a schema in use, and a folder in use', async (t) => {
    const { dataDir, keys } = installation(t, urlOf('unused'));
    const expected = readSqlite(dataDir, keys).content;
    const shown = await runCommand([
      ...['store', 'move', '--data', dataDir, '--to'],
      'postgres://u:correct-horse@127.0.0.1/x',
    ]);
    assert.equal(shown.code, 2);
    assert.ok(!(shown.stderr + shown.stdout).includes('correct-horse'));
    const used = openStore({ dataDir: temporaryFolder(t) }, urlOf('used'));
    used.prepare('INSERT INTO alert_retention VALUES (?, 1)').run('list');
    const order = { dataDir, url: urlOf('used'), now: now() };
    assert.throws(() => moveStore(order), coded('STORE_REFUSED'));
    used.close();
    const running = lockDataFolder(dataDir);
    assert.throws(() => moveStore({ ...order, url: urlOf('free') }), coded('STORE_IN_USE'));
    running.close();
    const command = createStore({ dataDir, keys: 'unneeded' });
    assert.throws(() => moveStore({ ...order, url: urlOf('free') }), coded('STORE_IN_USE'));
    command.close();
    const empty = temporaryFolder(t);
    assert.throws(() => moveStore({ ...order, dataDir: empty }), coded('USAGE'));
    assert.deepEqual(readSqlite(dataDir, keys).content, expected);
    assert.equal(server.sql('SELECT count(*) FROM used.alert_retention'), '1');
    assert.equal(server.sql("SELECT 1 FROM pg_namespace WHERE nspname = 'free'"), '');
  });

  it('leaves nothing behind where it fails, and ends what a crash left', (t) => {
    const { dataDir, keys } = installation(t, urlOf('again'));
    const order = { dataDir, url: urlOf('again'), now: now() };
    const expected = readSqlite(dataDir, keys);
    assert.throws(
      () =>
        moveStore({
          ...order,
          onProgress(done, all) {
            if (done > all / 2) throw new RangeError('a crash on the way');
          },
        }),
      RangeError,
    );
    assert.equal(server.sql('SELECT count(*) FROM again.people'), '0');
    // What PostgreSQL keeps otherwise is found: here a trigger, elsewhere a fault.
    server.sql(`CREATE FUNCTION again.change() RETURNS trigger LANGUAGE plpgsql AS
      'BEGIN NEW.days := NEW.days + 1; RETURN NEW; END';
      CREATE TRIGGER change BEFORE INSERT ON again.alert_retention
      FOR EACH ROW EXECUTE FUNCTION again.change()`);
    assert.throws(() => moveStore(order), { code: 'STORE_REFUSED', message: /alert_retention/ });
    assert.equal(server.sql('SELECT count(*) FROM again.people'), '0');
    assert.deepEqual(readSqlite(dataDir, keys), expected);
    server.sql('DROP TRIGGER change ON again.alert_retention');
    const { aside, rows } = moveStore(order);
    assert.ok(Number(rows['people']) > 0);

    // As a program that died before its last step leaves it.
    renameSync(aside, join(dataDir, databaseFileName));
    assert.throws(() => openStore({ dataDir }, order.url), coded('STORE_REFUSED'));
    const ended = moveStore({ ...order, now: order.now + 1 });
    assert.deepEqual(ended.rows, {});
    const store = openStore({ dataDir, keys: keys() }, order.url);
    assert.deepEqual(readRecords(store).content, expected.content);
    store.close();
  });
});
