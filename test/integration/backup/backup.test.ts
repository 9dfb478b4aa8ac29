import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { describe, it, type TestContext } from 'node:test';
import { Command, runCommand } from '../../support/cli/run-command.ts';
import { filesBeside, tableRows } from '../../support/store/data-folder-content.ts';
import { temporaryFolder } from '../../support/store/temporary-folder.ts';

const root = join(import.meta.dirname, '..', '..', '..');

/** A program that stores alerts without end, and the ids of those that it has stored. */
function writer(t: TestContext, dataDir: string) {
  const child = spawn(process.execPath, ['test/support/store/insert-until-killed.ts', dataDir], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  t.after(() => child.kill('SIGKILL'));
  const ids: string[] = [];
  let wake: () => void = () => undefined;
  createInterface({ input: child.stdout }).on('line', (line) => {
    ids.push(line);
    wake();
  });
  return {
    ids,
    async until(count: number) {
      while (ids.length < count)
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
    },
    async kill() {
      const closed = once(child, 'close');
      child.kill('SIGKILL');
      await closed;
    },
  };
}

/** A key file, its public key, and a data folder with pulled models and a key of logins. */
async function setUp(t: TestContext) {
  const folder = temporaryFolder(t);
  const dataDir = join(folder, 'data');
  const key = join(folder, 'backup.key');
  const made = await runCommand(['backup', 'create-key', key, '--json']);
  assert.equal(made.code, 0, made.stderr);
  const { recipient } = JSON.parse(made.stdout) as { recipient: string };
  mkdirSync(join(dataDir, 'models', 'mine'), { recursive: true });
  writeFileSync(join(dataDir, 'models', 'mine', 'weights.onnx'), new Uint8Array(3_000_000).fill(7));
  writeFileSync(join(dataDir, 'nightglass.key'), `${'ab'.repeat(32)}\n`);
  const used = { manifest: join(dataDir, 'models', 'mine', 'manifest.json'), known: [] };
  writeFileSync(join(dataDir, 'models-in-use.json'), `${JSON.stringify(used, undefined, 1)}\n`);
  const back = (name: string, ...more: string[]) =>
    runCommand([
      'backup',
      join(folder, name),
      '--data',
      dataDir,
      '--recipient',
      recipient,
      ...more,
    ]);
  const restore = (name: string, to: string) =>
    runCommand(['restore', join(folder, name), '--key', key, '--data', join(folder, to)]);
  return { folder, dataDir, key, recipient, back, restore };
}

describe('a backup', { timeout: 240_000 }, () => {
  it('of a program that writes, and of what it left when it was killed, restores row by row and file by file', async (t) => {
    const { folder, dataDir, back, restore } = await setUp(t);
    const program = writer(t, dataDir);
    await program.until(20);
    const before = program.ids.length;
    const first = await back('live.age');
    assert.equal(first.code, 0, first.stderr);
    await program.until(before + 20);
    await program.kill();
    const second = await back('killed.age');
    assert.equal(second.code, 0, second.stderr);

    // All that was lost with the folder.
    const lost = tableRows(dataDir);
    const files = filesBeside(dataDir);
    rmSync(dataDir, { recursive: true });
    for (const [name, to] of [
      ['live.age', 'live'],
      ['killed.age', 'killed'],
    ] as const) {
      const restored = await restore(name, to);
      assert.equal(restored.code, 0, restored.stderr);
    }

    const live = tableRows(join(folder, 'live'));
    const stored = live.get('alerts')?.length ?? 0;
    assert.ok(stored >= before, `${stored} of ${before}: what was stored before it is in it`);
    assert.ok(stored < (lost.get('alerts')?.length ?? 0), 'and what came later is not');
    for (const table of ['alerts', 'alert_evidence', 'alert_events']) {
      const rows = live.get(table) ?? [];
      assert.deepEqual(rows, lost.get(table)?.slice(0, rows.length), table);
    }
    for (const [table, rows] of tableRows(join(folder, 'killed'))) {
      if (table === 'audit_head') continue;
      // What the backup and the restore themselves put on record comes after it.
      const kept = table === 'audit' ? rows.slice(0, (lost.get('audit')?.length ?? 0) - 1) : rows;
      const all = table === 'audit' ? lost.get('audit')?.slice(0, -1) : lost.get(table);
      assert.deepEqual(kept, all, table);
    }
    const restoredFiles = filesBeside(join(folder, 'killed'));
    assert.deepEqual([...restoredFiles.keys()], [...files.keys()]);
    for (const [path, hash] of files) {
      if (path === 'audit-head.json' || path === 'models-in-use.json') continue;
      assert.equal(restoredFiles.get(path), hash, path);
    }
    for (const to of ['live', 'killed']) {
      const verified = await runCommand(['audit', 'verify', '--data', join(folder, to)]);
      assert.equal(verified.code, 0, verified.stdout);
    }
  });

  it('names the models where they are now', async (t) => {
    const { folder, back, restore } = await setUp(t);
    assert.equal((await back('one.age')).code, 0);
    assert.equal((await restore('one.age', 'new')).code, 0);
    const text = readFileSync(join(folder, 'new', 'models-in-use.json'), 'utf8');
    assert.equal(JSON.parse(text).manifest, join(folder, 'new', 'models', 'mine', 'manifest.json'));
  });

  it('holds the keys that were chosen, and no others, and nothing of a home', async (t) => {
    const { folder, dataDir, back, restore } = await setUp(t);
    mkdirSync(join(dataDir, '.cache'));
    writeFileSync(join(dataDir, '.cache', 'of-a-library'), '');
    for (const [keys, expected] of [
      ['none', []],
      ['folder', ['evidence-key.pem', 'nightglass.key']],
    ] as const) {
      assert.equal((await back(`${keys}.age`, '--keys', keys)).code, 0);
      assert.equal((await restore(`${keys}.age`, keys)).code, 0);
      const found = readdirSync(join(folder, keys)).filter((name) => /\.(key|pem)$/.test(name));
      assert.deepEqual(found.sort(), expected, keys);
      assert.equal(existsSync(join(folder, keys, '.cache')), false);
    }
  });

  it('that is killed leaves nothing under its name, and the next one succeeds', async (t) => {
    const { folder, dataDir, recipient, back } = await setUp(t);
    assert.equal((await back('before.age')).code, 0);
    const args = ['backup', join(folder, 'one.age'), '--data', dataDir, '--recipient', recipient];
    {
      await using killed = new Command(args);
      // As soon as it writes.
      while (!existsSync(join(folder, 'one.age.part')) && killed.child.exitCode === null) {
        await new Promise((resolve) => setImmediate(resolve));
      }
      await killed.end('SIGKILL');
    }
    if (!existsSync(join(folder, 'one.age'))) assert.equal((await back('one.age')).code, 0);
    const left = readdirSync(dataDir).filter((name) => name.includes('snapshot'));
    assert.deepEqual(left, []);
    assert.equal(existsSync(join(folder, 'one.age.part')), false);
  });

  it('is never written over another file', async (t) => {
    const { folder, back } = await setUp(t);
    writeFileSync(join(folder, 'there.age'), 'mine');
    const refused = await back('there.age');
    assert.equal(refused.code, 1);
    assert.match(refused.stderr, /CONFLICT/);
  });

  it('needs somebody to be encrypted to', async (t) => {
    const { folder, dataDir } = await setUp(t);
    const refused = await runCommand(['backup', join(folder, 'x.age'), '--data', dataDir]);
    assert.equal(refused.code, 2);
    assert.match(refused.stderr, /Cannot tell whom the backup is encrypted to[\s\S]*USAGE/);
  });
});
