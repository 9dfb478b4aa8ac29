import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { describe, it } from 'node:test';

const logger = new URL('../../../src/cli/logger.ts', import.meta.url).href;

function logging(script: string) {
  const code = `import { createLogger } from '${logger}';\nconst log = createLogger('info');\n${script}`;
  return spawn(process.execPath, ['--input-type=module-typescript', '-e', code], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

describe('the log', { timeout: 30_000 }, () => {
  it('is complete when the process exits at once', async () => {
    const child = logging(
      "for (let i = 0; i < 50; i += 1) log.info('line ' + i); process.exit(0);",
    );
    const lines = (await text(child.stderr)).trim().split('\n');
    // A line that was on its way when the process ended may come after those that were not.
    const sent = Array.from({ length: 50 }, (_, i) => `line ${i}`);
    assert.deepEqual(lines.map((line) => JSON.parse(line).msg).toSorted(), sent.toSorted());
  });

  it('does not stop the program while nobody reads it', async () => {
    // Far more than a pipe holds, and nobody reads until the program has gone on.
    const child = logging(`
      for (let i = 0; i < 100; i += 1) log.info('x'.repeat(10_000));
      setTimeout(() => process.stdout.write('alive'), 100);`);
    const [chunk] = await once(child.stdout, 'data');
    assert.equal(String(chunk), 'alive');
    assert.equal((await text(child.stderr)).trim().split('\n').length, 100);
  });
});
