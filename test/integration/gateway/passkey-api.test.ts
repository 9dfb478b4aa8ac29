// Over 300 lines: ways in and refusals are tried by one set-up.
import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { gatewayAccess } from '../../../src/app/gateway-access.ts';
import { factorBounds } from '../../../src/domain/bounds.ts';
import { silentLog } from '../../../src/domain/log.ts';
import type { GatewayOptions } from '../../../src/gateway/gateway.ts';
import { ownFactorsSchema } from '../../../src/gateway/schemas/factor.ts';
import { gatewayWithAccounts } from '../../support/gateway/gateway-with-accounts.ts';
import { type SignOptions, SoftwarePasskey } from '../../support/gateway/software-passkey.ts';
import { goodPassword } from '../../support/services/accounts-in-test.ts';

type Page = ReturnType<Awaited<ReturnType<typeof gatewayWithAccounts>>['browser']>;

const origin = 'https://nightglass.example.org';
/** As a proxy that the gateway trusts hands it on: RP ID and origin are those of the browser. */
const named: Partial<GatewayOptions> = { signIn: { passwords: true, address: `${origin}/` } };

/** People who have a passkey each, as the API makes it. */
async function setUp(t: TestContext, options: Partial<GatewayOptions> = named) {
  const made = await gatewayWithAccounts(t, options);
  const { services } = made;
  async function add(page: Page, key = new SoftwarePasskey(), shown: Partial<SignOptions> = {}) {
    const begun = await page.ask('/api/account/factors/passkey', 'POST', {
      password: goodPassword,
    });
    assert.equal(begun.status, 200, JSON.stringify(begun.body));
    const passkey = key.make(begun.body, { origin, ...shown });
    const path = '/api/account/factors/passkey/confirm';
    const added = await page.ask(path, 'POST', { name: 'Laptop', passkey });
    return { key, begun: begun.body, passkey, added };
  }
  async function joinWithPasskey(name: string, rights: object = {}) {
    const { user, page } = await made.join(name, rights);
    const { key, added } = await add(page);
    assert.equal(added.status, 201, JSON.stringify(added.body));
    return { user, page, key, ...added.body };
  }
  const begin = async (page: Page) => (await page.ask('/api/login/passkey', 'POST')).body;
  const confirm = (page: Page, passkey: object) =>
    page.ask('/api/login/passkey/confirm', 'POST', { passkey });
  async function signIn(page: Page, key: SoftwarePasskey, shown: Partial<SignOptions> = {}) {
    return confirm(page, key.show(await begin(page), { origin, ...shown }));
  }
  async function second(page: Page, name: string) {
    const { body } = await page.login(name);
    const { ticket } = body;
    const asked = await page.ask('/api/login/second/passkey', 'POST', { ticket });
    return { ticket, methods: body.secondFactor, asked };
  }
  const did = (what: string) => services.audited.filter((record) => record.what === what);
  return { ...made, add, joinWithPasskey, begin, confirm, signIn, second, did };
}

describe('a passkey', () => {
  it('signs in alone, and stands for both factors', async (t) => {
    const { joinWithPasskey, browser, begin, signIn, services, did } = await setUp(t);
    const { key, factor, recoveryCodes, page: own } = await joinWithPasskey('ann');
    assert.deepEqual([factor.kind, factor.name, factor.usedAt], ['passkey', 'Laptop', null]);
    assert.equal(recoveryCodes.length, 10);
    services.factorPolicy = 'required';
    const page = browser();
    const asked = await begin(page);
    assert.deepEqual(
      [asked.rpId, asked.allowCredentials, asked.userVerification],
      ['nightglass.example.org', [], 'required'],
    );
    const done = await signIn(page, key);
    assert.deepEqual([done.status, done.body.name], [200, 'ann'], JSON.stringify(done.body));
    assert.equal((await page.ask('/api/session')).status, 200);
    assert.ok(page.jar.has('nightglass_browser'));
    const [mine] = (await page.ask('/api/account/sessions')).body.sessions;
    assert.equal(mine.by, 'passkey');
    assert.equal(did('session.started').at(-1)?.detail?.['by'], 'passkey');
    const listed = (await page.ask('/api/account/factors')).body;
    assert.deepEqual(ownFactorsSchema.parse(listed), listed);
    assert.ok(listed.factors[0].usedAt > 0);
    assert.equal((await own.ask('/api/login')).body.passkeys.known, true);
  });

  it('is the second factor after a password, of its own account alone', async (t) => {
    const { joinWithPasskey, browser, second, did } = await setUp(t);
    const { key } = await joinWithPasskey('ann');
    const { key: bobs } = await joinWithPasskey('bob');
    const page = browser();
    const { ticket, asked, methods } = await second(page, 'ann');
    assert.deepEqual(methods, ['passkey', 'recovery']);
    assert.deepEqual(asked.body.allowCredentials, [{ id: key.id, type: 'public-key' }]);
    const answer = (passkey: object, of = ticket) =>
      page.ask('/api/login/second', 'POST', { ticket: of, passkey });
    // Whatever the other device says of whose it is.
    assert.equal((await answer(bobs.show(asked.body, { origin }))).status, 401);
    const handle = Buffer.from('x').toString('base64url');
    const told = key.show(asked.body, { origin, userHandle: handle });
    assert.equal((await answer(told)).status, 401);
    assert.equal(did('account.factor_failed').length, 2);
    const right = key.show(asked.body, { origin, userHandle: null });
    const { status, body } = await answer(right);
    assert.deepEqual([status, body.name], [200, 'ann']);
    assert.equal(did('session.started').at(-1)?.detail?.['by'], 'password+passkey');
    // The challenge was of the ticket before.
    const again = await second(page, 'ann');
    assert.equal((await answer(right, again.ticket)).status, 401);
    const other = await second(browser(), 'bob');
    assert.equal((await answer(key.show(asked.body, { origin }), other.ticket)).status, 404);
  });

  it('is the first factor where one must be there', async (t) => {
    const { join, browser, services, did } = await setUp(t);
    await join('ann', { role: 'admin' });
    services.factorPolicy = 'required';
    const [page, thief] = [browser(), browser()];
    const { ticket } = (await page.login('ann')).body;
    const begun = await page.ask('/api/login/enrol/passkey', 'POST', { ticket });
    assert.equal(begun.status, 200, JSON.stringify(begun.body));
    assert.equal((await thief.ask('/api/login/enrol/passkey', 'POST', { ticket })).status, 404);
    const passkey = new SoftwarePasskey().make(begun.body, { origin });
    const path = '/api/login/enrol/passkey/confirm';
    const asked = { ticket, name: 'Phone', passkey };
    assert.equal((await thief.ask(path, 'POST', asked)).status, 404);
    const done = await page.ask(path, 'POST', asked);
    assert.equal(done.status, 200, JSON.stringify(done.body));
    assert.equal(done.body.recoveryCodes.length, 10);
    assert.equal((await page.ask('/api/session')).status, 200);
    assert.equal(did('session.started').at(-1)?.detail?.['by'], 'password+passkey');
    assert.equal((await page.ask(path, 'POST', asked)).status, 404);
  });
});

describe('a passkey that signs in alone is refused', () => {
  it('with another challenge, or an answer that was given before', async (t) => {
    const { joinWithPasskey, browser, begin, confirm, signIn } = await setUp(t);
    const { key } = await joinWithPasskey('ann');
    const page = browser();
    const challenge = Buffer.alloc(56, 7).toString('base64url');
    assert.equal((await signIn(page, key, { challenge })).status, 401);
    const asked = await begin(page);
    const flipped = asked.challenge.replace(/^./, (first: string) => (first === 'A' ? 'B' : 'A'));
    assert.equal((await signIn(page, key, { challenge: flipped })).status, 401);
    // Without a counter nothing else stands against a replay.
    const step = page.jar.get('nightglass_second_step') ?? '';
    const shown = key.show(asked, { origin });
    assert.equal((await confirm(page, shown)).status, 200);
    page.jar.set('nightglass_second_step', step);
    assert.equal((await confirm(page, shown)).status, 401);
    const { key: uncounted } = await joinWithPasskey('bob');
    const other = browser();
    const once = uncounted.show(await begin(other), { origin, counter: 0 });
    const kept = other.jar.get('nightglass_second_step') ?? '';
    assert.equal((await confirm(other, once)).status, 200);
    other.jar.set('nightglass_second_step', kept);
    assert.equal((await confirm(other, once)).status, 401);
    assert.equal((await signIn(other, uncounted, { counter: 0 })).status, 200);
  });

  it('in another browser than the one that asked, and after some time', async (t) => {
    const { joinWithPasskey, browser, begin, confirm, services } = await setUp(t);
    const { key } = await joinWithPasskey('ann');
    const [page, thief] = [browser(), browser()];
    const shown = key.show(await begin(page), { origin });
    assert.equal((await confirm(thief, shown)).status, 401);
    await begin(thief);
    assert.equal((await confirm(thief, shown)).status, 401);
    services.later += factorBounds.challengeMs;
    assert.equal((await confirm(page, shown)).status, 401);
  });

  it('of another origin or host, without verification, and changed on the way', async (t) => {
    const { joinWithPasskey, browser, begin, confirm, signIn } = await setUp(t);
    const { key } = await joinWithPasskey('ann');
    const page = browser();
    for (const shown of [
      { origin: 'https://nightglass.example.com' },
      { origin: `${origin}:8443` },
      { origin: origin.replace('https', 'http') },
      { rpId: 'example.org' },
      { isVerified: false },
      { userHandle: null },
      { userHandle: Buffer.from('somebody').toString('base64url') },
    ]) {
      assert.equal((await signIn(page, key, shown)).status, 401, JSON.stringify(shown));
    }
    const shown = key.show(await begin(page), { origin });
    const other = new SoftwarePasskey();
    const forged = { ...other.show(await begin(page), { origin }), id: key.id, rawId: key.id };
    assert.equal((await confirm(page, forged)).status, 401);
    const { signature } = shown.response;
    const changed = signature.slice(0, -4) + (signature.endsWith('AAAA') ? 'BBBB' : 'AAAA');
    const response = { ...shown.response, signature: changed };
    assert.equal((await confirm(page, { ...shown, response })).status, 401);
    assert.equal((await confirm(page, shown)).status, 200);
  });

  it('that nobody has added, is removed, or whose account is disabled or waits', async (t) => {
    const { joinWithPasskey, browser, signIn, call } = await setUp(t);
    const page = browser();
    assert.equal((await signIn(page, new SoftwarePasskey())).status, 401);
    const ann = await joinWithPasskey('ann');
    const remove = `/api/account/factors/${ann.factor.id}/remove`;
    assert.equal((await ann.page.ask(remove, 'POST', { password: goodPassword })).status, 204);
    assert.equal((await signIn(page, ann.key)).status, 401);
    const bob = await joinWithPasskey('bob');
    const json = { disabled: true };
    assert.equal((await call(`/api/users/${bob.user.id}`, { method: 'PATCH', json })).status, 200);
    assert.equal((await signIn(page, bob.key)).status, 401);
    const cid = await joinWithPasskey('cid');
    const path = `/api/users/${cid.user.id}`;
    assert.equal((await call(`${path}/link`, { method: 'POST' })).status, 201);
    assert.equal((await signIn(page, cid.key)).status, 401);
    const dan = await joinWithPasskey('dan');
    assert.equal(
      (await call(`/api/users/${dan.user.id}/factors`, { method: 'DELETE' })).status,
      204,
    );
    assert.equal((await signIn(page, dan.key)).status, 401);
    assert.equal((await page.login('dan')).status, 200);
    const eva = await joinWithPasskey('eva');
    assert.equal((await call(`/api/users/${eva.user.id}`, { method: 'DELETE' })).status, 204);
    assert.equal((await signIn(page, eva.key)).status, 401);
  });

  it('and on record, where its counter goes back', async (t) => {
    const { joinWithPasskey, browser, signIn, second, did } = await setUp(t);
    const { key, user } = await joinWithPasskey('ann');
    const page = browser();
    assert.equal((await signIn(page, key, { counter: 7 })).status, 200);
    for (const counter of [7, 6, 0]) {
      const refused = await signIn(page, key, { counter });
      assert.equal(refused.status, 401);
      assert.match(refused.body.error.message, /counter went back/);
    }
    const { ticket, asked } = await second(page, 'ann');
    const passkey = key.show(asked.body, { origin, counter: 3 });
    assert.equal((await page.ask('/api/login/second', 'POST', { ticket, passkey })).status, 401);
    const recorded = did('account.passkey_counter_back');
    assert.deepEqual(
      recorded.map(({ who, target, detail }) => [who, target, detail?.['factor'], detail?.['by']]),
      [
        ...Array.from({ length: 3 }, () => ['ann', user.id, 'Laptop', 'passkey']),
        ['ann', user.id, 'Laptop', 'password+passkey'],
      ],
    );
    assert.equal((await signIn(page, key, { counter: 8 })).status, 200);
  });

  it('as a guess is, after many from one network; a right one is let in all the same', async (t) => {
    const { joinWithPasskey, browser, begin, confirm, signIn } = await setUp(t);
    const { key } = await joinWithPasskey('ann');
    const page = browser();
    const wrong = new SoftwarePasskey().show(await begin(page), { origin });
    const statuses = [];
    for (let n = 0; n < 40; n += 1) statuses.push((await confirm(page, wrong)).status);
    assert.equal(statuses[0], 401);
    assert.equal(statuses.at(-1), 429);
    assert.equal((await signIn(page, key)).status, 200);
  });

  it('where accounts have no passwords here', async (t) => {
    const { call } = await setUp(t, { signIn: { passwords: false, address: `${origin}/` } });
    assert.equal((await call('/api/login/passkey', { method: 'POST' })).status, 403);
  });
});

describe('adding a passkey', () => {
  it('asks for the password, ends other sessions, and takes one once', async (t) => {
    const { join, browser, add, did } = await setUp(t);
    const { page } = await join('ann');
    const bad = { password: 'not the password' };
    assert.equal((await page.ask('/api/account/factors/passkey', 'POST', bad)).status, 403);
    const elsewhere = browser();
    await elsewhere.login('ann');
    const { key, passkey, added } = await add(page);
    assert.equal(added.status, 201, JSON.stringify(added.body));
    assert.equal((await elsewhere.ask('/api/session')).status, 401);
    assert.equal((await page.ask('/api/session')).status, 200);
    const path = '/api/account/factors/passkey/confirm';
    assert.equal((await page.ask(path, 'POST', { name: 'Again', passkey })).status, 404);
    const { begun, added: twice } = await add(page, key);
    assert.deepEqual(begun.excludeCredentials, [{ id: key.id, type: 'public-key' }]);
    assert.equal(twice.status, 409);
    const { page: bob } = await join('bob');
    assert.equal((await add(bob, key)).added.status, 409);
    assert.equal((await add(page)).added.body.recoveryCodes, null);
    assert.equal(did('account.factor_added').length, 2);
  });

  it('refuses one of elsewhere, of another session or unverified, and every certificate', async (t) => {
    const { join, browser, add } = await setUp(t);
    const { page } = await join('ann');
    for (const shown of [
      { origin: 'https://nightglass.example.com' },
      { rpId: 'example.org' },
      { isVerified: false },
    ]) {
      assert.equal((await add(page, new SoftwarePasskey(), shown)).added.status, 400);
    }
    const challenge = Buffer.alloc(56, 7).toString('base64url');
    assert.equal((await add(page, new SoftwarePasskey(), { challenge })).added.status, 404);
    const path = '/api/account/factors/passkey/confirm';
    const begin = async (of: Page) =>
      (await of.ask('/api/account/factors/passkey', 'POST', { password: goodPassword })).body;
    const elsewhere = browser();
    await elsewhere.login('ann');
    const passkey = new SoftwarePasskey().make(await begin(page), { origin });
    const asked = { name: 'Laptop', passkey };
    assert.equal((await elsewhere.ask(path, 'POST', asked)).status, 404);
    const certified = new SoftwarePasskey().make(await begin(page), { origin }, [Buffer.alloc(9)]);
    const refused = await page.ask(path, 'POST', { name: 'Laptop', passkey: certified });
    assert.equal(refused.status, 400);
    const large = structuredClone(passkey);
    large.response.attestationObject = 'A'.repeat(factorBounds.attestation + 1);
    assert.equal((await page.ask(path, 'POST', { name: 'x', passkey: large })).status, 400);
    assert.equal((await page.ask('/api/account/factors')).body.factors.length, 0);
  });
});

describe('the address of passkeys', () => {
  it('is the one of the browser: no IP address, and HTTPS but on this machine', async (t) => {
    const { address, join } = await setUp(t, {});
    const { page } = await join('ann');
    const { port } = new URL(address);
    assert.equal((await page.ask('/api/login')).body.passkeys.fault, 'address');
    const refused = await page.ask('/api/account/factors/passkey', 'POST', {
      password: goodPassword,
    });
    assert.deepEqual([refused.status, refused.body.error.code], [409, 'PASSKEY_UNAVAILABLE']);
    assert.match(refused.body.error.message, /host name, not an IP address/);
    const faultOf = async (headers: Record<string, string>) => {
      const { get } = await import('node:http');
      const body = await new Promise<string>((resolve, reject) => {
        get({ host: '127.0.0.1', port, path: '/api/login', headers }, async (response) => {
          resolve((await response.toArray()).join(''));
        }).on('error', reject);
      });
      return JSON.parse(body).passkeys.fault;
    };
    assert.equal(await faultOf({ host: `localhost:${port}` }), null);
    assert.equal(await faultOf({ host: 'night.example.org' }), 'insecure');
    // Everybody can send that: it counts of a proxy that is named alone.
    const forwarded = { host: 'night.example.org', 'x-forwarded-proto': 'https' };
    assert.equal(await faultOf(forwarded), 'insecure');
  });

  it('is HTTPS where a proxy of ours says so', async (t) => {
    const { address } = await setUp(t, { proxies: ['127.0.0.1'] });
    const { request } = await import('node:http');
    const { port } = new URL(address);
    const headers = { host: 'night.example.org', 'x-forwarded-proto': 'https' };
    const body = await new Promise<string>((resolve, reject) => {
      request(
        { host: '127.0.0.1', port, path: '/api/login/passkey', method: 'POST', headers },
        async (response) => resolve((await response.toArray()).join('')),
      )
        .on('error', reject)
        .end();
    });
    assert.equal(JSON.parse(body).rpId, 'night.example.org');
  });

  it('is held: a passkey of one is none of another', async (t) => {
    const first = await setUp(t);
    const { key } = await first.joinWithPasskey('ann');
    // The same records, by another name.
    const other = await gatewayWithAccounts(t, {
      signIn: { passwords: true, address: 'https://other.example.org/' },
      services: first.services,
      access: gatewayAccess(first.services, silentLog),
    });
    const page = other.browser();
    const asked = (await page.ask('/api/login/passkey', 'POST')).body;
    const elsewhere = { origin: 'https://other.example.org' };
    const passkey = key.show(asked, elsewhere);
    assert.equal((await page.ask('/api/login/passkey/confirm', 'POST', { passkey })).status, 401);
    const { ticket } = (await page.login('ann')).body;
    const second = await page.ask('/api/login/second/passkey', 'POST', { ticket });
    assert.equal(second.body.error.code, 'PASSKEY_UNAVAILABLE');
  });
});
