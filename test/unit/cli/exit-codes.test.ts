import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { exitCodeOf } from '../../../src/cli/exit-codes.ts';
import { type ErrorCode, errorCodes, NightglassError } from '../../../src/domain/errors.ts';

const special: Readonly<Record<number, readonly ErrorCode[]>> = {
  2: ['USAGE'],
  3: ['CONFIG_INVALID', 'CONFIG_UNREADABLE', 'SECRET_MISSING', 'TLS_INVALID'],
  4: [
    'ENVIRONMENT',
    'PROVIDER_UNAVAILABLE',
    'MODEL_MANIFEST_INVALID',
    'MODEL_FILE_MISSING',
    'MODEL_HASH_MISMATCH',
    'MODEL_SIGNATURE_INVALID',
    'MODEL_PARENT_UNKNOWN',
    'MODEL_LOAD_FAILED',
    'STORE_CORRUPT',
    'STORE_UNWRITABLE',
    'STORE_IN_USE',
    'STORE_KEY_MISSING',
    'STORE_KEY_INVALID',
    'AUDIT_UNAVAILABLE',
    'AUDIT_ANCHOR_FAILED',
    'BACKUP_FAILED',
    'TIMESTAMP_FAILED',
    'CLUSTER_UNREACHABLE',
    'CLUSTER_UNAUTHORIZED',
    'CLUSTER_UNSUITABLE',
  ],
};

describe('exitCodeOf', () => {
  for (const code of Object.keys(errorCodes) as ErrorCode[]) {
    const wanted = Number(
      Object.keys(special).find((n) => special[Number(n)]?.includes(code)) ?? 1,
    );
    it(`${code}: ${wanted}`, () => {
      assert.equal(exitCodeOf(new NightglassError(code, 'Cannot')), wanted);
    });
  }

  it('is 1 for what nobody foresaw', () => {
    assert.equal(exitCodeOf(new TypeError('oops')), 1);
    assert.equal(exitCodeOf('oops'), 1);
    assert.equal(exitCodeOf(undefined), 1);
  });
});
