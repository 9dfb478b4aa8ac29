import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { errorCodes } from '../../../src/domain/errors.ts';
import { statusOf } from '../../../src/gateway/contract/wire-error.ts';

describe('statusOf', () => {
  it('says of what a client handed in that the fault is the client’s', () => {
    const codes = (Object.keys(errorCodes) as (keyof typeof errorCodes)[]).filter((code) =>
      /^(IMAGE|FACE|NO_FACE|QUALITY|ARCHIVE)/.test(code),
    );
    assert.ok(codes.length >= 5);
    for (const code of codes) assert.ok(statusOf(code) < 500, `${code}: ${statusOf(code)}`);
  });
});
