import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join as joinPath } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, it, type TestContext } from 'node:test';
import { TOTP } from 'otpauth';
import { factorBounds } from '../../../../src/domain/bounds.ts';
import { type ErrorCode, isNightglassError } from '../../../../src/domain/errors.ts';
import type { FactorPolicy } from '../../../../src/domain/second-factor.ts';
import { accountsInTest } from '../../../support/services/accounts-in-test.ts';
import { openStore } from '../../../support/store/open-store.ts';

const coded = (code: ErrorCode) => (error: unknown) => isNightglassError(error, code);

function setUp(t: TestContext, options: Parameters<typeof openStore>[1] = {}) {
  const opened = openStore(t, options);
  let policy: FactorPolicy = 'optional';
  const made = accountsInTest(opened.store, opened.clock, () => policy);
  const did = () => made.audit.list({}).map(({ who, what }) => `${who} ${what}`);
  /** What an app shows, `steps` from now. */
  const codeOf = (secret: string, steps = 0) =>
    new TOTP({ secret }).generate({ timestamp: opened.clock.now() + steps * 30_000 });
  async function withTotp(name = 'ann') {
    const account = await made.join(name);
    const { enrolment, secret } = made.factors.totp.begin(account, 'Nightglass');
    const asked = { enrolment, code: codeOf(secret), name: 'Phone' };
    return { account, secret, ...made.factors.totp.confirm(account, asked) };
  }
  return {
    ...{ ...opened, ...made, did, codeOf, withTotp },
    setPolicy(next: FactorPolicy) {
      policy = next;
    },
  };
}

describe('SecondFactors: an authenticator', () => {
  it('is kept once a code of it is right, and with the first one come ten recovery codes', async (t) => {
    const { factors, join, codeOf, did, clock } = setUp(t);
    const ann = await join('ann');
    const { enrolment, secret, address } = factors.totp.begin(ann, 'Nightglass here');
    assert.ok(address.includes(secret));
    assert.deepEqual(factors.methods(ann.id), []);
    const asked = { enrolment, code: codeOf(secret), name: ' Phone ' };
    assert.throws(
      () => factors.totp.confirm(ann, { ...asked, code: '000000' }),
      coded('BAD_REQUEST'),
    );
    assert.throws(() => factors.totp.confirm(ann, { ...asked, name: '  ' }), coded('BAD_REQUEST'));
    const bob = await join('bob');
    assert.throws(() => factors.totp.confirm(bob, asked), coded('NOT_FOUND'));
    const { factor, recoveryCodes } = factors.totp.confirm(ann, asked);
    assert.deepEqual([factor.name, factor.kind, factor.createdAt], ['Phone', 'totp', clock.now()]);
    assert.equal(recoveryCodes?.length, 10);
    assert.deepEqual(factors.methods(ann.id), ['totp', 'recovery']);
    assert.deepEqual(factors.kinds().get(ann.id), ['totp']);
    assert.throws(() => factors.totp.confirm(ann, asked), coded('NOT_FOUND'));
    const second = factors.totp.begin(ann, 'x');
    const more = { ...second, code: codeOf(second.secret), name: 'Tablet' };
    assert.equal(factors.totp.confirm(ann, more).recoveryCodes, null);
    assert.equal(did().filter((what) => what === 'ann account.factor_added').length, 2);
  });

  it('takes too long', async (t) => {
    const { factors, join, codeOf, clock } = setUp(t);
    const ann = await join('ann');
    const { enrolment, secret } = factors.totp.begin(ann, 'x');
    clock.advance(factorBounds.pendingMs);
    const asked = { enrolment, code: codeOf(secret), name: 'Phone' };
    assert.throws(() => factors.totp.confirm(ann, asked), coded('NOT_FOUND'));
  });

  it('lets a code count once, and none before it', async (t) => {
    const { factors, withTotp, codeOf, clock } = setUp(t);
    const { account, secret } = await withTotp();
    // The one that has confirmed it has counted.
    assert.equal(factors.totp.use(account.id, codeOf(secret)), false);
    assert.equal(factors.totp.use(account.id, codeOf(secret, 1)), true);
    assert.equal(factors.totp.use(account.id, codeOf(secret, 1)), false);
    assert.equal(factors.totp.use(account.id, codeOf(secret, -1)), false);
    clock.advance(60_000);
    assert.equal(factors.totp.use(account.id, codeOf(secret, -1)), false);
    assert.equal(factors.totp.use('another', codeOf(secret)), false);
    assert.equal(factors.totp.use(account.id, codeOf(secret)), true);
    assert.equal(factors.list(account.id)[0]?.usedAt, clock.now());
  });

  it('lets a code count once while the folder takes no writes, too', async (t) => {
    const { factors, withTotp, codeOf, clock, dataDir } = setUp(t, { busyTimeoutMs: 1 });
    const { account, secret, recoveryCodes } = await withTotp();
    clock.advance(60_000);
    const other = new DatabaseSync(joinPath(dataDir, 'nightglass.db'));
    t.after(() => other.close());
    other.exec('BEGIN IMMEDIATE');
    assert.equal(factors.totp.use(account.id, codeOf(secret)), true);
    assert.equal(factors.totp.use(account.id, codeOf(secret)), false);
    // What cannot be noted as used is not taken.
    assert.throws(
      () => factors.useCode(account.id, recoveryCodes?.[0] ?? ''),
      coded('STORE_UNWRITABLE'),
    );
    other.exec('ROLLBACK');
  });

  it('is not readable in the data folder, and neither are recovery codes', async (t) => {
    const { withTotp, store, dataDir } = setUp(t);
    const { secret, recoveryCodes } = await withTotp();
    store.compact();
    const bytes = readdirSync(dataDir).map((file) =>
      readFileSync(joinPath(dataDir, file), 'latin1'),
    );
    for (const hidden of [secret, ...(recoveryCodes ?? [])]) {
      assert.ok(
        !bytes.some((all) => all.includes(hidden) || all.includes(hidden.replaceAll('-', ''))),
      );
    }
  });
});

describe('SecondFactors: recovery codes', () => {
  it('count once each, of one account, and fresh ones take their place', async (t) => {
    const { factors, withTotp, did } = setUp(t);
    const { account, recoveryCodes } = await withTotp();
    const { account: bob } = await withTotp('bob');
    const [first = '', second = ''] = recoveryCodes ?? [];
    assert.equal(factors.useCode(bob.id, first), false);
    assert.equal(factors.useCode(account.id, first.toUpperCase()), true);
    assert.equal(factors.useCode(account.id, first), false);
    assert.equal(factors.codesLeft(account.id), 9);
    const fresh = factors.makeCodes(account);
    assert.equal(factors.useCode(account.id, second), false);
    assert.equal(factors.useCode(account.id, fresh[0] ?? ''), true);
    assert.ok(did().includes('ann account.recovery_code_used'));
    assert.ok(did().includes('ann account.recovery_codes_made'));
  });
});

describe('SecondFactors: taken away', () => {
  it('one by one; the last one takes the codes with it, and stays where one must be there', async (t) => {
    const { factors, withTotp, setPolicy, did } = setUp(t);
    const { account, factor, recoveryCodes } = await withTotp();
    const { account: bob } = await withTotp('bob');
    assert.throws(() => factors.remove(bob, factor.id), coded('NOT_FOUND'));
    setPolicy(['admin']);
    assert.equal(factors.isNeeded('operator'), false);
    setPolicy(['operator']);
    assert.throws(() => factors.remove(account, factor.id), coded('CONFLICT'));
    setPolicy('optional');
    factors.remove(account, factor.id);
    assert.deepEqual(factors.methods(account.id), []);
    assert.equal(factors.useCode(account.id, recoveryCodes?.[0] ?? ''), false);
    assert.throws(() => factors.makeCodes(account), coded('CONFLICT'));
    assert.ok(did().includes('ann account.factor_removed'));
  });

  it('all at once by an administrator, and sessions end', async (t) => {
    const { accounts, factors, withTotp, did } = setUp(t);
    const { account } = await withTotp();
    const before = accounts.holder(account.id)?.credentials ?? 0;
    factors.reset(account.id, { name: 'boss' });
    assert.deepEqual(factors.list(account.id), []);
    assert.equal(factors.codesLeft(account.id), 0);
    assert.equal(accounts.holder(account.id)?.credentials, before + 1);
    assert.throws(() => factors.reset(account.id, { name: 'boss' }), coded('CONFLICT'));
    assert.ok(did().includes('boss account.factors_reset'));
  });

  it('with the account', async (t) => {
    const { accounts, factors, store, withTotp } = setUp(t);
    const { account } = await withTotp();
    accounts.remove(account.id);
    assert.deepEqual(factors.list(account.id), []);
    for (const table of ['account_factors', 'account_recovery_codes']) {
      assert.equal(store.prepare(`SELECT count(*) AS n FROM ${table}`).get()?.['n'], 0);
    }
  });
});
