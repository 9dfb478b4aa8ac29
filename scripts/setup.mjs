// Set-up of a fresh checkout: the npm packages, then the dashboard. Plain
// JavaScript without imports from npm, because it runs before there are any,
// on whatever Node the machine has. Does nothing when nothing has changed.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const stampFile = join(root, 'node_modules', '.nightglass-setup.json');
const stamp = readStamp();

function readStamp() {
  try {
    return JSON.parse(readFileSync(stampFile, 'utf8'));
  } catch {
    return {};
  }
}

function filesBelow(folder) {
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    if (entry.name === 'dist' || entry.name === 'node_modules') return [];
    const path = `${folder}/${entry.name}`;
    return entry.isDirectory() ? filesBelow(path) : [path];
  });
}

function hashOf(files) {
  const hash = createHash('sha256');
  for (const file of files.sort()) {
    if (statSync(join(root, file), { throwIfNoEntry: false })?.isFile()) {
      hash
        .update(file)
        .update('\0')
        .update(readFileSync(join(root, file)))
        .update('\0');
    }
  }
  return hash.digest('hex');
}

function run(what, args) {
  process.stderr.write(`nightglass set-up: ${what} ...\n`);
  const started = Date.now();
  const result = spawnSync('npm', args, {
    cwd: root,
    stdio: ['ignore', 'ignore', 'pipe'],
    encoding: 'utf8',
    // Install steps of dependencies that would fetch from outside the npm registry.
    env: {
      ...process.env,
      SKIP_FFMPEG: 'true',
      ONNXRUNTIME_NODE_INSTALL: process.env.ONNXRUNTIME_NODE_INSTALL ?? 'skip',
    },
  });
  if (result.status !== 0) {
    process.stderr.write(`${result.stderr ?? result.error}\n`);
    process.stderr.write(
      `nightglass set-up: cannot finish: "npm ${args.join(' ')}" failed (above). Check that the npm registry can be reached and that the disk has 1.5 GB free, then try again.\n`,
    );
    process.exit(4);
  }
  process.stderr.write(
    `nightglass set-up: ${what}: done in ${Math.round((Date.now() - started) / 1000)} s\n`,
  );
}

// The lock file stands for package.json's dependencies (npm ci compares them), so that
// a new script there does not install everything anew.
const packages = hashOf(['package-lock.json', '.npmrc']);
if (stamp.packages !== packages || !existsSync(join(root, 'node_modules', '.bin', 'node'))) {
  run('npm packages', ['ci', '--include=dev', '--no-audit', '--no-fund', '--loglevel=error']);
  stamp.packages = packages;
  save();
}
if (existsSync(join(root, 'web', 'index.html'))) {
  const sources = [...filesBelow('web'), ...filesBelow('src/client')];
  const web = hashOf([...sources, 'package-lock.json']);
  if (stamp.web !== web || !existsSync(join(root, 'web', 'dist', 'index.html'))) {
    run('dashboard', ['run', '--silent', 'build:web']);
    stamp.web = web;
    save();
  }
}

function save() {
  mkdirSync(join(root, 'node_modules'), { recursive: true });
  writeFileSync(stampFile, JSON.stringify(stamp));
}
