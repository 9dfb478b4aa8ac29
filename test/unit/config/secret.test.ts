import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { readSecret } from '../../../src/config/secret.ts';
import { temporaryFolder } from '../../support/store/temporary-folder.ts';

describe('readSecret', () => {
  it('takes a file without its line end', (t) => {
    const folder = temporaryFolder(t);
    writeFileSync(join(folder, 'password'), 'quiet\n');
    assert.equal(readSecret({ file: 'password' }, 'cameras[0].password', folder), 'quiet');
  });

  it('refuses an empty file as it does an empty variable', (t) => {
    const folder = temporaryFolder(t);
    writeFileSync(join(folder, 'password'), '\n');
    const missing = { code: 'SECRET_MISSING' };
    assert.throws(() => readSecret({ file: 'password' }, 'p', folder), missing);
    assert.throws(() => readSecret({ env: 'P' }, 'p', folder, { P: '' }), missing);
  });
});
