import assert from 'node:assert/strict';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { AuditLog } from '../../../src/store/audit-log.ts';
import { openStore } from '../../../src/store/postgres/open-store.ts';
import { demoFootage } from '../../support/live/demo-footage.ts';
import { enrolWanted, startLive } from '../../support/live/start-live.ts';
import { within } from '../../support/live/within.ts';
import { coded } from '../../support/store/backup-fixture.ts';
import { PostgresServer, withoutPostgres } from '../../support/store/postgres-server.ts';

describe('the program on PostgreSQL', { skip: withoutPostgres }, () => {
  it('stores alerts, goes on while the server is down, and stores then what came meanwhile', async () => {
    await using server = await PostgresServer.start();
    const { cameras, people } = await demoFootage();
    const [wanted] = people;
    assert.ok(wanted);
    const folder = await mkdtemp(join(tmpdir(), 'nightglass-url-'));
    const file = join(folder, 'url');
    await writeFile(file, `${server.url}\n`);
    const passphrase = join(folder, 'passphrase');
    await writeFile(passphrase, 'correct horse battery');
    await using live = await startLive({
      sources: Object.fromEntries(cameras.map(({ name, source }) => [name, source])),
      config: {
        alerts: { quietPeriod: '0ms', joinWithin: '0s' },
        store: { url: { file } },
        backup: { folder: join(folder, 'backups'), passphrase: { file: passphrase } },
      },
    });
    const { services } = live.nightglass;
    await enrolWanted(live, wanted);
    const raised = new Set<string>();
    const watching = services.alerts$.subscribe(({ alert }) => raised.add(alert.id));
    await within(90_000, 'a stored alert', services.alerts$, ({ alert }) => alert.stored);
    assert.notEqual(server.sql('SELECT count(*) FROM nightglass.alerts'), '0');

    await server.kill();
    const { alert } = await within(
      90_000,
      'an unstored alert',
      services.alerts$,
      (event) => !event.alert.stored,
    );
    const health = await services.health();
    assert.equal(health.store.writable, false);
    assert.ok(health.problems.some(({ code }) => code === 'STORE_UNWRITABLE'));
    assert.ok(await services.alerts.evidence(alert.id, 'face'));
    assert.match(await services.metrics(), /nightglass_store_fault 1/);

    await server.up();
    await until(90_000, async () => (await services.health()).store.writable);
    await until(90_000, async () => stored(server).has(alert.id));
    watching.unsubscribe();
    await until(90_000, async () => {
      const kept = stored(server);
      return [...raised].every((id) => kept.has(id));
    });
    const ids = server.sql('SELECT id FROM nightglass.alerts').split('\n');
    assert.equal(new Set(ids).size, ids.length);
    // One is due at the start.
    const backups = join(folder, 'backups');
    await until(90_000, async () => (await readdir(backups)).some((name) => name.endsWith('.age')));
    // A command beside the running program.
    const beside = openStore({ dataDir: live.dataDir, keys: 'unneeded' }, server.url);
    try {
      const audit = new AuditLog({ store: beside, now: Date.now });
      audit.append({ who: 'command line', what: 'token.created', target: 'beside' });
      assert.equal(audit.verify().ok, true);
    } finally {
      beside.close();
    }
    assert.throws(
      () => openStore({ dataDir: live.dataDir, holdsFolder: true }, server.url),
      coded('STORE_IN_USE'),
    );
    assert.throws(() => openStore({ dataDir: live.dataDir }, undefined), coded('STORE_REFUSED'));
    await rm(folder, { recursive: true, force: true });
  });
});

function stored(server: PostgresServer): ReadonlySet<string> {
  return new Set(server.sql('SELECT id FROM nightglass.alerts').split('\n'));
}

async function until(timeoutMs: number, holds: () => Promise<boolean>): Promise<void> {
  const end = performance.now() + timeoutMs;
  while (!(await holds())) {
    if (performance.now() > end) throw new Error('it did not come to hold in time');
    await wait(100);
  }
}
