import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { after, before, describe, it } from 'node:test';
import { elsewhereMarkName } from '../../../src/store/elsewhere-mark.ts';
import { moveStore } from '../../../src/store/move/move-store.ts';
import { openStore } from '../../../src/store/postgres/open-store.ts';
import { runCommand } from '../../support/cli/run-command.ts';
import { installation, readSqlite } from '../../support/services/installation-fixture.ts';
import { alertId } from '../../support/store/alert-fixture.ts';
import { tableRows } from '../../support/store/data-folder-content.ts';
import { PostgresServer, withoutPostgres } from '../../support/store/postgres-server.ts';
import { temporaryFolder } from '../../support/store/temporary-folder.ts';

const root = join(import.meta.dirname, '..', '..', '..');

describe('a backup of records in PostgreSQL', { skip: withoutPostgres, timeout: 600_000 }, () => {
  let server: PostgresServer;
  before(async () => {
    server = await PostgresServer.start();
  });
  after(() => server[Symbol.asyncDispose]());
  const urlOf = (schema: string) => `${server.url}?schema=${schema}`;

  it('restores as SQLite what was there at its moment, and moves back row by row', async (t) => {
    const { folder, dataDir, keys, config } = installation(t, urlOf('first'));
    const before = readSqlite(dataDir, keys);
    const moved = await runCommand(['store', 'move', '-c', config]);
    assert.equal(moved.code, 0, moved.stderr);
    const key = join(folder, 'backup.key');
    const made = await runCommand(['backup', 'create-key', key, '--json']);
    const { recipient } = JSON.parse(made.stdout) as { recipient: string };
    const file = join(folder, 'now.age');
    const back = await runCommand(['backup', file, '-c', config, '--recipient', recipient]);
    assert.equal(back.code, 0, back.stderr);
    assert.ok(!readdirSync(dataDir).some((name) => name.includes('snapshot')));

    // A person's data are answered from there as well.
    const [person = assert.fail()] = before.content.people;
    const asked = ['evidence', 'subject', person.personId, '-c', config, '--preview'];
    const answered = await runCommand(asked);
    assert.equal(answered.code, 0, answered.stderr);
    assert.match(answered.stdout, /^1 enrolments/m);

    // What comes after it is not in it.
    const store = openStore({ dataDir, keys: keys() }, urlOf('first'));
    store.prepare('INSERT INTO alert_retention VALUES (?, 3)').run('later');
    store.close();

    const open = ['--key', key];
    const verified = await runCommand(['backup', 'verify', file, ...open]);
    assert.equal(verified.code, 0, verified.stderr);
    assert.match(verified.stdout, /its records were in PostgreSQL/);
    const restoredDir = join(folder, 'restored');
    const restored = await runCommand(['restore', file, ...open, '--data', restoredDir]);
    assert.equal(restored.code, 0, restored.stderr);
    assert.equal(existsSync(join(restoredDir, elsewhereMarkName)), false);
    const found = readSqlite(restoredDir, keys);
    assert.deepEqual(found.content, before.content);
    assert.equal(found.lastEvent, before.lastEvent);
    const audited = await runCommand(['audit', 'verify', '--data', restoredDir]);
    assert.equal(audited.code, 0, audited.stdout + audited.stderr);

    const order = { dataDir: restoredDir, url: urlOf('second'), now: Date.now() };
    const { rows } = moveStore(order);
    assert.ok(Number(rows['alerts']) > 0);
    const tables = Object.keys(rows).filter(
      (name) => !/^(audit|audit_head|alert_retention|write_probe)$/.test(name),
    );
    assert.ok(tables.length > 30, String(tables.length));
    for (const table of tables) {
      const all = (schema: string) =>
        server.sql(
          `SELECT count(*), md5(string_agg(t::text, '|' ORDER BY t::text)) FROM ${schema}.${table} t`,
        );
      assert.equal(all('second'), all('first'), table);
    }
  });

  it('of a program that writes holds each alert whole, and a log that ends where it should', async (t) => {
    const folder = temporaryFolder(t);
    const dataDir = join(folder, 'data');
    openStore({ dataDir, holdsFolder: true }, urlOf('live')).close();
    const config = configOf(folder, urlOf('live'));
    const child = spawn(
      process.execPath,
      ['test/support/store/insert-until-killed.ts', dataDir, urlOf('live')],
      { cwd: root, stdio: ['ignore', 'pipe', 'inherit'] },
    );
    t.after(() => child.kill('SIGKILL'));
    const stored: string[] = [];
    const lines = createInterface({ input: child.stdout });
    lines.on('line', (line) => stored.push(line));
    while (stored.length < 20) await once(lines, 'line');
    const least = stored.length;
    const file = join(folder, 'live.age');
    const secret = join(folder, 'passphrase');
    const open = ['--passphrase-file', secret];
    const made = await runCommand(['backup', file, '-c', config, ...open]);
    assert.equal(made.code, 0, made.stderr);
    const most = stored.length;
    await once(lines, 'line');
    const closed = once(child, 'close');
    child.kill('SIGKILL');
    await closed;
    assert.ok(most > least, 'it went on meanwhile');

    const restoredDir = join(folder, 'restored');
    const restored = await runCommand(['restore', file, ...open, '--data', restoredDir]);
    assert.equal(restored.code, 0, restored.stderr);
    const kept = tableRows(restoredDir);
    const count = kept.get('alerts')?.length ?? 0;
    assert.ok(count >= least && count <= most + 1, `${least} <= ${count} <= ${most}`);
    assert.ok(Number(kept.get('alert_evidence')?.length) >= count);
    const ids = server.sql('SELECT id FROM live.alerts ORDER BY id').split('\n');
    assert.equal(ids[count - 1], alertId(count), 'the first ones, without a gap');
    const audited = await runCommand(['audit', 'verify', '--data', restoredDir]);
    assert.equal(audited.code, 0, audited.stdout + audited.stderr);
  });

  it('says what it lacks: the configuration, the server, a schema of its own', async (t) => {
    const folder = temporaryFolder(t);
    const dataDir = join(folder, 'data');
    openStore({ dataDir, holdsFolder: true }, urlOf('refused')).close();
    const config = configOf(folder, urlOf('refused'));
    const open = ['--passphrase-file', join(folder, 'passphrase')];
    const without = await runCommand(['backup', join(folder, 'a.age'), '--data', dataDir, ...open]);
    assert.match(without.stderr, /STORE_REFUSED/);
    server.sql('CREATE TABLE refused.others (id INT PRIMARY KEY)');
    const other = await runCommand(['backup', join(folder, 'b.age'), '-c', config, ...open]);
    assert.match(other.stderr, /table others is none of Nightglass[\s\S]*STORE_REFUSED/);
    server.sql('DROP TABLE refused.others');
    server.sql("INSERT INTO refused.schema_migrations VALUES (9999, 'of the future', 0)");
    const newer = await runCommand(['backup', join(folder, 'c.age'), '-c', config, ...open]);
    assert.match(newer.stderr, /ENVIRONMENT/);
    assert.deepEqual(
      readdirSync(folder).filter((name) => name.includes('.age')),
      [],
    );
  });
});

function configOf(folder: string, url: string): string {
  const config = join(folder, 'c.yaml');
  writeFileSync(join(folder, 'url'), `${url}\n`, { mode: 0o600 });
  writeFileSync(join(folder, 'passphrase'), 'correct horse battery');
  writeFileSync(config, 'data: ./data\nstore: { url: { file: url } }\n');
  return config;
}
