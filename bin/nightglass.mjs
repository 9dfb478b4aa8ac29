#!/usr/bin/env node
// Starts Nightglass. It needs Node 24: on an older one it runs by the Node that comes with its
// packages. Plain JavaScript that any Node from 18 reads.
import { spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';

const main = new URL('../dist/src/cli/main.js', import.meta.url);
const needed = 24;

if (Number.parseInt(process.versions.node, 10) >= needed) {
  await import(main.href);
} else {
  const node = ownNode();
  const child = spawn(node, [fileURLToPath(main), ...process.argv.slice(2)], { stdio: 'inherit' });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGUSR2']) {
    process.on(signal, () => child.kill(signal));
  }
  child.on('exit', (code, signal) => {
    if (signal === null) process.exit(code ?? 1);
    process.removeAllListeners(signal);
    process.kill(process.pid, signal);
  });
}

function ownNode() {
  try {
    return createRequire(import.meta.url).resolve('node/bin/node');
  } catch {
    process.stderr.write(
      `nightglass: Node ${process.versions.node} is too old, ${needed} is needed, and the package "node" that brings it was not installed\n  Install without --ignore-scripts, or with Node ${needed}.\n  (ENVIRONMENT)\n`,
    );
    process.exit(4);
  }
}
