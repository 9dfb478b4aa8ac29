import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { chmodSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { isNightglassError } from '../../../src/domain/errors.ts';
import { keysInFolder, secretBox, secretKeyName } from '../../../src/store/secret-box.ts';
import { temporaryFolder } from '../../support/store/temporary-folder.ts';

const missing = (error: unknown) => isNightglassError(error, 'SECRET_MISSING');

describe('secretBox', () => {
  it('opens what it sealed, in its place alone, and never seals twice alike', () => {
    const key = randomBytes(32);
    const box = secretBox(() => [key]);
    const sealed = box.seal('pässword', 'gate');
    assert.equal(box.open(sealed, 'gate'), 'pässword');
    assert.equal(Buffer.from(sealed).includes('pässword'), false);
    assert.notDeepEqual(box.seal('pässword', 'gate'), sealed);
    assert.throws(() => box.open(sealed, 'yard'), missing);
    assert.throws(() => secretBox(() => [randomBytes(32)]).open(sealed, 'gate'), missing);
    for (const at of [0, 5, 20, sealed.length - 1]) {
      const changed = Uint8Array.from(sealed);
      changed[at] = (changed[at] ?? 0) ^ 1;
      assert.throws(() => box.open(changed, 'gate'), missing);
    }
    for (const length of [0, 1, 13, 28]) {
      assert.throws(() => box.open(sealed.subarray(0, length), 'gate'), missing);
    }
  });

  it('opens with any of its keys and seals with the first', () => {
    const [old, fresh] = [randomBytes(32), randomBytes(32)];
    const sealed = secretBox(() => [old]).seal('secret', 'gate');
    const both = secretBox(() => [fresh, old]);
    assert.equal(both.open(sealed, 'gate'), 'secret');
    const again = both.seal('secret', 'gate');
    assert.equal(secretBox(() => [fresh]).open(again, 'gate'), 'secret');
    assert.throws(() => secretBox(() => [old]).open(again, 'gate'), missing);
  });

  it('keeps its key in a file for the owner alone, made once', (t) => {
    const folder = join(temporaryFolder(t), 'data');
    const keys = keysInFolder(folder);
    assert.deepEqual(
      keys.map(({ length }) => length),
      [32],
    );
    const file = join(folder, secretKeyName);
    assert.equal(statSync(file).mode & 0o777, 0o600);
    chmodSync(file, 0o644);
    assert.deepEqual(keysInFolder(folder), keys);
    assert.equal(statSync(file).mode & 0o777, 0o600);
    writeFileSync(file, 'no key');
    assert.throws(() => keysInFolder(folder), missing);
  });
});
