import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { systemClock } from '../../../../src/domain/clock.ts';
import { isNightglassError } from '../../../../src/domain/errors.ts';
import { PasswordHasher, usualCost } from '../../../../src/services/access/password-hasher.ts';
import { cheap } from '../../../support/services/accounts-in-test.ts';

describe('PasswordHasher', () => {
  it('hashes with argon2id at no less than OWASP asks, each time with another salt', async () => {
    const hasher = new PasswordHasher(systemClock);
    const [a, b] = await Promise.all([hasher.hash('one password'), hasher.hash('one password')]);
    assert.match(a, /^\$argon2id\$v=19\$m=19456,t=2,p=1\$[\w+/]{22}\$[\w+/]{43}$/);
    assert.notEqual(a, b);
    assert.deepEqual(usualCost, { memory: 19_456, passes: 2, parallelism: 1 });
    assert.deepEqual(await hasher.verify('one password', a), { ok: true, outdated: false });
    assert.deepEqual(await hasher.verify('one Password', a), { ok: false, outdated: false });
  });

  it('knows what the reference implementation made', async () => {
    // argon2 -id -t 2 -k 65536 -p 1 of libargon2, from its test vectors.
    const kept =
      '$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc';
    const hasher = new PasswordHasher(systemClock, cheap);
    assert.deepEqual(await hasher.verify('password', kept), { ok: true, outdated: true });
  });

  it('takes the forms of one character for the same', async () => {
    const hasher = new PasswordHasher(systemClock, cheap);
    const kept = await hasher.hash('caf\u00e9 \uff11 \ufb01n');
    assert.ok((await hasher.verify('cafe\u0301 1 fin', kept)).ok);
  });

  it('says no to nothing and to what is no hash', async () => {
    const hasher = new PasswordHasher(systemClock, cheap);
    for (const kept of [null, '', 'plain', '$argon2i$v=19$m=8,t=1,p=1$AAAA$AAAA']) {
      assert.deepEqual(await hasher.verify('anything', kept), { ok: false, outdated: false });
    }
  });

  it('takes as long for nobody as for somebody', async () => {
    const hasher = new PasswordHasher(systemClock);
    const kept = await hasher.hash('one password');
    const time = async (stored: string | null) => {
      const took: number[] = [];
      for (let n = 0; n < 7; n += 1) {
        const start = performance.now();
        await hasher.verify('another password', stored);
        took.push(performance.now() - start);
      }
      return took.sort((a, b) => a - b)[3] ?? 0;
    };
    const [known, unknown] = [await time(kept), await time(null)];
    assert.ok(unknown > known / 3 && unknown < known * 3, `${known} ms, ${unknown} ms`);
  });

  it('holds the event loop for no time, and lets a bounded number wait', async () => {
    const hasher = new PasswordHasher(systemClock);
    const all = Array.from({ length: 60 }, () => hasher.hash('one password'));
    const settled = await Promise.allSettled(all);
    const refused = settled.filter(({ status }) => status === 'rejected');
    assert.equal(refused.length, 60 - 2 - 32);
    for (const each of refused) {
      assert.ok(each.status === 'rejected' && isNightglassError(each.reason, 'BUSY'));
    }
  });
});
