import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { describe, it } from 'node:test';
import type { Assessment } from '../../src/domain/assessment/assessment.ts';
import { runCommand } from '../support/cli/run-command.ts';
import { type Clip, clips } from '../support/corpus/clips.ts';

const skip = existsSync(clips.classroom.path) ? false : 'the shared clips are not there';

async function assessed({ path }: Clip): Promise<Assessment> {
  const { code, stdout, stderr } = await runCommand(['camera', 'assess', '--file', path, '--json']);
  assert.equal(code, 0, stderr);
  return JSON.parse(stdout) as Assessment;
}

describe('assessment of clips', { skip, timeout: 300_000 }, () => {
  it('two large faces: good for alerts, and nothing to change', async () => {
    const { use, advice, medianDistance } = await assessed(clips.twoFaces);
    assert.equal(use, 'alerts');
    assert.deepEqual(advice, []);
    assert.ok((medianDistance ?? 0) > 24);
  });

  it('people who walk up with 11 px between the eyes: for review by people, nearer', async () => {
    const { use, advice, tracks, usable } = await assessed(clips.walking);
    assert.equal(use, 'review');
    assert.equal(advice[0]?.change, 'nearer');
    assert.ok(usable / tracks > 0.8, `${usable} of ${tracks}`);
  });

  it('a classroom with 6 px between the eyes: not usable, nearer by more than twice', async () => {
    const { use, advice } = await assessed(clips.classroom);
    assert.equal(use, 'unusable');
    assert.equal(advice[0]?.change, 'nearer');
    assert.ok((advice[0]?.factor?.alerts ?? 0) > 2);
  });

  it('somebody seen from behind: not usable', async () => {
    const { use, unusable } = await assessed(clips.fromBehind);
    assert.equal(use, 'unusable');
    assert.ok((unusable['not_a_face'] ?? 0) > 0);
  });
});
