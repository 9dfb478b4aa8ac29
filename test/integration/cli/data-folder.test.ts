import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { Command, runCommand } from '../../support/cli/run-command.ts';

describe('the data folder of nightglass run', { timeout: 240_000 }, () => {
  let folder: string;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'nightglass-data-'));
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  const configFor = (data: string): string => {
    const file = join(folder, 'config.yaml');
    writeFileSync(file, `data: ${data}\nserver: {port: 0}\n`);
    return file;
  };

  it('is held by one program: a second one ends with exit code 4 and says why', async () => {
    const config = configFor(join(folder, 'data'));
    await using first = new Command(['run', '-c', config, '--json']);
    await first.line();
    const second = await runCommand(['run', '-c', config, '--json']);
    assert.equal(second.code, 4, second.stderr);
    assert.match(second.stderr, /another program runs on it[\s\S]*STORE_IN_USE/);
    assert.equal(first.child.exitCode, null, 'the first goes on');
  });

  for (const [what, data] of [
    ['that can never be made', '/proc/nope'],
    ['that is no folder', '/dev/null'],
  ] as const) {
    it(`${what} ends the program at once, exit code 4`, async () => {
      const ended = await runCommand(['run', '-c', configFor(data)]);
      assert.equal(ended.code, 4, ended.stderr);
      assert.match(ended.stderr, /Cannot use the data folder[\s\S]*STORE_UNWRITABLE/);
    });
  }
});
