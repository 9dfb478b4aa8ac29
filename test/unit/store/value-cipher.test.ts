import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { evidencePlace } from '../../../src/store/encryption/evidence-place.ts';
import { makeKey, StoreKeys } from '../../../src/store/encryption/store-keys.ts';
import { plainCipher, SealingCipher } from '../../../src/store/encryption/value-cipher.ts';

const [first, second] = [makeKey(), makeKey()];
const keysOf = (...texts: string[]) => StoreKeys.parse(texts.join('\n'), 'keys');
const one = keysOf(first.text);
const both = keysOf(second.text, first.text);

describe('SealingCipher', () => {
  const place = evidencePlace('a', 'face');
  const value = Uint8Array.from({ length: 100 }, (_, n) => n);

  it('opens what it sealed, in its place alone', () => {
    const cipher = new SealingCipher(one);
    const sealed = cipher.seal(value, place);
    assert.deepEqual(Buffer.from(cipher.open(sealed, cipher.keyId, place)), Buffer.from(value));
    for (const other of [
      evidencePlace('b', 'face'),
      evidencePlace('a', 'frame'),
      { ...place, table: 'templates' },
      { ...place, column: 'image' },
    ] as const) {
      assert.throws(() => cipher.open(sealed, cipher.keyId, other), { code: 'STORE_CORRUPT' });
    }
    assert.notDeepEqual(cipher.seal(value, place), sealed);
  });

  it('refuses an envelope in which any byte was changed, or that was cut', () => {
    const cipher = new SealingCipher(one);
    const sealed = cipher.seal(value, place);
    for (let at = 0; at < sealed.length; at += 1) {
      const changed = Buffer.from(sealed);
      changed[at] = (changed[at] ?? 0) ^ 1;
      const refusal = at > 0 && at <= 8 ? 'STORE_KEY_MISSING' : 'STORE_CORRUPT';
      assert.throws(() => cipher.open(changed, cipher.keyId, place), { code: refusal }, `${at}`);
    }
    for (const length of [0, 1, 36, sealed.length - 1]) {
      assert.throws(() => cipher.open(sealed.subarray(0, length), cipher.keyId, place), {
        code: 'STORE_CORRUPT',
      });
    }
  });

  it('opens with an earlier key, and seals with the one in use', () => {
    const sealed = new SealingCipher(one).seal(value, place);
    const cipher = new SealingCipher(both);
    assert.equal(cipher.keyId, second.id);
    assert.deepEqual(Buffer.from(cipher.open(sealed, first.id, place)), Buffer.from(value));
    const other = new SealingCipher(keysOf(second.text));
    assert.throws(() => other.open(sealed, first.id, place), {
      code: 'STORE_KEY_MISSING',
      message: new RegExp(first.id),
    });
    assert.throws(() => plainCipher.open(sealed, first.id, place), { code: 'STORE_KEY_MISSING' });
  });
});

describe('StoreKeys', () => {
  it('are read from lines and words with remarks, and tell nothing when they are wrong', () => {
    const keys = StoreKeys.parse(`# a remark\n${second.text} # new\n\n${first.text}\r\n`, 'f');
    assert.deepEqual(
      keys.all.map(({ id }) => id),
      [second.id, first.id],
    );
    for (const text of [
      '',
      '# none',
      'c2hvcnQ=',
      `${first.text}x`,
      `${first.text} ${first.text}`,
    ]) {
      assert.throws(
        () => StoreKeys.parse(text, 'the file f'),
        (error: Error & { code: string }) =>
          error.code === 'STORE_KEY_INVALID' &&
          error.message.includes('the file f') &&
          !error.message.includes(first.text.slice(0, 8)),
      );
    }
  });
});
