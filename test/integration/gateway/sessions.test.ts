import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import type { GatewayOptions } from '../../../src/gateway/gateway.ts';
import { sessionSchema } from '../../../src/gateway/schemas/session.ts';
import { FakeClock } from '../../support/fake-clock.ts';
import { EventSocket } from '../../support/gateway/event-socket.ts';
import { FakeAccess } from '../../support/gateway/fake-access.ts';
import { openGateway } from '../../support/gateway/open-gateway.ts';
import { upgradeStatus } from '../../support/gateway/upgrade-status.ts';

const minute = 60_000;

interface LoggedIn {
  readonly cookie: string;
  readonly csrf: string;
}

async function setUp(t: TestContext, options: Partial<GatewayOptions> = {}) {
  const access = new FakeAccess({ ann: { role: 'admin' }, bob: { role: 'operator' } });
  const opened = await openGateway(t, { openOnLoopback: false, access, ...options });
  const { address } = opened;

  const send = (path: string, init: RequestInit = {}) => fetch(`${address}${path}`, init);
  const post = (path: string, headers: Record<string, string>, json?: object) =>
    send(path, {
      method: 'POST',
      headers: { ...headers, ...(json ? { 'content-type': 'application/json' } : {}) },
      ...(json ? { body: JSON.stringify(json) } : {}),
    });
  const tryLogin = (token: string, headers: Record<string, string> = {}) =>
    post('/api/login', headers, { token });
  async function login(token: string): Promise<LoggedIn> {
    const response = await tryLogin(token);
    assert.equal(response.status, 200);
    const cookie = response.headers.getSetCookie()[0]?.split(';')[0] ?? '';
    return { cookie, csrf: sessionSchema.parse(await response.json()).csrf ?? '' };
  }
  const whoAmI = async (cookie: string) =>
    (await send('/api/session', { headers: { cookie } })).status;
  const did = (action: string) => opened.services.audited.filter(({ what }) => what === action);
  return { ...opened, access, send, post, tryLogin, login, whoAmI, did };
}

describe('logging in', () => {
  it('sets a cookie that scripts cannot read and other sites cannot send', async (t) => {
    const { tryLogin, send, did, services } = await setUp(t);
    const response = await tryLogin('bob');
    const [cookie = '', second] = response.headers.getSetCookie();
    assert.equal(second, undefined);
    assert.match(cookie, /^nightglass_session=[\w-]{43}; Path=\/; HttpOnly; SameSite=Strict$/);
    const session = sessionSchema.parse(await response.json());
    assert.deepEqual([session.name, session.role, session.open], ['bob', 'operator', false]);
    const again = await send('/api/session', { headers: { cookie: cookie.split(';')[0] ?? '' } });
    assert.deepEqual(sessionSchema.parse(await again.json()), session);
    assert.deepEqual(
      did('session.started').map(({ who, target }) => [who, target]),
      [['bob', 'bob']],
    );
    const secret = /=([\w-]{43})/.exec(cookie)?.[1] ?? '';
    const told = JSON.stringify(services.audited);
    assert.ok(!told.includes(secret) && !told.includes(session.csrf ?? secret));
  });

  it('keeps the cookie to TLS where a proxy says that the browser speaks it', async (t) => {
    const { tryLogin } = await setUp(t);
    const response = await tryLogin('bob', { 'x-forwarded-proto': 'https' });
    assert.match(response.headers.getSetCookie()[0] ?? '', /; Secure$/);
  });

  it('refuses a wrong token, and what is no login, and sets no cookie', async (t) => {
    const { tryLogin, post, did } = await setUp(t);
    const refused = await tryLogin('guess-of-a-secret');
    assert.equal(refused.status, 401);
    assert.deepEqual(refused.headers.getSetCookie(), []);
    for (const body of [{}, { token: '' }, { token: 'x'.repeat(513) }, { token: 'a', next: '/' }]) {
      assert.equal((await post('/api/login', {}, body)).status, 400);
    }
    const [denied] = did('access.denied');
    assert.equal(denied?.who, 'anonymous');
    assert.equal(denied?.detail?.['place'], 'POST /api/login');
    assert.ok(!JSON.stringify(denied).includes('guess-of-a-secret'));
  });

  it('minds no stale cookie, and begins a session of its own', async (t) => {
    const { tryLogin } = await setUp(t);
    const stale = `nightglass_session=${'a'.repeat(43)}`;
    const response = await tryLogin('bob', { cookie: stale });
    assert.equal(response.status, 200);
    // Never the session that somebody else chose.
    assert.ok(!response.headers.getSetCookie()[0]?.includes('a'.repeat(43)));
  });

  it('can be guessed at so often by an address, which keeps nobody there from logging in', async (t) => {
    const clock = new FakeClock();
    const { tryLogin, did } = await setUp(t, { clock, limits: { maxAuthFailures: 3 } });
    for (let n = 0; n < 3; n += 1) assert.equal((await tryLogin(`guess-${n}`)).status, 401);
    const refused = await tryLogin('guess-3');
    assert.equal(refused.status, 429);
    assert.equal(refused.headers.get('retry-after'), '60');
    assert.equal(did('access.denied').at(-1)?.detail?.['code'], 'TOO_MANY_REQUESTS');
    assert.equal((await tryLogin('bob')).status, 200);
    clock.advance(minute);
    assert.equal((await tryLogin('guess-4')).status, 401);
  });

  it('can be done so often with a token, which keeps no other from it', async (t) => {
    const clock = new FakeClock();
    const { tryLogin } = await setUp(t, { clock, limits: { maxLogins: 2 } });
    for (let n = 0; n < 2; n += 1) assert.equal((await tryLogin('bob')).status, 200);
    assert.equal((await tryLogin('bob')).status, 429);
    assert.equal((await tryLogin('ann')).status, 200);
    clock.advance(minute);
    assert.equal((await tryLogin('bob')).status, 200);
  });
});

describe('a request by cookie', () => {
  it('that changes something must carry the CSRF token of its own session', async (t) => {
    const { login, post, did } = await setUp(t);
    const { cookie, csrf } = await login('ann');
    const other = await login('ann');
    const reload = (headers: Record<string, string>) => post('/api/cameras/reload', headers);
    for (const headers of [
      { cookie },
      { cookie, 'x-csrf-token': '' },
      { cookie, 'x-csrf-token': other.csrf },
      { cookie, 'x-csrf-token': `${csrf}, ${csrf}` },
    ]) {
      assert.equal((await reload(headers)).status, 403);
    }
    assert.equal(did('cameras.reloaded').length, 0);
    assert.equal((await reload({ cookie, 'x-csrf-token': csrf })).status, 200);
    assert.deepEqual(
      did('access.denied').map(({ who, detail }) => [who, detail?.['place']]),
      [['ann', 'POST /api/cameras/reload']],
    );
  });

  it('cannot be made by another site, whatever it sends', async (t) => {
    const { login, post, send, address, did } = await setUp(t);
    const { cookie, csrf } = await login('ann');
    for (const headers of [
      { origin: 'https://evil.example' },
      { origin: 'null' },
      { origin: address.replace(/\d+$/, '1') },
      { 'sec-fetch-site': 'cross-site' },
      { 'sec-fetch-site': 'same-site' },
    ] as Record<string, string>[]) {
      const all = { cookie, 'x-csrf-token': csrf, ...headers };
      assert.equal((await post('/api/cameras/reload', all)).status, 403);
      assert.equal((await send('/api/session', { headers: all })).status, 403);
    }
    assert.equal(did('cameras.reloaded').length, 0);
    assert.ok(did('access.denied').length > 0);
  });

  it('needs no CSRF token where it shows a token instead', async (t) => {
    const { login, post } = await setUp(t);
    const { cookie } = await login('bob');
    const headers = { cookie, authorization: 'Bearer ann' };
    assert.equal((await post('/api/cameras/reload', headers)).status, 200);
    const wrong = { cookie, authorization: 'Bearer guess' };
    assert.equal((await post('/api/cameras/reload', wrong)).status, 401);
  });

  it('has no more rights than the token has now', async (t) => {
    const { login, send, access } = await setUp(t);
    const { cookie } = await login('ann');
    assert.equal((await send('/api/audit', { headers: { cookie } })).status, 200);
    access.tokens.set('ann', { ...access.authenticate('ann'), role: 'viewer' } as never);
    assert.equal((await send('/api/audit', { headers: { cookie } })).status, 403);
  });
});

describe('a session ends', () => {
  it('by logging out, which takes the cookie away', async (t) => {
    const { login, post, whoAmI, did } = await setUp(t);
    const { cookie, csrf } = await login('bob');
    assert.equal((await post('/api/logout', { cookie })).status, 403, 'not by another site');
    assert.equal(await whoAmI(cookie), 200);
    const response = await post('/api/logout', { cookie, 'x-csrf-token': csrf });
    assert.equal(response.status, 204);
    assert.match(response.headers.getSetCookie()[0] ?? '', /^nightglass_session=;.*Max-Age=0/);
    assert.equal(await whoAmI(cookie), 401);
    assert.deepEqual(
      did('session.ended').map(({ who, detail }) => [who, detail?.['why']]),
      [['bob', 'logout']],
    );
  });

  it('when it is idle, when its life is over, and when its token is revoked', async (t) => {
    const clock = new FakeClock();
    const limits = { sessionIdleMs: 10 * minute, sessionLifeMs: 60 * minute };
    const { login, whoAmI, did, access } = await setUp(t, { clock, limits });
    const idle = await login('bob');
    clock.advance(11 * minute);
    assert.equal(await whoAmI(idle.cookie), 401);
    const used = await login('bob');
    for (let n = 0; n < 7; n += 1) {
      assert.equal(await whoAmI(used.cookie), 200);
      clock.advance(9 * minute);
    }
    assert.equal(await whoAmI(used.cookie), 401);
    const revoked = await login('bob');
    access.tokens.delete('bob');
    assert.equal(await whoAmI(revoked.cookie), 401);
    assert.deepEqual(
      did('session.ended').map(({ detail }) => detail?.['why']),
      ['idle', 'expired', 'revoked'],
    );
  });

  it('and takes its sockets with it, at once', async (t) => {
    const { login, post, address } = await setUp(t);
    const { cookie, csrf } = await login('bob');
    const other = await login('bob');
    const socket = await EventSocket.open(`${address}/ws`, { headers: { cookie } });
    const video = await EventSocket.open(`${address}/preview/gate`, { headers: { cookie } });
    const stays = await EventSocket.open(`${address}/ws`, { headers: { cookie: other.cookie } });
    assert.equal((await socket.until('authenticated'))['name'], 'bob');
    await stays.until('authenticated');
    await post('/api/logout', { cookie, 'x-csrf-token': csrf });
    assert.deepEqual(await Promise.all([socket.closed, video.closed]), [4401, 4401]);
    stays.send({ type: 'subscribe', topics: ['alerts'] });
    await stays.until('subscribed');
    await stays.close();
  });
});

describe('a socket by cookie', () => {
  it('opens for our own page alone', async (t) => {
    const { login, address, did } = await setUp(t);
    const { cookie } = await login('ann');
    for (const path of ['/ws', '/preview/gate']) {
      assert.equal(await upgradeStatus(address, path, { cookie, origin: address }), 101);
      for (const origin of ['https://evil.example', 'null', address.replace('127.0.0.1', 'x')]) {
        assert.equal(await upgradeStatus(address, path, { cookie, origin }), 403, origin);
      }
    }
    assert.deepEqual(
      did('access.denied').map(({ detail }) => [detail?.['place'], detail?.['code']]),
      [
        ['socket /ws', 'FORBIDDEN'],
        ['socket /preview/:camera', 'FORBIDDEN'],
      ],
    );
  });

  it('is refused with a stale cookie', async (t) => {
    const { address, did } = await setUp(t);
    const cookie = `nightglass_session=${'a'.repeat(43)}`;
    const socket = await EventSocket.open(`${address}/ws`, { headers: { cookie } });
    assert.equal(await socket.closed, 4401);
    assert.equal(did('access.denied').length, 1);
  });

  it('keeps its session from idling', async (t) => {
    const clock = new FakeClock();
    const limits = { sessionIdleMs: minute, heartbeatMs: minute / 2 };
    const { login, address, whoAmI } = await setUp(t, { clock, limits });
    const { cookie } = await login('bob');
    const socket = await EventSocket.open(`${address}/ws`, { headers: { cookie } });
    await socket.until('authenticated');
    for (let n = 0; n < 6; n += 1) {
      const pinged = new Promise((resolve) => socket.socket.once('ping', resolve));
      clock.advance(minute / 2);
      await pinged;
      // Comes after the pong on the same connection: when it is answered, the pong was heard.
      socket.send({ type: 'subscribe', topics: [] });
      await socket.until('subscribed');
    }
    assert.equal(await whoAmI(cookie), 200);
    await socket.close();
  });
});
