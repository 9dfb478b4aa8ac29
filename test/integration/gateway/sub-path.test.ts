import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { NightglassClient } from '../../../src/client/nightglass-client.ts';
import type { GatewayOptions } from '../../../src/gateway/gateway.ts';
import { EventSocket } from '../../support/gateway/event-socket.ts';
import { FakeAccess } from '../../support/gateway/fake-access.ts';
import { openGateway } from '../../support/gateway/open-gateway.ts';
import { upgradeStatus } from '../../support/gateway/upgrade-status.ts';
import { temporaryFolder } from '../../support/store/temporary-folder.ts';

/** A gateway with a page, and its address without any path. */
async function setUp(t: TestContext, options: Partial<GatewayOptions> = {}) {
  const webRoot = temporaryFolder(t);
  mkdirSync(join(webRoot, 'assets'));
  writeFileSync(join(webRoot, 'index.html'), '<!doctype html>the page');
  writeFileSync(join(webRoot, 'assets', 'a.js'), '1');
  const access = new FakeAccess({ ann: { role: 'admin' } });
  const opened = await openGateway(t, { openOnLoopback: false, access, webRoot, ...options });
  const { origin } = new URL(opened.address);
  const login = async (path: string, headers: Record<string, string> = {}) => {
    const response = await fetch(origin + path, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify({ token: 'ann' }),
    });
    assert.equal(response.status, 200, await response.clone().text());
    const [cookie = ''] = response.headers.getSetCookie();
    return { cookie, pair: cookie.split(';')[0] ?? '' };
  };
  const get = (path: string, headers: Record<string, string> = {}) =>
    fetch(origin + path, { headers, redirect: 'manual' });
  return { ...opened, origin, login, get };
}

const below = '/site/nightglass';
const trusted = { proxies: ['127.0.0.1'] };
const stripped = { 'x-forwarded-prefix': below };

describe('a gateway with a base path', () => {
  it('serves page, assets, API, metrics and documents below it, and without it to who is near', async (t) => {
    const { address, origin, get } = await setUp(t, { basePath: below });
    assert.equal(address, origin + below);
    for (const prefix of [below, '']) {
      for (const path of ['/', '/assets/a.js', '/healthz', '/readyz', '/asyncapi.json']) {
        assert.equal((await get(prefix + path)).status, 200, prefix + path);
      }
      assert.equal((await get(`${prefix}/api/session`)).status, 401);
    }
    assert.equal((await get(`${below}x/healthz`)).status, 404);
    assert.equal((await get(`${below}${below}/healthz`)).status, 404);
    const assets = await get(`${below}/assets/a.js`);
    assert.match(assets.headers.get('cache-control') ?? '', /immutable/);
  });

  it('sends who forgot the slash to the page, whose addresses count from there', async (t) => {
    const { get } = await setUp(t, { basePath: below, ...trusted });
    const answer = await get(below);
    assert.equal(answer.status, 308);
    assert.equal(answer.headers.get('location'), `${below}/`);
    const outer = await get(below, { 'x-forwarded-prefix': '/outer' });
    assert.equal(outer.headers.get('location'), `/outer${below}/`);
  });

  it('keeps its cookie to itself, and hears it on HTTP and sockets', async (t) => {
    const { login, get, origin } = await setUp(t, { basePath: below });
    const { cookie, pair } = await login(`${below}/api/login`);
    assert.match(
      cookie,
      /^nightglass_session\.site\.nightglass=[\w-]{43}; Path=\/site\/nightglass; HttpOnly; SameSite=Strict$/,
    );
    assert.equal((await get(`${below}/api/session`, { cookie: pair })).status, 200);
    const events = await EventSocket.open(`${origin}${below}/ws`, { headers: { cookie: pair } });
    await events.close();
    assert.equal(await upgradeStatus(origin, `${below}/elsewhere`, { cookie: pair }), 404);
    assert.equal(await upgradeStatus(origin, `${below}/preview/gate`, { cookie: pair }), 101);
  });

  it('is spoken to by the client below it', async (t) => {
    const { address } = await setUp(t, { basePath: below });
    for (const ending of ['', '/']) {
      const client = new NightglassClient({ address: address + ending, token: 'ann' });
      assert.equal((await client.session()).name, 'ann');
      let live: () => void = () => undefined;
      const opened = new Promise<void>((resolve) => {
        live = resolve;
      });
      const onState = (state: string) => state === 'live' && live();
      const watch = client.watch({ topics: ['status'], onState });
      await opened;
      watch.close();
    }
  });

  it('refuses a path that is none', async (t) => {
    for (const basePath of ['nightglass', '/a/', '/', '/../a', '/a/./b', '/a b', '/a?b']) {
      await assert.rejects(setUp(t, { basePath }), RangeError, basePath);
    }
  });
});

describe('a proxy that takes its path off', () => {
  it('names it, for cookie and document', async (t) => {
    const { login, get, origin } = await setUp(t, trusted);
    const { cookie, pair } = await login('/api/login', stripped);
    assert.match(cookie, /^nightglass_session\.site\.nightglass=.*; Path=\/site\/nightglass;/);
    const headers = { ...stripped, cookie: pair };
    assert.equal((await get('/api/session', headers)).status, 200);
    const events = await EventSocket.open(`${origin}/ws`, { headers });
    await events.close();
    type Document = { servers?: { url: string }[]; components: object };
    const own = (await (await get('/openapi.json', stripped)).json()) as Document;
    assert.deepEqual(own.servers, [{ url: below }]);
    assert.match(JSON.stringify(own.components), /"nightglass_session\.site\.nightglass"/);
    const plain = (await (await get('/openapi.json')).json()) as Document;
    assert.equal(plain.servers, undefined);
  });

  it('is believed only where it is trusted, and only a path', async (t) => {
    const strangers = await setUp(t);
    assert.match((await strangers.login('/api/login', stripped)).cookie, /; Path=\/;/);
    const { login } = await setUp(t, trusted);
    for (const name of ['//evil.example', '/a; Domain=evil', '/..', '/a/../b', 'x', '/a, /b', '']) {
      const { cookie } = await login('/api/login', { 'x-forwarded-prefix': name });
      assert.match(cookie, /^nightglass_session=[\w-]{43}; Path=\/; /, name);
    }
    const { cookie } = await login('/api/login', { 'x-forwarded-prefix': '/a/' });
    assert.match(cookie, /; Path=\/a;/);
  });

  it('may serve several on one host: none hears the cookie of another', async (t) => {
    const { login, get } = await setUp(t, trusted);
    const pairs: Record<string, string> = {};
    for (const prefix of ['', '/a', '/b']) {
      pairs[prefix] = (await login('/api/login', { 'x-forwarded-prefix': prefix })).pair;
    }
    // As the browser sends them: those of `/` go everywhere.
    const cookie = Object.values(pairs).join('; ');
    for (const prefix of ['', '/a', '/b']) {
      const headers = { 'x-forwarded-prefix': prefix };
      assert.equal((await get('/api/session', { ...headers, cookie })).status, 200, prefix);
      const others = Object.entries(pairs).filter(([name]) => name !== prefix);
      const foreign = others.map(([, pair]) => pair).join('; ');
      assert.equal((await get('/api/session', { ...headers, cookie: foreign })).status, 401);
    }
  });
});
