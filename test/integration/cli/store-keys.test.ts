import assert from 'node:assert/strict';
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, it, type TestContext } from 'node:test';
import { createStore } from '../../../src/store/create-store.ts';
import { StoreKeys } from '../../../src/store/encryption/store-keys.ts';
import { databaseFileName } from '../../../src/store/open-database.ts';
import { Command, runCommand } from '../../support/cli/run-command.ts';
import { jpegHead, putFaces, servicesOn } from '../../support/services/faces-in-store.ts';
import { ByteSearch } from '../../support/store/byte-search.ts';
import { temporaryFolder } from '../../support/store/temporary-folder.ts';

/** A data folder with faces and a configuration that names a key file. */
function setUp(t: TestContext, people: number, alerts: number) {
  const folder = temporaryFolder(t);
  const at = (name: string) => join(folder, name);
  const dataDir = at('data');
  const store = createStore({ dataDir });
  const faces = putFaces(store, Date.now, people, alerts);
  store.close();
  writeFileSync(at('c.yaml'), 'data: ./data\nstore: { encryption: { keyFile: keys } }\n');
  const keys = () => StoreKeys.parse(readFileSync(at('keys'), 'utf8'), 'keys');
  const run = (...words: string[]) => runCommand(['store', ...words, '-c', at('c.yaml'), '--json']);
  const json = async <T>(...words: string[]): Promise<T> => {
    const { code, stdout, stderr } = await run(...words);
    assert.equal(code, 0, stderr);
    return JSON.parse(stdout) as T;
  };
  const assertWhole = (): void => {
    const opened = createStore({ dataDir, keys: keys(), holdsFolder: true });
    try {
      const services = servicesOn(opened, Date.now);
      const loaded = services.lists.templatesOfList(faces.listId);
      assert.equal(loaded.length, people);
      for (const { id, embedding, image } of faces.templates) {
        assert.deepEqual(loaded.find((each) => each.id === id)?.embedding, embedding);
        assert.deepEqual(Buffer.from(services.lists.templateImage(id) ?? []), Buffer.from(image));
      }
      for (const { alertId, kind, jpeg } of faces.pictures) {
        assert.deepEqual(
          Buffer.from(services.alerts.evidence(alertId, kind) ?? []),
          Buffer.from(jpeg),
        );
      }
    } finally {
      opened.close();
    }
  };
  return { at, dataDir, faces, keys, run, json, assertWhole };
}

interface Listed {
  readonly id: string | null;
  readonly values: number;
  readonly present: boolean;
}

describe('keys of the store', { timeout: 600_000 }, () => {
  it('are made for their owner alone; the store is encrypted, gets another key, and is decrypted', async (t) => {
    const { at, dataDir, keys, run, json, assertWhole } = setUp(t, 12, 3);
    const missing = await run('rotate-key');
    assert.equal(missing.code, 4);
    assert.match(missing.stderr, /STORE_KEY_MISSING/);
    const made = await runCommand(['store', 'keys', 'create', at('keys')]);
    assert.equal(made.code, 0, made.stderr);
    assert.equal(statSync(at('keys')).mode & 0o777, 0o600);
    const secret = keys().current.secret.toString('base64');
    assert.ok(!made.stdout.includes(secret), 'a key is never printed');
    const again = await runCommand(['store', 'keys', 'create', at('keys')]);
    assert.equal(again.code, 1);
    assert.equal(keys().current.secret.toString('base64'), secret);

    const { id: firstId } = keys().current;
    const first = await json<{ keyId: string; values: number }>('rotate-key');
    assert.deepEqual([first.keyId, first.values], [firstId, 12 + 3 * 4]);
    assert.equal(new ByteSearch(dataDir).count(jpegHead), 0);
    assertWhole();
    const next = await json<{ keyId: string; values: number; earlier: string[] }>('rotate-key');
    assert.deepEqual([next.values, next.earlier], [24, [firstId]]);
    assert.equal(keys().current.id, next.keyId);
    assert.equal(statSync(at('keys')).mode & 0o777, 0o600);
    assertWhole();
    assert.deepEqual(await json<Listed[]>('keys', 'list'), [
      { id: next.keyId, values: 24, present: true },
      { id: firstId, values: 0, present: true },
    ]);

    const checked = await runCommand(['config', 'check', '-c', at('c.yaml'), '--json']);
    assert.doesNotMatch(checked.stdout, /store\.encryption/);
    // Without the key nothing starts, and nothing is lost.
    const text = readFileSync(at('keys'), 'utf8');
    await runCommand(['store', 'keys', 'create', at('other')]);
    writeFileSync(at('keys'), readFileSync(at('other')));
    const wrong = await runCommand(['run', '-c', at('c.yaml')]);
    assert.equal(wrong.code, 4);
    assert.match(wrong.stderr, new RegExp(`${next.keyId}.*STORE_KEY_MISSING`, 's'));
    writeFileSync(at('c.yaml'), 'data: ./data\n');
    const none = await runCommand(['run', '-c', at('c.yaml')]);
    assert.equal(none.code, 4);
    const off = await runCommand(['config', 'check', '-c', at('c.yaml'), '--json']);
    assert.match(off.stdout, /store\.encryption: is off/);
    // What shows no face needs none.
    const tokens = ['tokens', 'create', '-c', at('c.yaml'), '--name', 'a', '--role', 'viewer'];
    assert.equal((await runCommand(tokens)).code, 0);
    writeFileSync(at('keys'), text);
    writeFileSync(at('c.yaml'), 'data: ./data\nstore: { encryption: { keyFile: keys } }\n');
    assertWhole();

    const back = await json<{ keyId: null; values: number }>('decrypt');
    assert.deepEqual([back.keyId, back.values], [null, 24]);
    assert.ok(new ByteSearch(dataDir).count(jpegHead) > 0);
    writeFileSync(at('c.yaml'), 'data: ./data\n');
    const listed = await json<Listed[]>('keys', 'list');
    assert.deepEqual(listed, [{ id: null, values: 24, present: true }]);
    const audit = await runCommand(['audit', 'verify', '-c', at('c.yaml')]);
    assert.equal(audit.code, 0, audit.stdout + audit.stderr);
  });

  it('change in a store that is killed at it again and again: all stays readable, and it goes on', async (t) => {
    const { at, keys, json, assertWhole, dataDir } = setUp(t, 1500, 100);
    await runCommand(['store', 'keys', 'create', at('keys')]);
    const before = keys().current.id;
    const database = new DatabaseSync(join(dataDir, databaseFileName), { readOnly: true });
    const count = database.prepare(
      'SELECT (SELECT count(*) FROM templates WHERE key_id IS NOT NULL) + (SELECT count(*) FROM alert_evidence WHERE key_id IS NOT NULL) AS done',
    );
    const done = () => Number(count.get()?.['done']);
    let kills = 0;
    for (let n = 0; n < 2; n += 1) {
      const from = done();
      await using command = new Command(['store', 'rotate-key', '-c', at('c.yaml'), '--json']);
      // After a step, wherever it is then.
      while (done() === from && command.child.exitCode === null) {
        await new Promise((resolve) => setTimeout(resolve, 1));
      }
      await command.end('SIGKILL');
      if (done() < 1900) kills += 1;
      assertWhole();
    }
    database.close();
    assert.ok(kills > 0, 'none was killed in the middle');
    // What was begun goes on with the same key.
    if (kills === 2) assert.equal(keys().current.id, before);
    const { keyId } = await json<{ keyId: string }>('rotate-key');
    assert.equal(keys().current.id, keyId);
    const counts = await json<Listed[]>('keys', 'list');
    assert.deepEqual(
      counts.filter(({ values }) => values > 0).map(({ id, values }) => [id, values]),
      [[keyId, 1900]],
    );
    assertWhole();
    assert.equal(new ByteSearch(dataDir).count(jpegHead), 0);
  });
});
