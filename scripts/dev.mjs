// The product from its sources, restarted when one of them changes: the demo,
// or the command that is named (`npm run dev -- run -c my.yaml`).
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const named = process.argv.slice(2);
const command = named.length > 0 ? named : ['demo'];
// With this variable set, Node's watch mode posts its own messages on every
// worker's port, where the product's protocols do not expect them.
const quietWorkers = 'data:text/javascript,delete process.env.WATCH_REPORT_DEPENDENCIES';
const watched = ['src', 'demo', 'models', 'web/dist'].map((folder) => `--watch-path=${folder}`);
const { status } = spawnSync(
  process.execPath,
  [...watched, '--watch-preserve-output', '--import', quietWorkers, 'src/cli/main.ts', ...command],
  { cwd: root, stdio: 'inherit' },
);
process.exitCode = status ?? 1;
