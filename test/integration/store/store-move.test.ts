import assert from 'node:assert/strict';
import { existsSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { after, before, describe, it, type TestContext } from 'node:test';
import { createKeyFile } from '../../../src/cli/key-file.ts';
import { systemClock } from '../../../src/domain/clock.ts';
import { AcceptanceTests } from '../../../src/services/acceptance/acceptance-tests.ts';
import { AccountStore } from '../../../src/services/access/account-store.ts';
import { PasswordHasher } from '../../../src/services/access/password-hasher.ts';
import { AcceptanceTable } from '../../../src/store/acceptance-table.ts';
import { createStore } from '../../../src/store/create-store.ts';
import { elsewhereMarkName } from '../../../src/store/elsewhere-mark.ts';
import { StoreKeys } from '../../../src/store/encryption/store-keys.ts';
import { lockDataFolder } from '../../../src/store/lock-data-folder.ts';
import { moveStore } from '../../../src/store/move/move-store.ts';
import { purgeMovedCopies } from '../../../src/store/move/moved-copies.ts';
import { databaseFileName } from '../../../src/store/open-database.ts';
import { openStore } from '../../../src/store/postgres/open-store.ts';
import type { Store } from '../../../src/store/store.ts';
import { runCommand } from '../../support/cli/run-command.ts';
import { putFaces, servicesOn } from '../../support/services/faces-in-store.ts';
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
    const { content, lastEvent } = read(store);
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
    assert.deepEqual(read(store).content, expected.content);
    store.close();
  });
});

/** Encrypted, with lists, people, alerts, accounts and values at the ends of their ranges. */
function installation(t: TestContext, url: string) {
  const folder = temporaryFolder(t);
  const at = (name: string) => join(folder, name);
  const dataDir = at('data');
  createKeyFile(at('keys'));
  writeFileSync(at('url'), `${url}\n`, { mode: 0o600 });
  writeFileSync(
    at('c.yaml'),
    'data: ./data\nstore: { encryption: { keyFile: keys }, url: { file: url } }\n',
  );
  const keys = () => StoreKeys.parse(readFileSync(at('keys'), 'utf8'), 'keys');
  const store = createStore({ dataDir, keys: keys(), holdsFolder: true });
  const { alerts, audit, lists } = putFaces(store, now, 6, 5);
  alerts[Symbol.dispose]();
  const hasher = new PasswordHasher(systemClock);
  new AccountStore({ store, audit, now, hasher }).invite({ name: 'ann', role: 'viewer' });
  putTest(new AcceptanceTests({ store, audit, watchlists: lists, now }));
  store.write(() => {
    const days = store.prepare('INSERT INTO alert_retention VALUES (?, ?)');
    [0.1 + 0.2, 5e-324, 1.7976931348623157e308, 30].forEach((value, n) => {
      days.run(`list ${n}`, value);
    });
    const counts = store.prepare('INSERT INTO outbox_counts VALUES (?, ?, ?)');
    counts.run('d\u00e9j\u00e0 "vu" \u{1f600} \\ \n', '', 9_007_199_254_740_993n);
    counts.run('', 'x', -9_223_372_036_854_775_808n);
    const arming = 'INSERT INTO arming VALUES (?, ?, 1, ?, NULL, 5, ?, 0)';
    store.prepare(arming).run('camera', 'gate', 'person', 6);
    // Its number is never given again.
    store
      .prepare('DELETE FROM alert_events WHERE sequence = (SELECT max(sequence) FROM alert_events)')
      .run();
  });
  store.close();
  return { dataDir, keys, config: at('c.yaml') };
}

/** A test under way with a volunteer, a walk that ended and one that goes on. */
function putTest(tests: AcceptanceTests): void {
  const by = { name: 'ann' };
  const [legalBasis, authorisation, owner] = ['consent', 'File 9', 'Desk 4'];
  const plan = { rate: 0.9, halfWidth: 0.1, fpir: 0.001 };
  const endsAt = now() + 30 * day;
  const list = { name: 'Gate test', legalBasis, authorisation, owner, cameras: '*' as const };
  const { id } = tests.start({ ...list, plan, endsAt }, by);
  const expiresAt = endsAt + day;
  const consent = { givenAt: now(), textVersion: 'v1', textSha256: 'ab', expiresAt };
  tests.addVolunteer(id, { name: 'V 1', groups: { age: '18-39' }, consent }, by);
  const walk = { volunteer: 1, light: 'day' as const, endedAt: null, quietMs: 60_000 };
  tests.addWalk(id, { ...walk, cameraId: 'gate' }, by);
  tests.endWalk(id, 1, by);
  tests.addWalk(id, { ...walk, cameraId: 'door' }, by);
}

function readSqlite(dataDir: string, keys: () => StoreKeys) {
  const store = createStore({ dataDir, keys: keys() });
  const found = read(store);
  store.close();
  using database = new DatabaseSync(join(dataDir, databaseFileName), { readOnly: true });
  const counts = Object.fromEntries(
    database
      .prepare("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")
      .all()
      .map(({ name }) => String(name))
      .filter((name) => name !== 'schema_migrations')
      .map((name) => [
        name,
        Number(database.prepare(`SELECT count(*) AS n FROM ${name}`).get()?.['n']),
      ]),
  );
  const lastEvent = database
    .prepare("SELECT seq FROM sqlite_sequence WHERE name = 'alert_events'")
    .get()?.['seq'];
  return { ...found, counts, lastEvent: Number(lastEvent) };
}

/** What services and tables say. */
function read(store: Store) {
  const { alerts, lists } = servicesOn(store, now);
  const page = alerts.list({ limit: 100 });
  const all = lists.list();
  const acceptance = new AcceptanceTable(store);
  const people = all.flatMap(({ id }) => lists.templatesOfList(id));
  const content = {
    lists: all,
    people,
    portraits: people.map(({ id }) => Buffer.from(lists.templateImage(id) ?? [])),
    page,
    pictures: page.map(({ id }) => Buffer.from(alerts.evidence(id, 'face') ?? [])),
    acceptance: acceptance
      .tests()
      .map((test) => [test, acceptance.volunteers(test.id), acceptance.walks(test.id)]),
    accounts: store
      .prepare('SELECT * FROM accounts ORDER BY id')
      .all()
      .map((row) => ({ ...row })),
    retention: store
      .prepare(
        "SELECT * FROM alert_retention WHERE watchlist_id LIKE 'list %' ORDER BY watchlist_id",
      )
      .all()
      .map((row) => ({ ...row })),
  };
  alerts[Symbol.dispose]();
  const last = store.prepare('SELECT max(sequence) AS last FROM alert_events').get()?.['last'];
  return { content, lastEvent: Number(last) };
}
