import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { AuditLog } from '../../../src/store/audit-log.ts';
import { CameraTable } from '../../../src/store/camera-table.ts';
import { StoreKeys } from '../../../src/store/encryption/store-keys.ts';
import { openStore } from '../../../src/store/postgres/open-store.ts';
import { keysInFolder, secretBox } from '../../../src/store/secret-box.ts';
import type { Store, StoreOptions } from '../../../src/store/store.ts';
import { runCommand } from '../../support/cli/run-command.ts';
import { putFaces, servicesOn } from '../../support/services/faces-in-store.ts';
import { PostgresServer, withoutPostgres } from '../../support/store/postgres-server.ts';
import { temporaryFolder } from '../../support/store/temporary-folder.ts';

const login = JSON.stringify({ username: 'op', password: 'never-to-be-seen' });
const [people, alerts] = [5, 2];
const values = people + alerts * 4;

/** Faces and a camera with a login in PostgreSQL, the data folder beside it. */
async function setUp(t: TestContext) {
  const server = await PostgresServer.start();
  t.after(() => server[Symbol.asyncDispose]());
  const folder = temporaryFolder(t);
  const at = (name: string) => join(folder, name);
  const dataDir = at('data');
  writeFileSync(at('url'), server.url, { mode: 0o600 });
  const config = 'data: ./data\nstore: { url: { file: url }, encryption: { keyFile: keys } }\n';
  writeFileSync(at('c.yaml'), config);
  const open = (more: Partial<StoreOptions> = {}): Store =>
    openStore({ dataDir, ...more }, server.url);
  const withStore = <T>(work: (store: Store) => T, more?: Partial<StoreOptions>): T => {
    const store = open(more);
    try {
      return work(store);
    } finally {
      store.close();
    }
  };
  const faces = withStore((store) => {
    const row = {
      setup: { url: 'rtsp://gate.invalid/' },
      paused: false,
      createdAt: 1,
      updatedAt: 1,
    };
    const sealed = secretBox(() => keysInFolder(dataDir)).seal(login, 'gate');
    store.write(() => new CameraTable(store).put({ id: 'gate', login: sealed, ...row }));
    return putFaces(store, Date.now, people, alerts);
  });
  const run = (...words: string[]) => runCommand(['store', ...words, '-c', at('c.yaml'), '--json']);
  const json = async (...words: string[]): Promise<Record<string, unknown>> => {
    const { code, stdout, stderr } = await run(...words);
    assert.equal(code, 0, stderr);
    return JSON.parse(stdout);
  };
  const keys = () => StoreKeys.parse(readFileSync(at('keys'), 'utf8'), 'keys');
  const assertWhole = (more: Partial<StoreOptions>): void =>
    withStore((store) => {
      const services = servicesOn(store, Date.now);
      const loaded = services.lists.templatesOfList(faces.listId);
      assert.equal(loaded.length, people);
      for (const { id, embedding } of faces.templates) {
        assert.deepEqual(loaded.find((each) => each.id === id)?.embedding, embedding);
      }
      for (const { alertId, kind, jpeg } of faces.pictures) {
        const kept = services.alerts.evidence(alertId, kind);
        assert.deepEqual(Buffer.from(kept ?? []), Buffer.from(jpeg));
      }
    }, more);
  /** Ids of the keys that stand beside values, and what the log holds of keys. */
  const inServer = (what: 'keys' | 'log') =>
    withStore(
      (store) =>
        what === 'keys'
          ? ['templates', 'alert_evidence'].flatMap((table) =>
              store
                .prepare(`SELECT DISTINCT key_id AS id FROM ${table}`)
                .all()
                .map(({ id }) => id),
            )
          : new AuditLog({ store, now: Date.now })
              .list()
              .map((entry) => entry.what)
              .filter((entry) => /^store\.|login_key/.test(entry)),
      { keys: 'unneeded' },
    );
  return { at, dataDir, keys, run, json, open, assertWhole, inServer, withStore };
}

describe('keys of records in PostgreSQL', { skip: withoutPostgres, timeout: 300_000 }, () => {
  it('are put in, replaced, and taken out again', async (t) => {
    const { at, keys, json, assertWhole, inServer } = await setUp(t);
    assert.equal((await runCommand(['store', 'keys', 'create', at('keys')])).code, 0);
    const { id: first } = keys().current;
    assert.deepEqual(await json('rotate-key'), {
      ...{ keyId: first, values, damaged: 0, earlier: [] },
    });
    assert.deepEqual(inServer('keys'), [first, first]);
    assertWhole({ keys: keys() });

    const next = await json('rotate-key');
    assert.deepEqual([next['values'], next['earlier']], [values, [first]]);
    assert.notEqual(next['keyId'], first);
    assert.deepEqual(inServer('keys'), [next['keyId'], next['keyId']]);
    assertWhole({ keys: keys() });

    assert.equal((await json('decrypt'))['keyId'], null);
    assert.deepEqual(inServer('keys'), [null, null]);
    assertWhole({});
    const expected = ['key_changed', 'rekeyed', 'key_changed', 'rekeyed', 'decrypted'];
    assert.deepEqual(
      inServer('log'),
      expected.map((each) => `store.${each}`),
    );
  });

  it('of logins are replaced', async (t) => {
    const { dataDir, json, inServer, withStore } = await setUp(t);
    const before = keysInFolder(dataDir);
    assert.equal((await json('rotate-login-key'))['logins'], 1);
    const after = keysInFolder(dataDir);
    assert.equal(after.length, 1);
    assert.notDeepEqual(after, before);
    const [row] = withStore((store) => new CameraTable(store).list());
    assert.equal(secretBox(() => after).open(row?.login ?? new Uint8Array(), 'gate'), login);
    assert.deepEqual(inServer('log'), ['cameras.login_key_changed']);
  });

  it('stay as they are while a program runs on the database', async (t) => {
    const { at, dataDir, run, open, inServer } = await setUp(t);
    assert.equal((await runCommand(['store', 'keys', 'create', at('keys')])).code, 0);
    const before = keysInFolder(dataDir);
    const running = open({ holdsFolder: true });
    t.after(() => running.close());
    for (const command of ['rotate-key', 'rotate-login-key', 'decrypt']) {
      const { code, stderr } = await run(command);
      assert.notEqual(code, 0, command);
      assert.match(stderr, /STORE_IN_USE/, command);
    }
    assert.deepEqual(inServer('keys'), [null, null]);
    assert.deepEqual(keysInFolder(dataDir), before);
  });
});
