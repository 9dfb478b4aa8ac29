import assert from 'node:assert/strict';
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { after, before, describe, it } from 'node:test';

/*
 * The package as somebody else gets it: packed, installed from the file into an empty folder, run by
 * npx. Packing builds the program and the dashboard.
 */

const root = join(import.meta.dirname, '..', '..');
const offline = spawnSync('npm', ['ping'], { timeout: 60_000 }).status !== 0;
const skip = offline && 'needs the npm registry';

/** Without the packages of this checkout, and so with the machine's own Node. */
const env: NodeJS.ProcessEnv = {
  ...process.env,
  PATH: (process.env['PATH'] ?? '')
    .split(':')
    .filter((folder) => !folder.includes('node_modules'))
    .join(':'),
  // Their install steps would fetch from outside the npm registry.
  SKIP_FFMPEG: 'true',
  ONNXRUNTIME_NODE_INSTALL: 'skip',
};
for (const name of Object.keys(env)) if (name.startsWith('npm_')) delete env[name];

describe('the packed package', { skip, timeout: 1_800_000 }, () => {
  let folder: string;
  const at = (...parts: string[]) => join(folder, ...parts);
  const run = (program: string, ...args: string[]) =>
    spawnSync(program, args, { cwd: at('empty'), env, encoding: 'utf8', timeout: 900_000 });

  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'nightglass-package-'));
    mkdirSync(at('empty'));
    writeFileSync(at('empty', 'package.json'), '{"name":"empty","private":true}');
    const packed = spawnSync('npm', ['pack', '--pack-destination', folder], {
      ...{ cwd: root, env, encoding: 'utf8', timeout: 900_000 },
    });
    assert.equal(packed.status, 0, packed.stderr);
    const [file = ''] = readdirSync(folder).filter((name) => name.endsWith('.tgz'));
    const installed = run('npm', 'install', '--no-audit', '--no-fund', at(file));
    assert.equal(installed.status, 0, installed.stderr);
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  it('holds the program, the dashboard, the models and the font, and no tests', () => {
    const inside = (path: string) =>
      existsSync(at('empty', 'node_modules', 'nightglass', ...path.split('/')));
    for (const path of [
      'dist/src/cli/main.js',
      'dist/src/services/backup/backup-worker.js',
      'web/dist/index.html',
      'models/manifest.json',
      'fonts',
      'config/example.yaml',
      'deploy/systemd/nightglass.service',
      'docs/backup.md',
    ]) {
      assert.ok(inside(path), path);
    }
    for (const path of ['test', 'src', 'data', 'web/src']) assert.ok(!inside(path), path);
  });

  it('runs by npx and by its own command, whichever Node the machine has', () => {
    const help = run('npx', '--no', '--', 'nightglass', '--help');
    assert.equal(help.status, 0, help.stderr);
    assert.match(help.stdout, /demo[\s\S]*backup[\s\S]*restore/);
    const version = run(at('empty', 'node_modules', '.bin', 'nightglass'), '--version');
    assert.equal(version.status, 0, version.stderr);
    assert.match(version.stdout, /^\d+\.\d+\.\d+\n$/);
    const usage = run(at('empty', 'node_modules', '.bin', 'nightglass'), 'nonsense');
    assert.equal(usage.status, 2, 'exit codes pass through');
  });

  it('shows the demo, with its dashboard', async () => {
    const child = spawn('npx', ['--no', '--', 'nightglass', 'demo', '--port', '0', '--json'], {
      ...{ cwd: at('empty'), env, stdio: ['ignore', 'pipe', 'inherit'], detached: true },
    });
    try {
      const address = await readyAddress(child);
      const page = await (await fetch(address)).text();
      const [, script] = /src="\.?\/?(assets\/[^"]+\.js)"/.exec(page) ?? [];
      assert.ok(script !== undefined, page);
      assert.equal((await fetch(`${address}/${script}`)).status, 200);
      const ready = await (await fetch(`${address}/readyz`)).json();
      assert.deepEqual(ready, { ready: true });
      const { cameras } = (await (await fetch(`${address}/api/cameras`)).json()) as {
        cameras: object[];
      };
      assert.equal(cameras.length, 2);
    } finally {
      // npx and what it started.
      if (child.exitCode === null && child.pid !== undefined) {
        process.kill(-child.pid, 'SIGINT');
        await once(child, 'exit');
      }
    }
  });
});

async function readyAddress(child: ChildProcess): Promise<string> {
  for await (const line of createInterface({ input: child.stdout as NodeJS.ReadableStream })) {
    if (line.includes('"ready":true')) return (JSON.parse(line) as { address: string }).address;
  }
  throw new Error('the demo ended before it was ready');
}
