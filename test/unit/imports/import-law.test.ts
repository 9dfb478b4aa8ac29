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
  'src/domain/clock.ts': 'export const now = 1;\n',
  'src/domain/watchlist.ts': 'export type Watchlist = number;\n',
  'src/domain/errors.ts': `${modern}import { open } from '../store/open.ts';\nexport { open };\n`,
  'src/domain/file.ts': `import { readFileSync } from 'node:fs';\nexport const y = readFileSync;\n`,
  'src/store/open.ts': `import { now } from '../domain/clock.ts';\nexport const open = now;\nexport type Open = number;\n`,
  'src/services/gallery.ts': `import { open } from '../store/open.ts';\nexport const gallery = open;\nexport type Gallery = number;\n`,
  'src/services/hears.ts': `import type { Info } from '../streams/by-domain.ts';\nexport type { Info };\n`,
  'src/streams/by-value.ts': `${modern}import { gallery } from '../services/gallery.ts';\nexport { gallery };\n`,
  'src/streams/by-type.ts': `${modern}import type { Gallery } from '../services/gallery.ts';\nexport type { Gallery };\n`,
  'src/streams/by-domain.ts': `${modern}import { now } from '../domain/clock.ts';\nexport const info = now;\nexport type Info = number;\n`,
  'src/streams/dev.ts': `${modern}import { chromium } from 'playwright-core';\nexport { chromium };\n`,
  'src/streams/lost.ts': `import { nothing } from './not-there.ts';\nexport { nothing };\n`,
  'src/operators/native.ts': `${modern}export const decode = () => import('node-av');\n`,
  'src/operators/asks.ts': `import type { Open } from '../store/open.ts';\nexport type { Open };\n`,
  'src/gateway/round-a.ts': `${modern}import { b } from './round-b.ts';\nexport const a = b;\n`,
  'src/gateway/round-b.ts': `import type { a } from './round-a.ts';\nexport const b: typeof a = 1;\n`,
  'src/gateway/command.ts': `import { code } from '../cli/code.ts';\nexport { code };\n`,
  'src/gateway/config.ts': `export * from '../config/load.ts';\n`,
  'src/gateway/machinery.ts': `import type { Open } from '../store/open.ts';\nexport type { Open };\n`,
  'src/gateway/makes.ts': `import { gallery } from '../services/gallery.ts';\nexport { gallery };\n`,
  'src/gateway/data.ts': `import type { Watchlist } from '../domain/watchlist.ts';\nimport type { Gallery } from '../services/gallery.ts';\nexport type { Gallery, Watchlist };\n`,
  'src/gateway/infer.ts': `import { Tensor } from 'onnxruntime-node';\nexport { Tensor };\n`,
  'src/gateway/speaks.ts': `import { connect } from '@nats-io/transport-node';\nexport { connect };\n`,
  'src/cluster/speaks.ts': `import { connect } from '@nats-io/transport-node';\nexport { connect };\n`,
  'src/client/by-value.ts': `import { now } from '../domain/clock.ts';\nexport { now };\n`,
  'src/client/by-type.ts': `import type { Gallery } from '../services/gallery.ts';\nexport type { Gallery };\n`,
  'src/client/node.ts': `import { readFileSync } from 'node:fs';\nexport { readFileSync };\n`,
  'src/client-node/store.ts': `${modern}import { open } from '../store/open.ts';\nexport { open };\n`,
  'src/app/compose.ts': `import { camera } from '../../demo/camera.ts';\nexport { camera };\n`,
  'src/cli/code.ts': `import { camera } from '../../demo/camera.ts';\nexport const code = camera;\n`,
  'src/config/load.ts': 'export const load = 1;\n',
  'demo/camera.ts': `import { now } from '../src/domain/clock.ts';\nexport const camera = now;\n`,
  'bench/leans.ts': `${modern}import { help } from '../test/help.ts';\nexport { help };\n`,
  'test/help.ts': `import { now } from '../src/domain/clock.ts';\nexport const help = now;\n`,
  'web/src/page.tsx': `import { now } from '../../src/domain/clock.ts';\nexport const page = () => <p>{now}</p>;\n`,
  'web/src/by-type.ts': `import type { Gallery } from '../../src/services/gallery.ts';\nexport type { Gallery };\n`,
  'web/src/client.ts': `import type { Gallery } from '../../src/client/by-type.ts';\nexport type { Gallery };\n`,
};

const breaches = [
  'bench/leans.ts: nothing-imports-tests',
  'src/app/compose.ts: the-product-knows-no-demo-and-no-tools',
  'src/client-node/store.ts: the-client-on-node-knows-the-client',
  'src/client/by-value.ts: the-client-runs-anywhere',
  'src/client/node.ts: the-client-needs-no-node-module',
  'src/domain/errors.ts: the-domain-stands-alone',
  'src/domain/file.ts: domain-and-operators-need-no-node-module',
  'src/gateway/command.ts: nobody-imports-the-command-line',
  'src/gateway/command.ts: the-gateway-knows-domain-and-services',
  'src/gateway/config.ts: only-entry-points-read-configuration',
  'src/gateway/config.ts: the-gateway-knows-domain-and-services',
  'src/gateway/infer.ts: only-inference-runs-models',
  'src/gateway/machinery.ts: the-gateway-knows-domain-and-services',
  'src/gateway/makes.ts: the-gateway-is-given-its-services',
  'src/gateway/round-a.ts: no-circular',
  'src/gateway/speaks.ts: only-the-cluster-speaks-nats',
  'src/operators/asks.ts: operators-know-the-domain',
  'src/operators/native.ts: only-streams-decode',
  'src/operators/native.ts: operators-know-the-domain',
  'src/services/hears.ts: services-know-domain-and-store',
  'src/streams/by-type.ts: rooms-know-the-domain',
  'src/streams/by-value.ts: rooms-know-the-domain',
  'src/streams/dev.ts: src-needs-no-dev-dependency',
  'src/streams/lost.ts: no-unresolved',
  'web/src/by-type.ts: the-dashboard-stands-alone',
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
        'demo',
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
