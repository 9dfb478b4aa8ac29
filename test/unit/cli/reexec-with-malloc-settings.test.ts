import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { describe, it } from 'node:test';

const module = new URL('../../../src/cli/reexec-with-malloc-settings.ts', import.meta.url).href;
const script = `
  import { reexecWithMallocSettings } from ${JSON.stringify(module)};
  reexecWithMallocSettings();
  const { MALLOC_ARENA_MAX, MALLOC_MMAP_THRESHOLD_, MALLOC_TRIM_THRESHOLD_ } = process.env;
  console.log(JSON.stringify({
    pid: process.pid, words: process.argv.slice(1), flags: process.execArgv.slice(0, 1),
    MALLOC_ARENA_MAX, MALLOC_MMAP_THRESHOLD_, MALLOC_TRIM_THRESHOLD_,
  }));
`;

function run(env: NodeJS.ProcessEnv): { pid: number; words: string[] } & Record<string, unknown> {
  const clean = Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !name.startsWith('MALLOC_')),
  );
  const flags = ['--no-deprecation', '--input-type=module', '--eval', script];
  const child = spawnSync(process.execPath, [...flags, 'one', 'two words'], {
    env: { ...clean, ...env },
    encoding: 'utf8',
  });
  assert.equal(child.stderr, '');
  assert.equal(child.status, 0);
  return { ...JSON.parse(child.stdout), started: child.pid };
}

describe('reexecWithMallocSettings', {
  skip: process.platform !== 'linux' && 'glibc is on Linux',
}, () => {
  it('starts the program anew in its place, with what it was given', () => {
    const seen = run({});
    assert.equal(seen.pid, seen['started']);
    assert.deepEqual(seen.words, ['one', 'two words']);
    assert.deepEqual(seen['flags'], ['--no-deprecation']);
    assert.equal(seen['MALLOC_ARENA_MAX'], '2');
    assert.equal(seen['MALLOC_MMAP_THRESHOLD_'], '32768');
    assert.equal(seen['MALLOC_TRIM_THRESHOLD_'], '8388608');
  });

  it('leaves alone what the user has set', () => {
    const seen = run({ MALLOC_ARENA_MAX: '7' });
    assert.equal(seen['MALLOC_ARENA_MAX'], '7');
    assert.equal(seen['MALLOC_MMAP_THRESHOLD_'], undefined);
  });
});
