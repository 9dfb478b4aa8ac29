import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { describe, it } from 'node:test';
import { isNightglassError } from '../../../src/domain/errors.ts';
import { lockDataFolder } from '../../../src/store/lock-data-folder.ts';
import { temporaryFolder } from '../../support/store/temporary-folder.ts';

const inUse = (error: unknown) => isNightglassError(error, 'STORE_IN_USE');

describe('lockDataFolder', () => {
  it('refuses a second program until the first one closes', (t) => {
    const dataDir = temporaryFolder(t);
    const first = lockDataFolder(dataDir);
    assert.throws(() => lockDataFolder(dataDir), inUse);
    first.close();
    lockDataFolder(dataDir).close();
  });

  it('lets go of the folder when the program that holds it is killed', async (t) => {
    const dataDir = temporaryFolder(t);
    const module = new URL('../../../src/store/lock-data-folder.ts', import.meta.url).href;
    const code = `const { lockDataFolder } = await import(${JSON.stringify(module)});
      globalThis.lock = lockDataFolder(${JSON.stringify(dataDir)});
      console.log('held');
      setInterval(() => undefined, 1000);`;
    const child = spawn(process.execPath, ['--input-type=module', '-e', code]);
    t.after(() => child.kill('SIGKILL'));
    await once(child.stdout, 'data');
    assert.throws(() => lockDataFolder(dataDir), inUse);
    child.kill('SIGKILL');
    await once(child, 'exit');
    lockDataFolder(dataDir).close();
  });

  it('says STORE_UNWRITABLE of a folder that cannot be', () => {
    assert.throws(
      () => lockDataFolder('/proc/nope'),
      (error) => isNightglassError(error, 'STORE_UNWRITABLE'),
    );
  });
});
