import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, it, type TestContext } from 'node:test';
import { AuditLog } from '../../../src/store/audit-log.ts';
import { createStore } from '../../../src/store/create-store.ts';
import { databaseFileName } from '../../../src/store/open-database.ts';
import { runCommand } from '../../support/cli/run-command.ts';
import { openWebhook } from '../../support/services/webhook.ts';
import { temporaryFolder } from '../../support/store/temporary-folder.ts';

const day = 86_400_000;
const start = Date.UTC(2030, 0, 1);

/** A data folder with a log of five records, a day apart. */
function folderWithLog(t: TestContext): string {
  const dataDir = temporaryFolder(t);
  const store = createStore({ dataDir });
  let time = start;
  const audit = new AuditLog({ store, now: () => time });
  for (let n = 1; n <= 5; n += 1) {
    audit.append({ who: 'ann', what: 'alert.viewed', target: `a${n}`, detail: { 2: 'ü', 1: [n] } });
    time += day;
  }
  store.close();
  return dataDir;
}

function tamper(dataDir: string, sql: string): void {
  const database = new DatabaseSync(join(dataDir, databaseFileName));
  database.exec('DROP TRIGGER audit_never_deleted; DROP TRIGGER audit_never_updated;');
  database.exec(sql);
  database.close();
}

describe('nightglass audit verify', () => {
  it('finds a sound log sound, and writes nothing into it', async (t) => {
    const data = folderWithLog(t);
    const first = await runCommand(['audit', 'verify', '--data', data]);
    assert.equal(first.code, 0, first.stderr);
    assert.match(first.stdout, /^sound: 5 records\nhead [0-9a-f]{64} /);
    const head = /head (\w+)/.exec(first.stdout)?.[1] ?? '';
    const again = await runCommand(['audit', 'verify', '--data', data, '--head', head, '--json']);
    assert.deepEqual(JSON.parse(again.stdout), { ok: true, entries: 5, head, prunedThrough: 0 });
  });

  it('finds an edited record with its place, and ends with 1', async (t) => {
    const data = folderWithLog(t);
    tamper(data, "UPDATE audit SET who = 'eve' WHERE sequence = 3");
    const { code, stdout } = await runCommand(['audit', 'verify', '--data', data]);
    assert.equal(code, 1);
    assert.equal(
      stdout,
      'broken at record 3: its content was changed (2 sound records before it)\n',
    );
  });

  it('finds a cut-off end, though its head in the database was repaired', async (t) => {
    const data = folderWithLog(t);
    tamper(
      data,
      `DELETE FROM audit WHERE sequence > 3;
       UPDATE audit_head SET sequence = 3, hash = (SELECT hash FROM audit WHERE sequence = 3)`,
    );
    const { code, stdout } = await runCommand(['audit', 'verify', '--data', data, '--json']);
    assert.equal(code, 1);
    const why = 'records were cut off at the end';
    assert.deepEqual(JSON.parse(stdout), { ok: false, entries: 3, brokenAt: 4, why });
  });

  it('needs to know which log is meant, and says what it cannot read', async (t) => {
    assert.equal((await runCommand(['audit', 'verify'])).code, 2);
    const file = join(temporaryFolder(t), 'none.jsonl');
    const { code, stderr } = await runCommand(['audit', 'verify', '--file', file]);
    assert.equal(code, 1);
    assert.match(stderr, /Cannot read .*none\.jsonl/);
  });
});

describe('nightglass audit anchor', () => {
  it('adds the end of the log to a file, against which verify finds a log rewritten as a whole', async (t) => {
    const data = folderWithLog(t);
    const file = join(temporaryFolder(t), 'anchors.jsonl');
    for (let n = 0; n < 2; n += 1) {
      const { code, stderr } = await runCommand(['audit', 'anchor', '--data', data, '--to', file]);
      assert.equal(code, 0, stderr);
    }
    const verify = ['audit', 'verify', '--data', data, '--anchors', file, '--json'];
    const sound = await runCommand(verify);
    assert.equal(sound.code, 0, sound.stdout);
    const verdict = JSON.parse(sound.stdout);
    assert.deepEqual([verdict.entries, verdict.anchors], [7, 2]);
    const lines = readFileSync(file, 'utf8').trimEnd().split('\n');
    assert.deepEqual(
      lines.map((line) => JSON.parse(line).sequence),
      [6, 7],
    );
    // Whoever has the whole folder makes a log of their own.
    rmSync(data, { recursive: true });
    mkdirSync(data);
    const store = createStore({ dataDir: data });
    const audit = new AuditLog({ store, now: () => start });
    for (let n = 0; n < 7; n += 1) audit.append({ who: 'eve', what: 'alert.viewed', target: '' });
    store.close();
    assert.equal((await runCommand(['audit', 'verify', '--data', data])).code, 0);
    const rewritten = await runCommand(verify);
    assert.equal(rewritten.code, 1);
    assert.match(
      rewritten.stdout,
      /"brokenAt":6,"why":"it is not the record that an anchor holds"/,
    );
  });

  it('sends it to the webhook of the configuration, with its headers', async (t) => {
    const { url, received } = await openWebhook(t);
    const folder = temporaryFolder(t);
    const file = join(folder, 'n.yaml');
    const webhook = `{ url: "${url}", headers: { authorization: { env: ANCHOR_KEY } } }`;
    writeFileSync(file, `data: ${folderWithLog(t)}\naudit: { anchor: { webhook: ${webhook} } }\n`);
    const command = ['audit', 'anchor', '-c', file, '--json'];
    assert.equal((await runCommand(command)).code, 3, 'its secret is missing');
    const { code, stdout, stderr } = await runCommand(command, { ANCHOR_KEY: 'Bearer k' });
    assert.equal(code, 0, stderr);
    assert.equal(received.length, 1);
    assert.equal(received[0]?.headers.authorization, 'Bearer k');
    assert.equal(`${received[0]?.body}\n`, stdout);
  });

  it('ends with a code where it cannot', async (t) => {
    const data = folderWithLog(t);
    const refused = await openWebhook(t, (response) => {
      response.statusCode = 403;
      return undefined;
    });
    const none = join(temporaryFolder(t), 'none', 'anchors.jsonl');
    for (const [code, ...words] of [
      [4, '--to', none],
      [4, '--url', refused.url],
      [3, '--to', join(data, 'anchors.jsonl')],
      [2, '--url', 'http://keeper.example.org/'],
      [2],
    ] as const) {
      const ended = await runCommand(['audit', 'anchor', '--data', data, ...words]);
      assert.equal(ended.code, code, `${words.join(' ')}: ${ended.stderr}`);
    }
    const verify = ['audit', 'verify', '--data', data, '--anchors'];
    writeFileSync(join(data, 'empty'), '\n');
    assert.equal((await runCommand([...verify, join(data, 'empty')])).code, 1);
    assert.match((await runCommand([...verify, none])).stderr, /Cannot read .*none/);
  });
});

describe('nightglass audit export', () => {
  it('prints a record a line, itself the last, which verify as a file', async (t) => {
    const data = folderWithLog(t);
    const file = join(temporaryFolder(t), 'audit.jsonl');
    const { code } = await runCommand(['audit', 'export', '--data', data, '--out', file]);
    assert.equal(code, 0);
    const lines = readFileSync(file, 'utf8').trimEnd().split('\n');
    const records = lines.map((line) => JSON.parse(line));
    assert.deepEqual(
      records.map(({ what }) => what),
      [...Array(5).fill('alert.viewed'), 'audit.exported'],
    );
    assert.equal(records[5].who, 'command line');
    const head = records[5].hash;
    const sound = await runCommand(['audit', 'verify', '--file', file, '--head', head]);
    assert.equal(sound.code, 0, sound.stdout);

    writeFileSync(file, `${lines.toSpliced(2, 1).join('\n')}\n`);
    const broken = await runCommand(['audit', 'verify', '--file', file]);
    assert.equal(broken.code, 1);
    assert.match(broken.stdout, /^broken at record 4: a record before it is missing/);
  });

  it('prints a part by time, which verifies as a part', async (t) => {
    const data = folderWithLog(t);
    const range = ['--from', '2030-01-02', '--to', '2030-01-04T00:00:00Z'];
    const { stdout } = await runCommand(['audit', 'export', '--data', data, ...range]);
    const records = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    assert.deepEqual(
      records.map(({ sequence }) => sequence),
      [2, 3],
    );
    const file = join(temporaryFolder(t), 'part.jsonl');
    writeFileSync(file, stdout);
    assert.equal((await runCommand(['audit', 'verify', '--file', file])).code, 0);
    assert.equal((await runCommand(['audit', 'export', '--data', data, '--from', 'x'])).code, 2);
  });
});
