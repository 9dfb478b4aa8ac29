import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, before, describe, it } from 'node:test';

const root = join(import.meta.dirname, '..', '..', '..');

// Syntax that a parser older than it skips, and the rest of the file with it.
const modern = '{ using _held = { [Symbol.dispose]() { return; } }; }\n';

/** A small checkout with a breach of each rule, and what the law allows beside it. */
const files: Readonly<Record<string, string>> = {
  'src/clock.ts': 'export const now = 1;\n',
  'src/errors.ts': `${modern}import { y } from './quality/y.ts';\nexport { y };\n`,
  'src/quality/y.ts': `import { readFileSync } from 'node:fs';\nexport const y = readFileSync;\n`,
  'src/quality/x.ts': `import { gallery } from '../watchlist/gallery.ts';\nexport { gallery };\n`,
  'src/watchlist/gallery.ts': 'export const gallery = 1;\nexport type Gallery = number;\n',
  'src/streams/by-value.ts': `${modern}import { gallery } from '../watchlist/gallery.ts';\nexport { gallery };\n`,
  'src/streams/by-type.ts': `${modern}import type { Gallery } from '../watchlist/gallery.ts';\nexport type { Gallery };\n`,
  'src/streams/dev.ts': `${modern}import { chromium } from 'playwright-core';\nexport { chromium };\n`,
  'src/streams/lost.ts': `import { nothing } from './not-there.ts';\nexport { nothing };\n`,
  'src/operators/native.ts': `${modern}export const decode = () => import('node-av');\n`,
  'src/gateway/round-a.ts': `${modern}import { b } from './round-b.ts';\nexport const a = b;\n`,
  'src/gateway/round-b.ts': `import type { a } from './round-a.ts';\nexport const b: typeof a = 1;\n`,
  'src/gateway/command.ts': `import { code } from '../cli/code.ts';\nexport { code };\n`,
  'src/gateway/config.ts': `export * from '../config/load.ts';\n`,
  'src/gateway/machinery.ts': `import type { Gallery } from '../watchlist/gallery.ts';\nexport type { Gallery };\n`,
  'src/gateway/data.ts': `import type { Watchlist } from '../watchlist/watchlist.ts';\nexport type { Watchlist };\n`,
  'src/watchlist/watchlist.ts': 'export type Watchlist = number;\n',
  'src/gateway/infer.ts': `import { Tensor } from 'onnxruntime-node';\nexport { Tensor };\n`,
  'src/client/by-value.ts': `import { now } from '../clock.ts';\nexport { now };\n`,
  'src/client/by-type.ts': `import type { Gallery } from '../watchlist/gallery.ts';\nexport type { Gallery };\n`,
  'src/client/node.ts': `import { readFileSync } from 'node:fs';\nexport { readFileSync };\n`,
  'src/cli/code.ts': 'export const code = 1;\n',
  'src/config/load.ts': 'export const load = 1;\n',
  'bench/leans.ts': `${modern}import { help } from '../test/help.ts';\nexport { help };\n`,
  'test/help.ts': `import { now } from '../src/clock.ts';\nexport const help = now;\n`,
  'web/src/page.tsx': `import { now } from '../../src/clock.ts';\nimport type { Gallery } from '../../src/watchlist/gallery.ts';\nexport const page = (n: Gallery) => <p>{now + n}</p>;\n`,
};

const breaches = [
  'bench/leans.ts: nothing-imports-tests',
  'src/client/by-value.ts: the-client-runs-anywhere',
  'src/client/node.ts: the-client-needs-no-node-module',
  'src/errors.ts: ground-floor',
  'src/gateway/command.ts: nobody-imports-the-command-line',
  'src/gateway/command.ts: rooms-do-not-know-each-other',
  'src/gateway/config.ts: only-entry-points-read-configuration',
  'src/gateway/config.ts: rooms-do-not-know-each-other',
  'src/gateway/infer.ts: only-inference-and-footage-run-models',
  'src/gateway/machinery.ts: the-gateway-names-data-alone',
  'src/gateway/round-a.ts: no-circular',
  'src/operators/native.ts: only-src-streams-and-virtual-decode',
  'src/operators/native.ts: operators-are-pure',
  'src/quality/x.ts: quality-is-arithmetic',
  'src/quality/y.ts: operators-need-no-node-module',
  'src/streams/by-value.ts: rooms-do-not-know-each-other',
  'src/streams/dev.ts: src-needs-no-dev-dependency',
  'src/streams/lost.ts: no-unresolved',
  'web/src/page.tsx: the-dashboard-stands-alone',
];

describe('the import law', () => {
  let folder: string;
  let found: string[];

  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'nightglass-law-'));
    for (const [name, text] of Object.entries(files)) {
      mkdirSync(dirname(join(folder, name)), { recursive: true });
      writeFileSync(join(folder, name), text);
    }
    for (const name of ['package.json', '.dependency-cruiser.json']) {
      cpSync(join(root, name), join(folder, name));
    }
    symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
    const tool = join(root, 'node_modules', 'dependency-cruiser', 'bin', 'dependency-cruiser.mjs');
    const { stdout, stderr } = spawnSync(
      process.execPath,
      [
        tool,
        '--config',
        '.dependency-cruiser.json',
        '--output-type',
        'json',
        'src',
        'test',
        'bench',
        'web/src',
      ],
      { cwd: folder, encoding: 'utf8' },
    );
    assert.equal(stderr, '');
    const { summary } = JSON.parse(stdout) as {
      summary: { violations: { from: string; rule: { name: string } }[] };
    };
    found = summary.violations.map(({ from, rule }) => `${from}: ${rule.name}`).sort();
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  it('finds a breach of every rule, also below syntax of this year, and no breach where there is none', () => {
    assert.deepEqual(found, breaches);
  });

  it('is itself tested rule by rule', async () => {
    const { default: law } = await import('../../../.dependency-cruiser.json', {
      with: { type: 'json' },
    });
    const broken = new Set(breaches.map((line) => line.split(': ')[1]));
    assert.deepEqual(
      law.forbidden.map(({ name }) => name).filter((name) => !broken.has(name)),
      [],
    );
  });
});
