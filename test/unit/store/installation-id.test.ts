import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { installationIdIn, installationIdName } from '../../../src/store/installation-id.ts';
import { temporaryFolder } from '../../support/store/temporary-folder.ts';

describe('installationIdIn', () => {
  it('is alike at each start, and another in each folder', (t) => {
    const [one, other] = [temporaryFolder(t), temporaryFolder(t)];
    assert.match(installationIdIn(one), /^[0-9a-f]{32}$/);
    assert.equal(installationIdIn(one), installationIdIn(one));
    assert.notEqual(installationIdIn(one), installationIdIn(other));
  });

  it('replaces what is none, and does without a folder that takes no file', (t) => {
    const folder = temporaryFolder(t);
    writeFileSync(join(folder, installationIdName), 'what is this');
    assert.equal(installationIdIn(folder), installationIdIn(folder));
    const full = temporaryFolder(t);
    mkdirSync(join(full, installationIdName));
    assert.match(installationIdIn(full), /^[0-9a-f]{32}$/);
  });
});
