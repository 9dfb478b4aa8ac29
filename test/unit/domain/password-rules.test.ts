import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { isNightglassError } from '../../../src/domain/errors.ts';
import { assertPassword } from '../../../src/domain/password-rules.ts';

const known = ['maria.garcia', 'María García'];

describe('assertPassword', () => {
  it('takes what is long and not guessed first, whatever its kinds of characters', () => {
    for (const password of [
      'tepid marble outing',
      'correcthorsebattery',
      'ööüüääßß éèê',
      '湖边第三棵树下埋着七把旧钥匙',
      '\u{1f511}\u{1f98a}\u{1f30a}\u{1f3b2}\u{1f9ca}\u{1f34b}\u{1f6f6}\u{1fa90}\u{1f3ba}\u{1f41d}\u{1f335}\u{1f9f5}',
      'xxxkivmtwpqzlobe',
      ' spaces at both ends ',
    ]) {
      assert.doesNotThrow(() => assertPassword(password, known), password);
    }
  });

  it('counts characters, not units of a string', () => {
    // Eleven, of two units each.
    const eleven =
      '\u{1f511}\u{1f98a}\u{1f30a}\u{1f3b2}\u{1f9ca}\u{1f34b}\u{1f6f6}\u{1fa90}\u{1f3ba}\u{1f41d}\u{1f335}';
    assert.throws(() => assertPassword(eleven, known), /has 11 characters, and needs 12/);
    assert.throws(() => assertPassword('k'.repeat(257), known), /256/);
  });

  it('refuses names, common words, rows and repetitions, and says no word of them', () => {
    for (const password of [
      'aaaaaaaaaaaa',
      'abcabcabcabcabc',
      '123456789012',
      '987654321098',
      'qwertyuiopas',
      '1q2w3e4r5t6y',
      'abcdefghijkl',
      'password1234',
      'P@ssw0rd2026!',
      'nightglass2026',
      'NightglassNightglass',
      'maria.garcia1',
      'MariaGarcia99!',
      'García.María.7',
      'welcomewelcome',
      'letmein12345',
      'administrator1',
    ]) {
      assert.throws(
        () => assertPassword(password, known),
        (error: unknown) =>
          isNightglassError(error, 'BAD_REQUEST') &&
          !error.message.toLowerCase().includes(password.toLowerCase()),
        password,
      );
    }
  });

  it('takes milliseconds for the longest', () => {
    const start = performance.now();
    for (const text of ['ab', 'a', 'zzzy', 'q1w2']) {
      const long = text.repeat(256).slice(0, 256);
      try {
        assertPassword(long, known);
      } catch (error) {
        assert.ok(isNightglassError(error, 'BAD_REQUEST'));
      }
    }
    assert.ok(performance.now() - start < 1000);
  });
});
