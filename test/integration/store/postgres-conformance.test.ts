import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { DatabaseSync } from 'node:sqlite';
import { after, before, describe, it } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import type { Worker } from 'node:worker_threads';
import { AuditLog } from '../../../src/store/audit-log.ts';
import { migrate } from '../../../src/store/migrate.ts';
import { migrations } from '../../../src/store/migrations.ts';
import { openStore } from '../../../src/store/postgres/open-store.ts';
import { PostgresServer, withoutPostgres } from '../../support/store/postgres-server.ts';
import { temporaryFolder } from '../../support/store/temporary-folder.ts';

/** Tests of services that run on both databases; `npm run test:postgres` runs more of them. */
const bounded = [
  'test/unit/services/acceptance/acceptance-tests.test.ts',
  'test/unit/services/alerts/review-queue.test.ts',
  'test/unit/services/alerts/sightings.test.ts',
  'test/unit/services/federation/site-alerts.test.ts',
  'test/unit/services/shadow/shadow-runs.test.ts',
  'test/unit/services/shifts/notes-seen.test.ts',
];
/** What is about files of SQLite. */
const ofSqlite = '/byte by byte|along an index/';

describe('PostgreSQL as the store', { skip: withoutPostgres }, () => {
  // One for all of them, each with a schema of its own: to make one takes seconds.
  let server: PostgresServer;
  before(async () => {
    server = await PostgresServer.start();
  });
  after(() => server[Symbol.asyncDispose]());
  const urlOf = (schema: string) => `${server.url}?schema=${schema}`;

  it('has the tables, columns and keys of SQLite', async (t) => {
    openStore({ dataDir: temporaryFolder(t) }, server.url).close();
    using sqlite = new DatabaseSync(':memory:');
    migrate(sqlite, 0);
    const tables = sqlite
      .prepare("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")
      .all()
      .map(({ name }) => String(name));
    assert.ok(tables.length > 30);
    const rows = (sql: string) => server.sql(sql).split('\n').filter(Boolean).sort();
    assert.deepEqual(
      rows("SELECT tablename FROM pg_tables WHERE schemaname = 'nightglass'"),
      tables.toSorted(),
    );
    const columnsOf = new Map(
      tables.map((table) => [table, sqlite.prepare(`PRAGMA table_xinfo(${table})`).all()]),
    );
    assert.deepEqual(
      rows(`SELECT table_name || '.' || column_name || ' ' || (is_nullable = 'NO')
        FROM information_schema.columns
        WHERE table_schema = 'nightglass' AND column_name <> 'rowid'`),
      [...columnsOf]
        .flatMap(([table, columns]) =>
          columns.map(
            ({ name, notnull, pk }) => `${table}.${name} ${notnull === 1 || Number(pk) > 0}`,
          ),
        )
        .sort(),
    );
    assert.deepEqual(
      rows(`SELECT t.relname || ' ' || string_agg(a.attname, ',' ORDER BY a.attname)
        FROM pg_index AS i JOIN pg_class AS t ON t.oid = i.indrelid
        JOIN pg_attribute AS a ON a.attrelid = i.indrelid AND a.attnum = ANY (i.indkey)
        WHERE i.indisunique AND t.relnamespace = 'nightglass'::regnamespace
        GROUP BY i.indexrelid, t.relname`).filter((key) => !key.endsWith(' rowid')),
      [...columnsOf]
        .flatMap(([table, columns]) =>
          uniqueKeys(sqlite, table, columns).map((key) => `${table} ${key}`),
        )
        .sort(),
    );
    assert.equal(
      server.sql('SELECT max(version) FROM nightglass.schema_migrations'),
      String(migrations.length),
    );
  });

  it('gives up a server that hangs, fails at once from then on, and comes back by itself', async (t) => {
    const store = openStore({ dataDir: temporaryFolder(t) }, urlOf('hangs'));
    t.after(() => store.close());
    const put = () =>
      store.write(() =>
        store.prepare('INSERT INTO alert_retention VALUES (?, 1)').run(randomUUID()),
      );
    put();
    t.after(() => server.resume());
    server.pause();
    const [first, second] = [0, 1].map(() => {
      const from = performance.now();
      assert.throws(put, { code: 'STORE_UNWRITABLE' });
      return performance.now() - from;
    });
    assert.ok(Number(first) < 30_000 && Number(second) < Number(first) / 4, `${first} ${second}`);
    assert.equal(store.health().durable, false);
    server.resume();
    for (let tries = 0; !store.retry() && tries < 900; tries += 1) await wait(100);
    put();
    assert.equal(store.health().durable, true);
  });

  it('starts the thread of its connection again when that ends, also twice in a row', async (t) => {
    const started: Worker[] = [];
    const onWorker = (worker: Worker) => started.push(worker);
    process.on('worker', onWorker);
    t.after(() => process.off('worker', onWorker));
    const faults: boolean[] = [];
    const store = openStore(
      {
        dataDir: temporaryFolder(t),
        holdsFolder: true,
        onFault: ({ durable }) => faults.push(durable),
      },
      urlOf('thread'),
    );
    t.after(() => store.close());
    const put = (id: string) =>
      store.write(() => store.prepare('INSERT INTO alert_retention VALUES (?, 1)').run(id));
    put('before');
    for (const turn of [1, 2]) {
      // Node tells of a new thread in a later turn.
      for (let tries = 0; started.length < turn && tries < 900; tries += 1) await wait(100);
      await started.at(-1)?.terminate();
      assert.equal(store.health().durable, false);
      const from = performance.now();
      assert.throws(() => put('meanwhile'), { code: 'STORE_UNWRITABLE' });
      assert.ok(performance.now() - from < 1000, 'it must not wait for what has ended');
      for (let tries = 0; !store.retry() && tries < 900; tries += 1) await wait(100);
      put(`after ${turn}`);
    }
    assert.deepEqual(faults, [false, true, false, true]);
    assert.equal(store.prepare('SELECT count(*) AS n FROM alert_retention').get()?.['n'], 3);
  });

  it('hears within a second of what another program changed, and not of its own', async (t) => {
    const [one, other] = [0, 1].map(() => {
      const store = openStore({ dataDir: temporaryFolder(t) }, urlOf('heard'));
      t.after(() => store.close());
      return store;
    });
    assert.ok(one && other);
    const before = one.externalVersion();
    one.prepare('INSERT INTO alert_retention VALUES (?, 1)').run('own');
    await wait(200);
    assert.equal(one.externalVersion(), before);
    other.prepare('INSERT INTO alert_retention VALUES (?, 1)').run('foreign');
    for (let tries = 0; one.externalVersion() === before && tries < 300; tries += 1)
      await wait(100);
    assert.notEqual(one.externalVersion(), before);
  });

  it('keeps nothing of a transaction that failed, caught or not, and one chain of records', async (t) => {
    const stores = [0, 1].map(() => {
      const store = openStore({ dataDir: temporaryFolder(t) }, urlOf('undone'));
      t.after(() => store.close());
      return store;
    });
    const [one, other] = stores;
    assert.ok(one && other);
    const put = (id: string) => one.prepare('INSERT INTO alert_retention VALUES (?, 1)').run(id);
    put('a');
    assert.throws(() =>
      one.write(() => {
        put('b');
        assert.throws(() => put('a'), { errcode: 19 });
      }),
    );
    assert.equal(one.prepare('SELECT count(*) AS n FROM alert_retention').get()?.['n'], 1);
    for (let turn = 0; turn < 20; turn += 1) {
      const store = turn % 2 === 0 ? one : other;
      new AuditLog({ store, now: Date.now }).append({
        who: 'w',
        what: 'token.created',
        target: '',
      });
    }
    const heads = new AuditLog({ store: one, now: Date.now }).list();
    assert.deepEqual(
      heads.map(({ sequence }) => sequence),
      heads.map((_, at) => at + 1),
    );
    assert.throws(() => one.prepare('DELETE FROM audit').run(), /append-only/);
    assert.throws(() => one.prepare('TRUNCATE audit').run(), /append-only/);
  });

  it('passes the tests of services that SQLite passes', async () => {
    const child = spawn(
      process.execPath,
      ['--test', `--test-skip-pattern=${ofSqlite}`, '--test-reporter=tap', ...bounded],
      {
        env: { ...withoutRunner(process.env), NIGHTGLASS_TEST_POSTGRES: server.url },
        stdio: ['ignore', 'pipe', 'inherit'],
      },
    );
    let told = '';
    for await (const piece of child.stdout) told += String(piece);
    const code = child.exitCode ?? (await new Promise((resolve) => child.once('exit', resolve)));
    assert.equal(code, 0, told.slice(-8000));
    assert.ok(Number(/^# pass (\d+)/m.exec(told)?.[1]) > 10, told.slice(-2000));
  });
});

/** Of a table, each as its sorted columns. */
function uniqueKeys(
  sqlite: DatabaseSync,
  table: string,
  columns: readonly Record<string, unknown>[],
): string[] {
  const primary = columns.filter(({ pk }) => Number(pk) > 0).map(({ name }) => String(name));
  const others = sqlite
    .prepare(`PRAGMA index_list(${table})`)
    .all()
    .filter((index) => index['unique'] === 1 && index['origin'] !== 'pk')
    .map((index) =>
      sqlite
        .prepare(`PRAGMA index_info(${String(index['name'])})`)
        .all()
        .map(({ name }) => String(name)),
    );
  return [primary, ...others].map((key) => key.toSorted().join(',')).sort();
}

/** A test run within one must not take part in it. */
function withoutRunner(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const { NODE_TEST_CONTEXT: _, ...rest } = env;
  return rest;
}
