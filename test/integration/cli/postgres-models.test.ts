import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { it } from 'node:test';
import { AuditLog } from '../../../src/store/audit-log.ts';
import { openStore } from '../../../src/store/postgres/open-store.ts';
import { runCommand } from '../../support/cli/run-command.ts';
import { writeTinyModels } from '../../support/inference/tiny-models.ts';
import { PostgresServer, withoutPostgres } from '../../support/store/postgres-server.ts';
import { temporaryFolder } from '../../support/store/temporary-folder.ts';

it('models are tried and put to use where records are in PostgreSQL', {
  skip: withoutPostgres,
  timeout: 180_000,
}, async (t) => {
  await using server = await PostgresServer.start();
  await using two = await writeTinyModels({ version: '2' });
  const folder = temporaryFolder(t);
  writeFileSync(join(folder, 'url'), server.url, { mode: 0o600 });
  const config = join(folder, 'c.yaml');
  writeFileSync(config, 'data: ./data\nstore: { url: { file: url } }\n');
  const models = async (...words: string[]) => {
    const ended = await runCommand(['models', ...words, '-c', config, '--json']);
    assert.equal(ended.code, 0, ended.stderr);
    return JSON.parse(ended.stdout) as unknown;
  };
  await models('shadow', two.folder, '--days', '3');
  const shown = (await models('shadow')) as { version: string; endedAt: number | null };
  assert.deepEqual([shown.version, shown.endedAt], ['2', null]);
  await models('use', '2');
  const ended = (await models('shadow')) as { end: string };
  assert.equal(ended.end, 'used');
  await models('back');
  const store = openStore({ dataDir: join(folder, 'data'), keys: 'unneeded' }, server.url);
  t.after(() => store.close());
  const records = new AuditLog({ store, now: Date.now }).list({ order: 'oldest' });
  assert.deepEqual(
    records.map(({ what }) => what).filter((what) => what.startsWith('models.')),
    ['models.shadow_started', 'models.used', 'models.shadow_ended', 'models.used'],
  );
});
