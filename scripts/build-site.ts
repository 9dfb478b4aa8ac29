/*
 * Builds the documentation as one searchable site into `site/dist`:
 *
 *   npm run site             builds
 *   npm run site -- --serve  builds and serves it on loopback
 *
 * The pages are the repository's own documents, at their own places, so that a link holds here and
 * there. VitePress is installed in `site/` at the first call: the product does not need it.
 */

import { execFileSync, spawn } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { dirname, join, posix, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { findLinks } from './site/find-links.ts';
import { listPages } from './site/list-pages.ts';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const site = join(root, 'site');
const content = join(site, 'content');

/** Copies the pages, and the files that they link to where nothing else would serve them. */
function collect(): number {
  rmSync(content, { recursive: true, force: true });
  const pages = listPages(root);
  for (const page of pages) {
    copy(page, content);
    for (const link of findLinks(readFileSync(join(root, page), 'utf8'))) {
      const target = posix.join(posix.dirname(page), link);
      if (target.startsWith('..') || pages.includes(target)) continue;
      if (!existsSync(join(root, target)))
        throw new Error(`${page} links to ${target}: there is none`);
      // Pictures stand beside their page; what is linked is served as it is.
      copy(target, content);
      copy(target, join(content, 'public'));
    }
  }
  return pages.length;
}

function copy(path: string, to: string): void {
  mkdirSync(dirname(join(to, path)), { recursive: true });
  cpSync(join(root, path), join(to, path), { recursive: true });
}

/** VitePress, with the Node that runs this. */
function vitepress(...args: readonly string[]): string[] {
  return [join(site, 'node_modules/vitepress/bin/vitepress.js'), ...args, site];
}

if (!existsSync(join(site, 'node_modules/vitepress'))) {
  process.stderr.write('Installing VitePress into site/ …\n');
  const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';
  execFileSync(npm, ['ci', '--no-audit', '--no-fund', '--ignore-scripts'], {
    cwd: site,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
}
const pages = collect();
execFileSync(process.execPath, vitepress('build'), { stdio: 'inherit' });
process.stdout.write(`${pages} pages in ${relative(process.cwd(), join(site, 'dist'))}\n`);
if (process.argv.includes('--serve')) {
  spawn(process.execPath, vitepress('preview', '--host', '127.0.0.1'), { stdio: 'inherit' });
}
