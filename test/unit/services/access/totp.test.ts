import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  makeRecoveryCodes,
  recoveryHash,
} from '../../../../src/services/access/factors/recovery-codes.ts';
import {
  makeTotpSecret,
  totpAddress,
  totpStep,
} from '../../../../src/services/access/factors/totp.ts';

/** `12345678901234567890` of RFC 6238, appendix B. */
const secret = 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ';
/** Seconds, and the last six of the eight digits there, for SHA-1. */
const vectors = [
  [59, '287082'],
  [1_111_111_109, '081804'],
  [1_111_111_111, '050471'],
  [1_234_567_890, '005924'],
  [2_000_000_000, '279037'],
  [20_000_000_000, '353130'],
] as const;

describe('totpStep', () => {
  it('holds to RFC 6238', () => {
    for (const [seconds, code] of vectors) {
      const step = Math.floor(seconds / 30);
      const at = seconds * 1000;
      assert.equal(totpStep(secret, code, at), step, code);
      assert.equal(totpStep(secret, `${code.slice(0, 3)} ${code.slice(3)}`, at), step);
    }
    assert.equal(totpStep(secret, '２８７０８２', 59_000), 1);
  });

  it('takes the codes of one step before and after, and no others', () => {
    const [seconds, code] = vectors[3];
    const step = Math.floor(seconds / 30);
    for (const [off, taken] of [
      ...([
        [-61, false],
        [-30, true],
        [30, true],
        [61, false],
      ] as const),
    ]) {
      assert.equal(totpStep(secret, code, (seconds + off) * 1000), taken ? step : null, `${off}`);
    }
  });

  it('takes nothing else', () => {
    for (const code of ['', '5924', '0059240', 'abcdef', '00592é', '٠٠٥٩٢٤', '-05924']) {
      assert.equal(totpStep(secret, code, vectors[3][0] * 1000), null, code);
    }
  });
});

describe('totpAddress', () => {
  it('says all that an app needs', () => {
    const made = makeTotpSecret();
    assert.match(made, /^[A-Z2-7]{32}$/);
    assert.notEqual(makeTotpSecret(), made);
    const url = new URL(totpAddress(made, 'Nightglass gate.example', 'ann@site'));
    assert.equal(url.protocol, 'otpauth:');
    assert.equal(decodeURIComponent(url.pathname), '/Nightglass gate.example:ann@site');
    assert.deepEqual(Object.fromEntries(url.searchParams), {
      ...{ issuer: 'Nightglass gate.example', secret: made },
      ...{ algorithm: 'SHA1', digits: '6', period: '30' },
    });
  });
});

describe('recovery codes', () => {
  it('are ten, none like another, and count however they are typed', () => {
    const codes = makeRecoveryCodes();
    assert.equal(new Set(codes).size, 10);
    for (const code of codes)
      assert.match(code, /^(?:[a-hj-km-np-z02-9]{4}-){3}[a-hj-km-np-z02-9]{4}$/);
    const [code = ''] = codes;
    const hash = recoveryHash('a', code);
    assert.deepEqual(recoveryHash('a', ` ${code.toUpperCase().replaceAll('-', ' ')} `), hash);
    assert.notDeepEqual(recoveryHash('b', code), hash);
  });
});
