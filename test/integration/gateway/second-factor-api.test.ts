// Over 300 lines: the steps of a sign-in are tried by one set-up.
import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { TOTP } from 'otpauth';
import { factorBounds } from '../../../src/domain/bounds.ts';
import { apiRoutes } from '../../../src/gateway/api-routes.ts';
import type { GatewayOptions } from '../../../src/gateway/gateway.ts';
import type { RouteContext } from '../../../src/gateway/routes/context.ts';
import { FakeClock } from '../../support/fake-clock.ts';
import { EventSocket } from '../../support/gateway/event-socket.ts';
import { gatewayWithAccounts } from '../../support/gateway/gateway-with-accounts.ts';
import { goodPassword } from '../../support/services/accounts-in-test.ts';

const wrong = '000000x';

/** People with an authenticator each, as the API makes it. */
async function setUp(t: TestContext, options: Partial<GatewayOptions> = {}) {
  const made = await gatewayWithAccounts(t, options);
  const { services } = made;
  const codeOf = (secret: string) => {
    // The code before this one has counted, or may have.
    services.later += 30_000;
    return new TOTP({ secret }).generate({ timestamp: Date.now() + services.later });
  };
  async function enrol(page: Page, name = 'Phone') {
    const begun = await page.ask('/api/account/factors/totp', 'POST', { password: goodPassword });
    assert.equal(begun.status, 200, JSON.stringify(begun.body));
    const { enrolment, secret } = begun.body;
    const added = await page.ask('/api/account/factors/totp/confirm', 'POST', {
      ...{ enrolment, name, code: codeOf(secret) },
    });
    assert.equal(added.status, 201, JSON.stringify(added.body));
    return { secret, factor: added.body.factor, recoveryCodes: added.body.recoveryCodes ?? [] };
  }
  async function joinWithTotp(name: string, rights: object = {}) {
    const { user, page } = await made.join(name, rights);
    return { user, page, ...(await enrol(page)) };
  }
  const second = (page: Page, ticket: string, shown: object) =>
    page.ask('/api/login/second', 'POST', { ticket, ...shown });
  const did = (what: string) => services.audited.filter((record) => record.what === what);
  return { ...made, codeOf, enrol, joinWithTotp, second, did };
}

type Page = ReturnType<Awaited<ReturnType<typeof gatewayWithAccounts>>['browser']>;

describe('a sign-in with a second factor', () => {
  it('begins a session once password and code are right', async (t) => {
    const { joinWithTotp, browser, second, codeOf, did, services } = await setUp(t);
    const { user, secret } = await joinWithTotp('ann');
    const page = browser();
    const { status, body, headers } = await page.login('ann');
    assert.equal(status, 202);
    assert.deepEqual(body.secondFactor, ['totp', 'recovery']);
    assert.equal(body.enrol, false);
    assert.ok(body.expiresAt > Date.now());
    assert.match(
      headers.getSetCookie().join('\n'),
      /^nightglass_second_step=[\w-]{43}; Path=\/; HttpOnly; SameSite=Strict; Max-Age=300$/,
    );
    assert.equal((await page.ask('/api/session')).status, 401);
    assert.equal((await second(page, body.ticket, { code: '000000' })).status, 401);
    const done = await second(page, body.ticket, { code: codeOf(secret) });
    assert.deepEqual([done.status, done.body.name], [200, 'ann']);
    assert.ok(page.jar.has('nightglass_browser'));
    assert.equal(page.jar.get('nightglass_second_step') ?? '', '');
    assert.equal((await page.ask('/api/session')).status, 200);
    const [own] = (await page.ask('/api/account/sessions')).body.sessions;
    assert.equal(own.by, 'password+totp');
    assert.equal(did('session.started').at(-1)?.detail?.['by'], 'password+totp');
    const [failed] = did('account.factor_failed');
    assert.deepEqual([failed?.who, failed?.target], ['ann', user.id]);
    const told = JSON.stringify(services.audited);
    for (const hidden of [secret, body.ticket]) assert.ok(!told.includes(hidden));
  });

  it('goes by a recovery code, once', async (t) => {
    const { joinWithTotp, browser, second } = await setUp(t);
    const { page: own, recoveryCodes } = await joinWithTotp('ann');
    const sign = async (shown: object) => {
      const page = browser();
      return second(page, (await page.login('ann')).body.ticket, shown);
    };
    const [recoveryCode] = recoveryCodes;
    assert.equal((await sign({ recoveryCode: 'aaaa-bbbb-cccc-dddd' })).status, 401);
    assert.equal((await sign({ recoveryCode })).status, 200);
    assert.equal((await sign({ recoveryCode })).status, 401);
    const { body } = await own.ask('/api/account/factors');
    assert.equal(body.recoveryCodes, 9);
  });

  it('spends its ticket, and takes a code once', async (t) => {
    const { joinWithTotp, browser, second, codeOf } = await setUp(t);
    const { secret } = await joinWithTotp('ann');
    const [page, other] = [browser(), browser()];
    const { ticket } = (await page.login('ann')).body;
    const step = page.jar.get('nightglass_second_step') ?? '';
    const code = codeOf(secret);
    assert.equal((await second(page, ticket, { code })).status, 200);
    page.jar.set('nightglass_second_step', step);
    assert.equal((await second(page, ticket, { code: codeOf(secret) })).status, 404);
    const again = (await other.login('ann')).body.ticket;
    assert.equal((await second(other, again, { code })).status, 401);
  });

  it('is over after some time, some tries, and with another password or the factors gone', async (t) => {
    const clock = new FakeClock(Date.now());
    const opened = await setUp(t, { clock });
    const { joinWithTotp, browser, second, codeOf, call } = opened;
    const { user, secret } = await joinWithTotp('ann', { role: 'viewer' });
    const page = browser();
    const begin = async () => (await page.login('ann')).body.ticket;
    const late = await begin();
    clock.advance(factorBounds.stepMs);
    assert.equal((await second(page, late, { code: codeOf(secret) })).status, 404);
    const tried = await begin();
    for (let n = 0; n < factorBounds.tries; n += 1) {
      assert.equal((await second(page, tried, { code: wrong })).status, 401);
    }
    clock.advance(60_000);
    assert.equal((await second(page, tried, { code: codeOf(secret) })).status, 404);
    const reset = await begin();
    assert.equal((await call(`/api/users/${user.id}/factors`, { method: 'DELETE' })).status, 204);
    assert.equal((await second(page, reset, { code: codeOf(secret) })).status, 404);
    assert.equal((await page.login('ann')).status, 200);
  });

  it('goes on in the browser alone that has shown the password', async (t) => {
    const { joinWithTotp, browser, second, codeOf } = await setUp(t);
    const { secret } = await joinWithTotp('ann');
    const [page, thief] = [browser(), browser()];
    const { ticket } = (await page.login('ann')).body;
    assert.equal((await second(thief, ticket, { code: codeOf(secret) })).status, 404);
    await thief.login('ann');
    assert.equal((await second(thief, ticket, { code: codeOf(secret) })).status, 404);
    assert.equal((await second(page, ticket, { code: codeOf(secret) })).status, 200);
  });

  it('lets nobody guess on with fresh tickets, and keeps the owner’s browser in', async (t) => {
    const clock = new FakeClock(Date.now());
    const { joinWithTotp, browser, second, codeOf } = await setUp(t, { clock });
    const { page: own, secret } = await joinWithTotp('ann');
    let refused = 0;
    for (let n = 0; n < 12; n += 1) {
      const thief = browser();
      const { status, body } = await thief.login('ann');
      if (status !== 202) break;
      const tried = await second(thief, body.ticket, { code: wrong });
      if (tried.status === 429) refused += 1;
    }
    assert.ok(refused >= 5, `${refused}`);
    const { ticket } = (await own.login('ann')).body;
    assert.equal((await second(own, ticket, { code: codeOf(secret) })).status, 200);
  });
});

describe('a stolen password', () => {
  it('opens nothing: with a ticket every route answers as to a stranger', async (t) => {
    const { joinWithTotp, browser, address, services } = await setUp(t, {
      limits: { authTimeMs: 20 },
    });
    await joinWithTotp('ann', { role: 'admin' });
    const page = browser();
    const { ticket } = (await page.login('ann')).body;
    const step = page.jar.get('nightglass_second_step') ?? '';
    const routes = apiRoutes({} as RouteContext).filter(({ role }) => role !== null);
    assert.ok(routes.length > 100);
    const before = services.audited.length;
    for (const secret of [ticket, step]) {
      for (const { method, path } of routes) {
        const cookies = ['session', 'second_step', 'browser'].map(
          (n) => `nightglass_${n}=${secret}`,
        );
        for (const headers of [
          { cookie: cookies.join('; ') },
          { cookie: page.cookie, 'x-csrf-token': secret },
          { authorization: `Bearer ${secret}` },
        ]) {
          const url = `${address}${path.replace(/:\w+/g, 'x')}?ticket=${secret}`;
          const { status } = await fetch(url, {
            method,
            headers: headers as Record<string, string>,
          });
          // Wrong tokens are slowed down after some.
          assert.ok(status === 401 || status === 429, `${method} ${path}: ${status}`);
        }
      }
      for (const path of ['/ws', '/preview/gate', '/preview/gate/coded']) {
        const cookie = `nightglass_session=${secret}; nightglass_second_step=${step}`;
        const socket = await EventSocket.open(`${address}${path}`, { headers: { cookie } });
        assert.equal(await socket.closed, 4401, path);
      }
    }
    const done = services.audited.slice(before).filter(({ what }) => what !== 'access.denied');
    assert.deepEqual(done, []);
  });

  it('adds no factor where there is one, and no factor of others', async (t) => {
    const { joinWithTotp, browser, enrol } = await setUp(t);
    const { page: own, factor } = await joinWithTotp('ann');
    const page = browser();
    const { ticket } = (await page.login('ann')).body;
    assert.equal((await page.ask('/api/login/enrol', 'POST', { ticket })).status, 404);
    const confirm = { ticket, enrolment: 'x', code: '123456', name: 'Mine' };
    assert.equal((await page.ask('/api/login/enrol/confirm', 'POST', confirm)).status, 404);
    const { page: bob } = await joinWithTotp('bob');
    const password = goodPassword;
    const path = `/api/account/factors/${factor.id}/remove`;
    assert.equal((await bob.ask(path, 'POST', { password })).status, 404);
    await enrol(own, 'Tablet');
  });
});

describe('second factors of an account', () => {
  it('are added and removed by the password alone, and end other sessions', async (t) => {
    const { join, browser, enrol, second, codeOf, did } = await setUp(t);
    const { page } = await join('ann');
    const elsewhere = browser();
    await elsewhere.login('ann');
    const bad = { password: 'not the password' };
    assert.equal((await page.ask('/api/account/factors/totp', 'POST', bad)).status, 403);
    const { secret, factor } = await enrol(page);
    assert.equal((await elsewhere.ask('/api/session')).status, 401);
    assert.equal((await page.ask('/api/session')).status, 200);
    const { ticket } = (await elsewhere.login('ann')).body;
    assert.equal((await second(elsewhere, ticket, { code: codeOf(secret) })).status, 200);
    const listed = (await page.ask('/api/account/factors')).body;
    assert.deepEqual([listed.factors[0].name, listed.required], ['Phone', false]);
    assert.ok(listed.factors[0].usedAt > 0);
    const path = `/api/account/factors/${factor.id}/remove`;
    assert.equal((await page.ask(path, 'POST', bad)).status, 403);
    assert.equal((await page.ask('/api/account/recovery-codes', 'POST', bad)).status, 403);
    const codes = await page.ask('/api/account/recovery-codes', 'POST', { password: goodPassword });
    assert.equal(codes.body.recoveryCodes.length, 10);
    assert.equal((await page.ask(path, 'POST', { password: goodPassword })).status, 204);
    assert.equal((await elsewhere.ask('/api/session')).status, 401);
    assert.equal((await elsewhere.login('ann')).status, 200);
    assert.equal(did('session.started').at(-1)?.detail?.['by'], 'password');
  });

  it('are taken away by an administrator of all alone, and not their own', async (t) => {
    const { joinWithTotp, join, call, browser } = await setUp(t);
    const { user, page } = await joinWithTotp('ann');
    const { page: limited } = await join('lim', { role: 'admin', cameras: ['gate'] });
    const { page: boss, user: bossUser } = await joinWithTotp('boss', { role: 'admin' });
    const path = `/api/users/${user.id}/factors`;
    assert.equal((await page.ask(path, 'DELETE')).status, 403);
    assert.equal((await limited.ask(path, 'DELETE')).status, 403);
    assert.equal((await boss.ask(`/api/users/${bossUser.id}/factors`, 'DELETE')).status, 403);
    const users = (await boss.ask('/api/users')).body.users as {
      name: string;
      secondFactors: string[];
    }[];
    assert.deepEqual(users.find(({ name }) => name === 'ann')?.secondFactors, ['totp']);
    assert.equal((await boss.ask(path, 'DELETE')).status, 204);
    assert.equal((await boss.ask(path, 'DELETE')).status, 409);
    assert.equal((await page.ask('/api/session')).status, 401);
    assert.equal((await browser().login('ann')).status, 200);
    const mine = await call<{ error: { code: string } }>('/api/account/factors');
    assert.equal(mine.status, 404);
  });
});

describe('a second factor that must be there', () => {
  it('is added after the password, before anything is open', async (t) => {
    const { join, browser, services, codeOf, second, did } = await setUp(t);
    const { page: before } = await join('ann', { role: 'admin' });
    const { page: bob } = await join('bob', { role: 'viewer' });
    services.factorPolicy = ['admin'];
    // The session with the password alone is over, too.
    assert.equal((await before.ask('/api/session')).status, 401);
    assert.equal((await bob.ask('/api/session')).status, 200);
    const page = browser();
    const { status, body } = await page.login('ann');
    assert.deepEqual([status, body.enrol, body.secondFactor], [202, true, []]);
    const { ticket } = body;
    assert.equal((await page.ask('/api/session')).status, 401);
    assert.equal((await second(page, ticket, { code: '123456' })).status, 404);
    const begun = await page.ask('/api/login/enrol', 'POST', { ticket });
    const { enrolment, secret } = begun.body;
    const confirm = { ticket, enrolment, name: 'Phone' };
    const path = '/api/login/enrol/confirm';
    assert.equal((await page.ask(path, 'POST', { ...confirm, code: '12' })).status, 400);
    const done = await page.ask(path, 'POST', { ...confirm, code: codeOf(secret) });
    assert.equal(done.status, 200);
    assert.equal(done.body.session.name, 'ann');
    assert.equal(done.body.recoveryCodes.length, 10);
    assert.equal((await page.ask('/api/session')).status, 200);
    assert.deepEqual(did('account.factor_added').length, 1);
    // The last one stays.
    const [factor] = (await page.ask('/api/account/factors')).body.factors;
    await page.ask('/api/session');
    const remove = `/api/account/factors/${factor.id}/remove`;
    assert.equal((await page.ask(remove, 'POST', { password: goodPassword })).status, 409);
  });

  it('is added by one of two who have the password, not by both', async (t) => {
    const { join, browser, services, codeOf } = await setUp(t);
    await join('ann', { role: 'admin' });
    services.factorPolicy = 'required';
    const pages = [browser(), browser()];
    const asked = [];
    for (const page of pages) {
      const { ticket } = (await page.login('ann')).body;
      const { enrolment, secret } = (await page.ask('/api/login/enrol', 'POST', { ticket })).body;
      asked.push({ page, secret, confirm: { ticket, enrolment, name: 'Phone' } });
    }
    const statuses = [];
    for (const { page, secret, confirm } of asked) {
      const code = codeOf(secret);
      const path = '/api/login/enrol/confirm';
      statuses.push((await page.ask(path, 'POST', { ...confirm, code })).status);
    }
    assert.deepEqual(statuses, [200, 409]);
  });
});
