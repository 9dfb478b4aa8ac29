import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitepress';

/** The pages as `scripts/build-site.ts` collects them, at their places in the repository. */
const content = fileURLToPath(new URL('../content', import.meta.url));

/** The heading of a page. */
function titleOf(path: string): string {
  const text = readFileSync(`${content}/${path}.md`, 'utf8');
  return /^# (.+)$/m.exec(text)?.[1]?.replaceAll('`', '') ?? path;
}

function pages(...paths: readonly string[]) {
  return paths.map((path) => ({ text: titleOf(path), link: `/${path}` }));
}

/** All pages of a folder but those named elsewhere. */
function folder(path: string, named: readonly string[] = []) {
  const files = readdirSync(`${content}/${path}`)
    .filter((name) => name.endsWith('.md') && name !== 'README.md')
    .map((name) => `${path}/${name.slice(0, -'.md'.length)}`)
    .filter((page) => !named.includes(page));
  return pages(...files.sort());
}

const use = ['docs/dashboard', 'docs/cameras', 'docs/evidence', 'docs/cli'];
const operate = ['docs/security', 'docs/monitoring', 'docs/metrics', 'docs/errors'];
const figures = ['docs/models', 'docs/evaluation', 'docs/performance', 'docs/own-recogniser'];
const programs = ['docs/api', 'examples/README'];
const project = ['ARCHITECTURE', 'docs/glossary', 'docs/adr/README', 'CONTRIBUTING', 'SECURITY'];
const last = ['CHANGELOG'];

export default defineConfig({
  title: 'Nightglass',
  description: 'Watchlist alerts from live cameras whose picture is poor',
  srcDir: 'content',
  // Files served as they are; those of them that are Markdown are no pages.
  srcExclude: ['public/**'],
  outDir: 'dist',
  cacheDir: '.cache',
  rewrites: { 'README.md': 'index.md', 'README.zh-CN.md': 'zh-CN.md' },
  // The documents name placeholders such as <id>: no HTML, no Vue in them.
  markdown: { html: false },
  // The folder of a web server below which the site stands.
  base: process.env.NIGHTGLASS_SITE_BASE ?? '/',
  head: [['link', { rel: 'icon', href: 'data:,' }]],
  themeConfig: {
    search: { provider: 'local' },
    outline: [2, 3],
    sidebar: [
      { text: 'Start', items: [{ text: 'Nightglass', link: '/' }] },
      { text: 'Use', items: pages(...use) },
      { text: 'Operate', items: pages(...operate) },
      { text: 'What it achieves', items: pages(...figures) },
      { text: 'Programs', items: pages(...programs) },
      {
        text: 'More',
        items: folder('docs', [...use, ...operate, ...figures, ...programs, ...project]),
      },
      { text: 'The project', items: pages(...project, ...last) },
      { text: 'Decisions', collapsed: true, items: folder('docs/adr') },
      { text: 'Model cards', collapsed: true, items: folder('models/cards') },
    ],
  },
});
