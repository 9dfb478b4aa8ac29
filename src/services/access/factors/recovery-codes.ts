import { createHash, randomInt } from 'node:crypto';
import { factorBounds } from '../../../domain/bounds.ts';

/** No letter or digit that is taken for another one: 32 of them, 5 bits each. */
const alphabet = 'abcdefghjkmnpqrstuvwxyz023456789';
const letters = 16;

/** Fresh codes of 80 bits each, `xxxx-xxxx-xxxx-xxxx`. */
export function makeRecoveryCodes(): string[] {
  return Array.from({ length: factorBounds.recoveryCodes }, () =>
    Array.from({ length: letters }, () => alphabet[randomInt(alphabet.length)])
      .join('')
      .replace(/(.{4})(?=.)/g, '$1-'),
  );
}

/**
 * What is kept of a code. It has 80 random bits, which nobody tries through: a slow hash would add
 * nothing. Capitals, spaces and hyphens make no other code.
 */
export function recoveryHash(accountId: string, code: string): Uint8Array {
  const plain = code.toLowerCase().replace(/[\s-]/g, '');
  return createHash('sha256').update(`${accountId} ${plain}`).digest();
}
