import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { FakeClock } from '../../support/fake-clock.ts';
import { ask } from '../../support/gateway/open-gateway.ts';
import { startPathProxy } from '../../support/gateway/path-proxy.ts';
import { gatewayWithProvider } from '../../support/oidc/gateway-with-provider.ts';
import { Guest } from '../../support/oidc/guest.ts';
import { walkSignIn } from '../../support/oidc/walk-sign-in.ts';

async function until(what: () => boolean): Promise<void> {
  const end = Date.now() + 60_000;
  while (!what()) {
    if (Date.now() > end) assert.fail('it does not come');
    await setImmediate();
  }
}

const faultOf = (response: Response) => {
  assert.equal(response.status, 302);
  return new URL(response.headers.get('location') ?? '', 'http://any').searchParams.get('sign-in');
};

async function setUp(t: TestContext, options: Parameters<typeof gatewayWithProvider>[1] = {}) {
  const opened = await gatewayWithProvider(t, options);
  return { ...opened, browser: new Guest(opened.home()) };
}

describe('sign-in by a provider over the API', { timeout: 120_000 }, () => {
  it('says how people sign in', async (t) => {
    const { browser, home, services } = await setUp(t, { passwords: false });
    assert.deepEqual(await (await browser.ask('api/login')).json(), {
      passwords: false,
      oidc: { name: 'Site' },
      passkeys: { known: false, fault: 'address' },
    });
    const refused = await browser.ask('api/login/password', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ name: 'ann', password: 'any phrase at all' }),
    });
    assert.equal(refused.status, 403);
    const { secret: token } = services.tokens.create({ name: 'start', role: 'admin' });
    const json = { name: 'bob', role: 'operator' };
    assert.equal((await ask(`${home()}api/users`, { token, json })).status, 403);
  });

  it('begins a session with the rights of the group, of an account that is there from then on', async (t) => {
    const { browser, services } = await setUp(t);
    const back = await browser.signIn('ann');
    assert.equal(back.headers.get('location'), '/');
    const [pending = '', session = ''] = back.headers.getSetCookie();
    assert.match(
      pending,
      /^nightglass_oidc=; Path=\/api\/oidc; HttpOnly; SameSite=Lax; Max-Age=0$/,
    );
    assert.match(session, /^nightglass_session=[\w-]{43}; Path=\/; HttpOnly; SameSite=Strict$/);
    const { csrf: _, ...me } = await browser.me();
    assert.deepEqual(
      [me.name, me.displayName, me.kind, me.role, me.cameras],
      ['ann', 'Ann Example', 'account', 'operator', ['door']],
    );
    const [account] = services.accounts.list();
    assert.equal(account?.origin, 'oidc');
    assert.equal(account?.subject, 'ann');
    await new Guest(browser.home).signIn('ann');
    assert.equal(services.accounts.list().length, 1);
    const started = services.audit
      .list({ limit: 20 })
      .filter(({ what }) => what === 'session.started');
    assert.equal(started.length, 2);
    assert.deepEqual(
      started.map(({ detail }) => (detail as { by?: string }).by),
      ['oidc', 'oidc'],
    );
  });

  it('keeps nobody to a page who is in no mapped group: it says so, and the record names them', async (t) => {
    const { browser, provider, services } = await setUp(t);
    provider.people.set('eve', { groups: ['staff'] });
    assert.equal(faultOf(await browser.signIn('eve')), 'no_access');
    assert.equal((await browser.ask('api/session')).status, 401);
    assert.deepEqual(services.accounts.list(), []);
    const [denied] = services.audit
      .list({ limit: 20 })
      .filter(({ what }) => what === 'access.denied');
    assert.equal(denied?.who, 'anonymous');
    assert.deepEqual(
      { ...(denied?.detail as object), address: undefined },
      {
        ...{ place: 'GET /api/oidc/callback', code: 'FORBIDDEN', address: undefined },
        ...{ fault: 'no_access', named: 'eve', times: 1 },
      },
    );
    // As somebody else, whom the provider asks for although it knows eve.
    await browser.signIn('ann', '?another=yes');
    assert.equal((await browser.me()).name, 'ann');
  });

  it('lets nobody in whose account is disabled, and ends their session', async (t) => {
    const { browser, services } = await setUp(t);
    await browser.signIn('ann');
    const [account] = services.accounts.list();
    services.accounts.change(account?.id ?? '', { disabled: true });
    assert.equal((await browser.ask('api/session')).status, 401);
    assert.equal(faultOf(await browser.signIn('ann')), 'disabled');
    services.accounts.change(account?.id ?? '', { disabled: false });
    await browser.signIn('ann');
    assert.equal((await browser.me()).name, 'ann');
  });

  it('takes no answer from another browser, none twice and none that was made up', async (t) => {
    const { browser } = await setUp(t);
    const to = await browser.ask('api/oidc/login');
    const back = await walkSignIn(to.headers.get('location') ?? '', 'ann');
    const thief = new Guest(browser.home);
    await thief.ask('api/oidc/login');
    assert.equal(faultOf(await thief.ask(back.href)), 'expired');
    assert.equal(faultOf(await new Guest(browser.home).ask(back.href)), 'expired');
    // What another page made up in this browser ends nothing.
    assert.equal(faultOf(await browser.ask('api/oidc/callback?state=made-up&code=a')), 'expired');
    const cookie = browser.jar.header;
    assert.equal((await browser.ask(back.href)).headers.get('location'), '/');
    assert.equal(
      faultOf(await fetch(back, { redirect: 'manual', headers: { cookie } })),
      'expired',
    );
    assert.equal((await browser.ask('api/oidc/callback?state=a&state=b')).status, 400);
  });

  it('says that the provider is down, while tokens go on working', async (t) => {
    const { browser, provider, services } = await setUp(t);
    await provider.close();
    assert.equal(faultOf(await browser.ask('api/oidc/login')), 'provider');
    const { secret } = services.tokens.create({ name: 'desk', role: 'viewer' });
    const response = await browser.ask('api/login', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ token: secret }),
    });
    assert.equal(response.status, 200);
  });

  it('logs out at the provider, too, and comes back', async (t) => {
    const { browser, home, provider } = await setUp(t);
    await browser.signIn('ann');
    const response = await browser.post('api/logout');
    assert.equal(response.status, 200);
    const { goOn } = (await response.json()) as { goOn: string };
    assert.equal(new URL(goOn).origin, provider.issuer);
    assert.equal(new URL(goOn).searchParams.get('post_logout_redirect_uri'), home());
    assert.equal((await browser.ask('api/session')).status, 401);
    const page = await fetch(goOn, { headers: { cookie: browser.away.header } });
    assert.equal(page.status, 200);
  });

  it('ends a session when the provider says that its own has ended', async (t) => {
    const { browser, services } = await setUp(t);
    await browser.signIn('ann');
    const { goOn } = (await (await browser.post('api/logout')).json()) as { goOn: string };
    // Another session of the same one at the provider.
    const second = new Guest(browser.home);
    const to = await second.ask('api/oidc/login');
    const back = await walkSignIn(to.headers.get('location') ?? '', 'ann', browser.away);
    await second.ask(back.href);
    assert.equal((await second.me()).name, 'ann');
    const page = await fetch(goOn, { headers: { cookie: browser.away.header } });
    browser.away.take(page);
    const text = await page.text();
    const xsrf = /name="xsrf" value="([^"]+)"/.exec(text)?.[1] ?? '';
    const action = /action="([^"]+)"/.exec(text)?.[1] ?? '';
    await fetch(new URL(action, goOn), {
      method: 'POST',
      redirect: 'manual',
      headers: { cookie: browser.away.header },
      body: new URLSearchParams({ xsrf, logout: 'yes' }),
    });
    assert.equal((await second.ask('api/session')).status, 401);
    const ended = services.audit.list({ limit: 20 }).filter(({ what }) => what === 'session.ended');
    assert.ok(ended.some(({ detail }) => (detail as { why?: string }).why === 'provider'));
  });

  it('takes no logout token of anybody else, and a form nowhere else', async (t) => {
    const { browser } = await setUp(t);
    await browser.signIn('ann');
    const form = { method: 'POST', body: new URLSearchParams({ logout_token: 'a.b.c' }) };
    assert.equal((await browser.ask('api/oidc/backchannel-logout', form)).status, 400);
    assert.equal((await browser.ask('api/login', form)).status, 400);
    assert.equal((await browser.me()).name, 'ann');
  });

  it('ends a session within the recheck time when the last mapped group is gone', async (t) => {
    const clock = new FakeClock();
    const { browser, home, provider, services } = await setUp(t, { clock });
    await browser.signIn('ann');
    provider.people.set('ann', { groups: ['admins'] });
    clock.advance(300_000);
    await until(() => services.accounts.list()[0]?.role === 'admin');
    assert.equal((await browser.me()).role, 'admin');
    provider.people.set('ann', { groups: [] });
    clock.advance(300_000);
    await until(() =>
      services.audit.list({ limit: 20 }).some(({ what }) => what === 'session.ended'),
    );
    assert.equal((await browser.ask('api/session')).status, 401);
    const [account] = services.accounts.list();
    const { secret: token } = services.tokens.create({ name: 'start', role: 'admin' });
    const states = async () => {
      const { body } = await ask<{ users: { state: string }[] }>(`${home()}api/users`, { token });
      return body.users.map(({ state }) => state);
    };
    await until(() => services.accounts.holder(account?.id ?? '') === null);
    assert.deepEqual(await states(), ['unconfirmed']);
    assert.equal(faultOf(await new Guest(browser.home).signIn('ann')), 'no_access');
    provider.people.set('ann', { groups: ['desk'] });
    const again = new Guest(browser.home);
    await again.signIn('ann');
    assert.equal((await again.me()).role, 'operator');
    assert.deepEqual(await states(), ['active']);
    // Whoever comes without groups is out as well, where no session was open.
    provider.people.set('ann', { groups: [] });
    assert.equal(faultOf(await new Guest(browser.home).signIn('ann')), 'no_access');
    assert.deepEqual(await states(), ['unconfirmed']);
  });

  it('works below a path that a proxy takes off', async (t) => {
    const { gateway, place, services } = await setUp(t, { gateway: { proxies: ['127.0.0.1'] } });
    const proxy = await startPathProxy('/night', gateway.address);
    t.after(() => proxy.close());
    place.home = `${proxy.address}/`;
    const browser = new Guest(place.home);
    const back = await browser.signIn('ann');
    assert.equal(back.headers.get('location'), '/night/');
    assert.match(
      back.headers.getSetCookie()[0] ?? '',
      /^nightglass_oidc\.night=; Path=\/night\/api\/oidc;/,
    );
    assert.equal((await browser.me()).name, 'ann');
    assert.deepEqual(proxy.beside, []);
    assert.equal(services.accounts.list().length, 1);
  });

  it('is not there where no provider is configured', async (t) => {
    const { browser } = await setUp(t, { gateway: { signIn: { passwords: true } } });
    assert.deepEqual(await (await browser.ask('api/login')).json(), {
      passwords: true,
      oidc: null,
      passkeys: { known: false, fault: 'address' },
    });
    for (const path of ['api/oidc/login', 'api/oidc/callback?code=a']) {
      assert.equal((await browser.ask(path)).status, 404);
    }
  });
});
