import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { globSync, readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { parse } from 'yaml';

const scripts: Record<string, string> = JSON.parse(readFileSync('package.json', 'utf8')).scripts;
const stages = execFileSync('.ci/run', ['--list'], { encoding: 'utf8' }).trim().split('\n');

/** The files that an npm script with `node --test "GLOB" …` runs. */
function testFiles(script: string): string[] {
  const globs = [...(scripts[script] ?? '').matchAll(/"([^"]+)"/g)].map(([, glob]) => glob ?? '');
  return globSync(globs).sort();
}

describe('CI stages', () => {
  it('are those of the workflow for hosted runners', () => {
    const workflow = parse(readFileSync('.github/workflows/ci.yml', 'utf8'));
    assert.deepEqual(workflow.jobs.stage.strategy.matrix.stage, stages);
  });

  it('run all tests of `npm test` in two parts', () => {
    const all = testFiles('test');
    assert.ok(all.length > 100);
    assert.deepEqual([...testFiles('test:integration'), ...testFiles('test:unit')], all);
  });

  it('that do not exist are refused', () => {
    const { status, stderr } = spawnSync('.ci/run', ['lint', 'nothing'], { encoding: 'utf8' });
    assert.equal(status, 2);
    assert.match(stderr, /Unknown stage nothing; there are: lint types /);
  });
});
