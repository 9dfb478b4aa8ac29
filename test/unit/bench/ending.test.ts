import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';

const program = fileURLToPath(new URL('../../support/bench/parent-program.ts', import.meta.url));

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

describe('endOnSignals', () => {
  for (const [signal, code] of [
    ['SIGTERM', 143],
    ['SIGINT', 130],
  ] as const) {
    it(`leaves no child behind after ${signal}`, async (t) => {
      const parent = spawn(process.execPath, [program], { stdio: ['ignore', 'pipe', 'inherit'] });
      t.after(() => parent.kill('SIGKILL'));
      const lines = createInterface({ input: parent.stdout });
      const [line] = (await once(lines, 'line')) as [string];
      const child = Number(line);
      assert.ok(isRunning(child));
      parent.kill(signal);
      const [exitCode] = (await once(parent, 'exit')) as [number];
      assert.equal(exitCode, code);
      assert.equal(isRunning(child), false);
    });
  }
});
