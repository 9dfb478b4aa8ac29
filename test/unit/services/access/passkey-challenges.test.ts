import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { factorBounds } from '../../../../src/domain/bounds.ts';
import { isNightglassError } from '../../../../src/domain/errors.ts';
import { PasskeyChallenges } from '../../../../src/services/access/factors/passkey-challenges.ts';

const purpose = {
  purpose: 'second',
  origin: 'https://a.example',
  accountId: 'ann',
  holder: 't',
} as const;

describe('PasskeyChallenges', () => {
  it('are good for what they were made for, by whoever made them, for a time', () => {
    let now = 1_000;
    const challenges = new PasskeyChallenges(() => now);
    const made = challenges.make(purpose);
    assert.equal(challenges.isGood(made, purpose), true);
    assert.notEqual(challenges.make(purpose), made);
    for (const other of [
      { purpose: 'alone' },
      { origin: 'https://b.example' },
      { accountId: 'bob' },
      { holder: 'u' },
    ] as const) {
      assert.equal(challenges.isGood(made, { ...purpose, ...other }), false);
    }
    assert.equal(new PasskeyChallenges(() => now).isGood(made, purpose), false);
    for (const wrong of ['', 'x', made.slice(0, -2), `${made}AAAA`, 'A'.repeat(made.length)]) {
      assert.equal(challenges.isGood(wrong, purpose), false);
    }
    now += factorBounds.challengeMs - 1;
    assert.equal(challenges.isGood(made, purpose), true);
    now += 1;
    assert.equal(challenges.isGood(made, purpose), false);
  });

  it('count once, however they are spelled', () => {
    const challenges = new PasskeyChallenges(() => 0);
    const made = challenges.make(purpose);
    assert.equal(challenges.spend(made, 'ann'), true);
    assert.equal(challenges.spend(made, 'ann'), false);
    assert.equal(challenges.spend(`${made}==`, 'ann'), false);
  });

  it('are answered so often by one account in a time, which holds up no other', () => {
    let now = 0;
    const challenges = new PasskeyChallenges(() => now);
    for (let n = 0; n < factorBounds.answers; n += 1) {
      assert.equal(challenges.spend(challenges.make(purpose), 'ann'), true);
    }
    assert.throws(
      () => challenges.spend(challenges.make(purpose), 'ann'),
      (error) => isNightglassError(error, 'BUSY'),
    );
    assert.equal(challenges.spend(challenges.make(purpose), 'bob'), true);
    now += factorBounds.challengeMs;
    assert.equal(challenges.spend(challenges.make(purpose), 'ann'), true);
  });
});
