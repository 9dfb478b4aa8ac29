import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join as joinPath } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, it, type TestContext } from 'node:test';
import { dayMs } from '../../../../src/domain/bounds.ts';
import { type ErrorCode, isNightglassError } from '../../../../src/domain/errors.ts';
import { accountsInTest, goodPassword } from '../../../support/services/accounts-in-test.ts';
import { openStore } from '../../../support/store/open-store.ts';

const admin = { name: 'boss' };
const coded = (code: ErrorCode) => (error: unknown) => isNightglassError(error, code);

function setUp(t: TestContext, options: Parameters<typeof openStore>[1] = {}) {
  const opened = openStore(t, options);
  const made = accountsInTest(opened.store, opened.clock);
  const did = () => made.audit.list({}).map(({ who, what }) => `${who} ${what}`);
  return { ...opened, ...made, did };
}

describe('AccountStore: a folder that takes no writes', () => {
  const right = { name: 'ann', password: goodPassword };

  it('keeps nobody out whose password is right', async (t) => {
    const { accounts, dataDir, join } = setUp(t, { busyTimeoutMs: 1 });
    const ann = await join('ann');
    const browser = (await accounts.signIn(right))?.browser;
    assert.notEqual(browser, undefined);
    const other = new DatabaseSync(joinPath(dataDir, 'nightglass.db'));
    t.after(() => other.close());
    other.exec('BEGIN IMMEDIATE');
    assert.throws(() => accounts.link(ann.id, admin), coded('STORE_UNWRITABLE'));
    // Nothing is new in a browser that is known; nothing can be kept for another one.
    const known = await accounts.signIn({ ...right, browser });
    assert.deepEqual([known?.account.id, known?.browser], [ann.id, browser]);
    for (const unknown of [undefined, 'x'.repeat(43)]) {
      const found = await accounts.signIn({ ...right, browser: unknown });
      assert.deepEqual([found?.account.id, found?.browser], [ann.id, undefined]);
    }
    assert.equal(await accounts.signIn({ ...right, password: 'another one' }), null);
    other.exec('ROLLBACK');
    assert.notEqual((await accounts.signIn(right))?.browser, undefined);
  });
});

describe('AccountStore: invitations', () => {
  it('make an account that may do nothing before its holder has chosen a password', async (t) => {
    const { accounts, did } = setUp(t);
    const { account, secret, kind, expiresAt } = accounts.invite(
      { name: ' Maria.Garcia ', displayName: 'María', role: 'reviewer', cameras: ['gate'] },
      admin,
    );
    assert.equal(account.name, 'maria.garcia');
    assert.equal(kind, 'invitation');
    assert.equal(accounts.holder(account.id), null);
    assert.deepEqual(accounts.openLink(secret), {
      ...{ accountId: account.id, name: 'maria.garcia', displayName: 'María', kind, expiresAt },
    });
    await accounts.acceptLink(secret, goodPassword);
    assert.deepEqual(accounts.holder(account.id)?.principal, {
      ...{ id: account.id, name: 'maria.garcia', role: 'reviewer' },
      ...{ cameras: ['gate'], watchlists: '*', scopes: [] },
    });
    assert.deepEqual(did(), ['boss account.invited', 'maria.garcia account.joined']);
  });

  it('are used once, by one of two at the same time', async (t) => {
    const { accounts } = setUp(t);
    const { secret } = accounts.invite({ name: 'ann', role: 'viewer' });
    const both = await Promise.allSettled([
      accounts.acceptLink(secret, goodPassword),
      accounts.acceptLink(secret, `${goodPassword} 2`),
    ]);
    assert.deepEqual(both.map(({ status }) => status).sort(), ['fulfilled', 'rejected']);
    assert.equal(accounts.openLink(secret), null);
    await assert.rejects(accounts.acceptLink(secret, goodPassword), coded('NOT_FOUND'));
  });

  it('end after a week, and a new one ends the one before', async (t) => {
    const { accounts, clock } = setUp(t);
    const { account, secret } = accounts.invite({ name: 'ann', role: 'viewer' });
    const second = accounts.link(account.id, admin);
    assert.equal(second.kind, 'invitation');
    assert.equal(accounts.openLink(secret), null);
    clock.advance(7 * dayMs - 1);
    assert.ok(accounts.openLink(second.secret));
    clock.advance(1);
    assert.equal(accounts.openLink(second.secret), null);
    await assert.rejects(accounts.acceptLink(second.secret, goodPassword), coded('NOT_FOUND'));
  });

  it('take no password that is guessed first, and stay open', async (t) => {
    const { accounts } = setUp(t);
    const { secret } = accounts.invite({ name: 'ann.smith', role: 'viewer' });
    await assert.rejects(accounts.acceptLink(secret, 'ann.smith-2026'), coded('BAD_REQUEST'));
    await assert.rejects(accounts.acceptLink(secret, 'short'), coded('BAD_REQUEST'));
    await accounts.acceptLink(secret, goodPassword);
  });

  it('take names once for ever, of accounts and tokens together', async (t) => {
    const { accounts, tokens, join } = setUp(t);
    const ann = await join('ann');
    tokens.create({ name: 'Desk', role: 'viewer' });
    for (const name of ['ann', 'ANN', '\uff41nn', 'desk']) {
      assert.throws(() => accounts.invite({ name, role: 'viewer' }), coded('CONFLICT'), name);
    }
    for (const name of ['', 'a', 'System', 'x'.repeat(65), 'a b', '-a', 'a/b', '<b>']) {
      assert.throws(() => accounts.invite({ name, role: 'viewer' }), coded('BAD_REQUEST'), name);
    }
    accounts.remove(ann.id);
    assert.throws(() => accounts.invite({ name: 'ann', role: 'viewer' }), coded('CONFLICT'));
    assert.throws(() => tokens.create({ name: 'Ann', role: 'viewer' }), coded('CONFLICT'));
  });

  it('leave no secret in the data folder', async (t) => {
    const { accounts, dataDir, join } = setUp(t);
    await join('ann');
    const { secret } = accounts.invite({ name: 'bob', role: 'viewer' });
    const signedIn = await accounts.signIn({ name: 'ann', password: goodPassword });
    const secrets = [secret.slice(4), goodPassword, signedIn?.browser ?? ''];
    for (const file of readdirSync(dataDir)) {
      const bytes = readFileSync(joinPath(dataDir, file));
      for (const each of secrets) assert.ok(each !== '' && !bytes.includes(each), file);
    }
  });
});

describe('AccountStore: passwords', () => {
  it('let in who knows name and password, however the name is written', async (t) => {
    const { accounts, join } = setUp(t);
    const ann = await join('ann');
    const found = await accounts.signIn({ name: ' ANN', password: goodPassword });
    assert.equal(found?.account.id, ann.id);
    for (const [name, password] of [
      ['ann', `${goodPassword} `],
      ['ann', goodPassword.toUpperCase()],
      ['nobody', goodPassword],
      ['', goodPassword],
    ]) {
      assert.equal(await accounts.signIn({ name: name ?? '', password: password ?? '' }), null);
    }
  });

  it('know a browser again for the names that were right in it', async (t) => {
    const { accounts, clock, join } = setUp(t);
    await join('ann');
    await join('bob');
    const first = await accounts.signIn({ name: 'ann', password: goodPassword });
    const browser = first?.browser;
    assert.ok(browser !== undefined);
    assert.ok(accounts.knowsBrowser('Ann', browser));
    assert.ok(!accounts.knowsBrowser('bob', browser));
    assert.ok(!accounts.knowsBrowser('nobody', browser));
    const again = await accounts.signIn({ name: 'ann', password: goodPassword, browser });
    assert.equal(again?.browser, browser);
    const bob = await accounts.signIn({ name: 'bob', password: goodPassword, browser });
    // It is both their browser now; one whose secret is nobody's gets another.
    assert.equal(bob?.browser, browser);
    assert.ok(accounts.knowsBrowser('ann', browser) && accounts.knowsBrowser('bob', browser));
    const madeUp = await accounts.signIn({ name: 'bob', password: goodPassword, browser: 'x' });
    assert.notEqual(madeUp?.browser, 'x');
    for (let n = 0; n < 12; n += 1) {
      clock.advance(1);
      await accounts.signIn({ name: 'ann', password: goodPassword });
    }
    assert.ok(!accounts.knowsBrowser('ann', browser), 'the longest unused is forgotten');
    assert.ok(accounts.knowsBrowser('bob', browser), 'by each account for itself');
  });

  it('are changed by who knows the one before, and sessions end', async (t) => {
    const { accounts, did, join } = setUp(t);
    const ann = await join('ann');
    const before = accounts.holder(ann.id)?.credentials;
    const next = 'quite another phrase';
    await assert.rejects(accounts.changePassword(ann.id, 'wrong', next), coded('FORBIDDEN'));
    await assert.rejects(
      accounts.changePassword(ann.id, goodPassword, 'ann'),
      coded('BAD_REQUEST'),
    );
    await accounts.changePassword(ann.id, goodPassword, next);
    assert.notEqual(accounts.holder(ann.id)?.credentials, before);
    assert.equal(await accounts.signIn({ name: 'ann', password: goodPassword }), null);
    assert.ok(await accounts.signIn({ name: 'ann', password: next }));
    assert.equal(did().at(-1), 'ann account.password_changed');
  });

  it('are gone at once with a link for a new one', async (t) => {
    const { accounts, clock, join } = setUp(t);
    const ann = await join('ann');
    const { secret, kind, expiresAt } = accounts.link(ann.id, admin);
    assert.deepEqual([kind, expiresAt], ['reset', clock.now() + dayMs]);
    assert.equal(await accounts.signIn({ name: 'ann', password: goodPassword }), null);
    assert.equal(accounts.holder(ann.id), null);
    assert.equal(accounts.list()[0]?.link?.kind, 'reset');
    await accounts.acceptLink(secret, 'quite another phrase');
    assert.ok(await accounts.signIn({ name: 'ann', password: 'quite another phrase' }));
  });

  it('let nobody in who was disabled while the password was compared', async (t) => {
    const { accounts, join } = setUp(t);
    const ann = await join('ann');
    const asked = accounts.signIn({ name: 'ann', password: goodPassword });
    accounts.change(ann.id, { disabled: true }, admin);
    assert.equal(await asked, null);
    assert.equal(await accounts.signIn({ name: 'ann', password: goodPassword }), null);
  });
});

describe('AccountStore: rights', () => {
  it('change at once, with who changed them and to what', async (t) => {
    const { accounts, audit, join } = setUp(t);
    const ann = await join('ann');
    accounts.change(ann.id, { role: 'reviewer', watchlists: ['l1'] }, admin);
    const holder = accounts.holder(ann.id);
    assert.deepEqual([holder?.principal.role, holder?.principal.watchlists], ['reviewer', ['l1']]);
    const record = audit.list({ what: 'account.changed' })[0];
    assert.deepEqual([record?.who, record?.target], ['boss', ann.id]);
    assert.deepEqual(record?.detail, { name: 'ann', role: 'reviewer', watchlists: ['l1'] });
  });

  it('are none while disabled, and sessions from before do not come back', async (t) => {
    const { accounts, did, join } = setUp(t);
    const ann = await join('ann');
    const before = accounts.holder(ann.id)?.credentials;
    accounts.change(ann.id, { disabled: true }, admin);
    assert.equal(accounts.holder(ann.id), null);
    assert.throws(() => accounts.link(ann.id, admin), coded('CONFLICT'));
    accounts.change(ann.id, { disabled: false }, admin);
    assert.notEqual(accounts.holder(ann.id)?.credentials, before);
    assert.deepEqual(did().slice(-2), ['boss account.disabled', 'boss account.enabled']);
  });

  it('hold to the rules of tokens', async (t) => {
    const { accounts, join } = setUp(t);
    const ann = await join('ann');
    const asked = { role: 'viewer', scopes: ['embeddings:read'] } as const;
    assert.throws(() => accounts.change(ann.id, asked, admin), coded('BAD_REQUEST'));
    assert.throws(() => accounts.invite({ name: 'bob', ...asked }, admin), coded('BAD_REQUEST'));
    assert.throws(() => accounts.change(ann.id, { displayName: ' ' }, admin), coded('BAD_REQUEST'));
    assert.throws(() => accounts.change('none', { role: 'viewer' }, admin), coded('NOT_FOUND'));
  });

  it('leave an administrator of all cameras and lists', async (t) => {
    const { accounts, tokens, join } = setUp(t);
    const ann = await join('ann', { role: 'admin' });
    await join('bob', { role: 'admin', cameras: ['gate'] });
    for (const change of [
      { role: 'reviewer' },
      { cameras: ['gate'] },
      { disabled: true },
    ] as const) {
      assert.throws(() => accounts.change(ann.id, change, admin), coded('CONFLICT'));
    }
    assert.throws(() => accounts.remove(ann.id, admin), coded('CONFLICT'));
    assert.equal(accounts.get(ann.id).role, 'admin');
    const { token } = tokens.create({ name: 'start', role: 'admin' });
    accounts.change(ann.id, { disabled: true }, admin);
    accounts.change(ann.id, { disabled: false }, admin);
    tokens.revoke(token.id);
    assert.throws(() => accounts.remove(ann.id, admin), coded('CONFLICT'));
  });

  it('go with the account: the name alone stays', async (t) => {
    const { accounts, store, join } = setUp(t);
    const ann = await join('ann', { displayName: 'Ann Example' });
    await accounts.signIn({ name: 'ann', password: goodPassword });
    accounts.remove(ann.id, admin);
    assert.equal(accounts.holder(ann.id), null);
    assert.deepEqual(accounts.list(), []);
    assert.throws(() => accounts.get(ann.id), coded('NOT_FOUND'));
    const row = store.prepare('SELECT * FROM accounts').get();
    assert.deepEqual([row?.['name'], row?.['display_name'], row?.['password']], ['ann', '', null]);
    assert.equal(store.prepare('SELECT * FROM account_browsers').get(), undefined);
  });
});
