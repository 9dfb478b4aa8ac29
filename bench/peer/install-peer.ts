import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { access, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Skipped } from '../bench.ts';
import { atEnd } from '../ending.ts';

const folder = import.meta.dirname;

/**
 * Installs the peer beside this file, from the npm registry and without its
 * packages' own scripts, unless it is there.
 * @throws Skipped when it cannot be had
 */
export async function installPeer(say: (line: string) => void): Promise<void> {
  if (await isThere()) return;
  say('Peer: installing @vladmandic/human into bench/peer (some 130 MB, no part of the product)');
  const npm = spawn('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund'], {
    cwd: folder,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const forget = atEnd(() => npm.kill());
  let said = '';
  npm.stderr.on('data', (chunk: Buffer) => {
    said += chunk.toString();
  });
  const [code] = (await once(npm, 'close').catch(() => [-1])) as [number];
  forget();
  if (code !== 0 || !(await isThere())) {
    throw new Skipped(
      `the peer cannot be installed from the npm registry: ${said.trim().split('\n').at(-1) ?? code}`,
    );
  }
}

/** Whether the version that we ask for is installed. */
async function isThere(): Promise<boolean> {
  try {
    const wanted = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8'));
    const path = join(folder, 'node_modules/@vladmandic/human');
    const found = JSON.parse(await readFile(join(path, 'package.json'), 'utf8'));
    await access(join(path, 'models/faceres.bin'));
    return found.version === wanted.dependencies['@vladmandic/human'];
  } catch {
    return false;
  }
}
