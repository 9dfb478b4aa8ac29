import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { stringify } from 'yaml';
import { recordDeployment } from '../../../src/app/record-deployment.ts';
import { parseConfig } from '../../../src/config/load-config.ts';
import { createTokenStore } from '../../../src/services/access/tokens.ts';
import type { DeploymentRecord } from '../../../src/services/reports/deployment-record.ts';
import { WatchlistStore } from '../../../src/services/watchlists/watchlist-store.ts';
import { AuditLog } from '../../../src/store/audit-log.ts';
import { CameraTable } from '../../../src/store/camera-table.ts';
import { createStore } from '../../../src/store/create-store.ts';
import { PeopleSeenTable } from '../../../src/store/people-seen-table.ts';
import { runCommand } from '../../support/cli/run-command.ts';
import { listInput } from '../../support/services/watchlist-fixture.ts';
import { temporaryFolder } from '../../support/store/temporary-folder.ts';

const deployment = {
  name: 'Main <entrance>',
  purpose: 'Keep out people under a ban',
  dataProtectionOfficer: { name: 'A. Example', contact: 'dpo@example.org' },
  staff: [{ name: 'Control | room', role: 'operators' }],
  cameras: { gate: 'Sees who comes in' },
};

function folder(t: TestContext) {
  const data = temporaryFolder(t);
  const config = join(data, 'my.yaml');
  const cameras = [
    { id: 'gate', name: 'Front gate', url: 'rtsp://192.0.2.10/secret-path' },
    { id: 'yard', url: 'rtsp://192.0.2.11/1', enabled: false },
  ];
  const whole = { data: '.', deployment, cameras, review: { watchlists: 'required' } };
  writeFileSync(config, stringify(whole));
  const store = createStore({ dataDir: data });
  t.after(() => store.close());
  const audit = new AuditLog({ store, now: Date.now });
  return { data, config, store, audit, parsed: parseConfig(stringify(whole)).config };
}

describe('the deployment record', () => {
  it('holds what is stated and what is known, and is on record', async (t) => {
    const { audit, config, parsed, store } = folder(t);
    recordDeployment(audit, parsed.deployment);
    const lists = new WatchlistStore({ store, audit, now: Date.now, review: 'required' });
    const list = lists.create(listInput({ name: 'Barred', cameras: ['gate'] }), { name: 'ann' });
    lists.addPerson(list.id, { name: 'Ada Secret' });
    lists.putInForce(list.id, { revision: 1 }, { name: 'bob' }, ['ann', 'bob']);
    lists.create(listInput({ name: 'Waiting', cameras: '*' }), { name: 'ann' });
    const tokens = createTokenStore({ store, audit, now: Date.now });
    const { secret } = tokens.create({ name: 'bob', role: 'reviewer', cameras: ['gate'] });
    tokens.revoke(tokens.create({ name: 'gone', role: 'admin' }).token.id);
    const times = { createdAt: 1, updatedAt: 1 };
    const setup = { name: 'Dock', url: 'rtsp://192.0.2.12/1' };
    store.write(() =>
      new CameraTable(store).put({ id: 'dock', setup, login: null, paused: true, ...times }),
    );
    const told = await runCommand(['report', 'deployment', '-c', config, '--format', 'json']);
    assert.equal(told.code, 0, told.stderr);
    const record = JSON.parse(told.stdout) as DeploymentRecord;
    assert.equal(record.stated.dataProtectionOfficer?.contact, 'dpo@example.org');
    assert.deepEqual(
      record.versions.map(({ sequence }) => sequence),
      [1],
    );
    assert.deepEqual(
      record.watchlists.map(({ name, state, people, confirmed }) => [
        name,
        state,
        people,
        confirmed?.by,
      ]),
      [
        ['Barred', 'in force', 1, 'bob'],
        ['Waiting', 'waits for review', 0, undefined],
      ],
    );
    assert.deepEqual(
      record.cameras.map(({ id, from, enabled, purpose, watchlists }) => [
        id,
        from,
        enabled,
        purpose,
        watchlists,
      ]),
      [
        ['gate', 'configuration', true, 'Sees who comes in', [list.id]],
        ['yard', 'configuration', false, null, []],
        ['dock', 'page', false, null, []],
      ],
    );
    assert.deepEqual(
      record.accounts.map(({ name, role, cameras }) => [name, role, cameras]),
      [['bob', 'reviewer', ['gate']]],
    );
    const shipped = JSON.parse(readFileSync('models/manifest.json', 'utf8')) as {
      models: { variants: { sha256: string }[] }[];
    };
    assert.deepEqual(
      record.models.map(({ sha256 }) => sha256),
      shipped.models.flatMap(({ variants }) => variants.map(({ sha256 }) => sha256)),
    );
    const measure = (start: string) => record.measures.find(({ name }) => name.startsWith(start));
    assert.equal(measure('Lists are reviewed')?.inUse, true);
    assert.equal(measure('Templates, portraits')?.inUse, false);
    for (const hidden of [secret, 'secret-path', 'Ada Secret']) {
      assert.ok(!told.stdout.includes(hidden), hidden);
    }
    const page = await runCommand(['report', 'deployment', '-c', config]);
    assert.match(page.stdout, /<title>Deployment record: Main &lt;entrance&gt;<\/title>/);
    assert.match(page.stdout, /<th scope="row">Place<\/th><td><strong>TO BE FILLED IN/);
    assert.deepEqual(
      audit
        .list({ what: 'audit.exported' })
        .map(({ detail }) => (detail as { report: string }).report),
      ['deployment', 'deployment'],
    );
  });

  it('is in the audit log anew when it has changed, and not before', (t) => {
    const { audit, parsed } = folder(t);
    const silent = parseConfig('').config.deployment;
    const versions = () => audit.list({ what: 'deployment.described' }).length;
    recordDeployment(audit, silent);
    assert.equal(versions(), 0);
    recordDeployment(audit, parsed.deployment);
    recordDeployment(audit, parsed.deployment);
    assert.equal(versions(), 1);
    recordDeployment(audit, { ...parsed.deployment, since: '2026-05-01' });
    recordDeployment(audit, silent);
    assert.equal(versions(), 3);
  });
});

describe('the template of an impact assessment', () => {
  it('has the four parts of article 35(7), figures of the log, and marks what is open', async (t) => {
    const { audit, config, data, store } = folder(t);
    const lists = new WatchlistStore({ store, audit, now: Date.now });
    lists.create(listInput({ name: 'Pipe | <b>', cameras: '*' }));
    new PeopleSeenTable(store).add([{ cameraId: 'gate', tracks: 40 }], Date.now());
    const out = join(data, 'dpia.md');
    const words = ['report', 'dpia', '-c', config, '--format', 'markdown', '--out', out];
    const { code, stderr } = await runCommand(words);
    assert.equal(code, 0, stderr);
    const text = readFileSync(out, 'utf8');
    for (const part of ['a', 'b', 'c', 'd'])
      assert.match(text, new RegExp(`article 35\\(7\\)\\(${part}\\)`));
    assert.match(text, /\| Watchlist \| Pipe \\\| \\<b\\> \(in force\) \|/);
    assert.match(text, /People seen \(tracks compared with lists\) \| 40 \|/);
    assert.ok(text.split('TO BE FILLED IN').length > 20);
    const page = await runCommand(['report', 'dpia', '-c', config]);
    assert.match(page.stdout, /Pipe \| &lt;b&gt;/);
    assert.doesNotMatch(page.stdout, /<script/);
  });
});
