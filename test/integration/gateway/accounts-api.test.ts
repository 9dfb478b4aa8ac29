import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { EventSocket } from '../../support/gateway/event-socket.ts';
import { gatewayWithAccounts, type User } from '../../support/gateway/gateway-with-accounts.ts';
import { ask } from '../../support/gateway/open-gateway.ts';
import { sampleAlert } from '../../support/gateway/sample-alert.ts';
import { goodPassword } from '../../support/services/accounts-in-test.ts';

const other = 'quite another phrase';

describe('the first administrator', () => {
  it('is invited with the start token, and comes in by name and password', async (t) => {
    const { invite, accept, browser, address, services } = await gatewayWithAccounts(t);
    const { user, secret } = await invite('Ann', { role: 'admin', displayName: 'Ann Example' });
    assert.deepEqual([user.name, user.state, user.createdBy], ['ann', 'waiting', 'start']);
    const look = await ask<{ name: string; kind: string }>(`${address}/api/invitations/look`, {
      json: { secret },
    });
    assert.deepEqual([look.body.name, look.body.kind], ['ann', 'invitation']);
    const page = browser();
    assert.equal((await page.login('ann')).status, 401);
    assert.equal((await accept(secret, 'short')).status, 400);
    assert.equal((await accept(secret)).status, 204);
    assert.equal((await accept(secret, other)).status, 404);
    const { status, body, headers } = await page.login('ANN ');
    assert.equal(status, 200);
    assert.deepEqual([body.name, body.role, body.kind], ['ann', 'admin', 'account']);
    assert.equal(body.displayName, 'Ann Example');
    const [session = '', known = ''] = headers.getSetCookie();
    assert.match(session, /^nightglass_session=[\w-]{43}; Path=\/; HttpOnly; SameSite=Strict$/);
    assert.match(known, /^nightglass_browser=[\w-]{43}; .*HttpOnly; SameSite=Strict; Max-Age=/);
    assert.equal((await page.ask('/api/users')).body.users.length, 1);
    const told = JSON.stringify(services.audited);
    for (const hidden of [secret, goodPassword, ...page.jar.values()]) {
      assert.ok(!told.includes(hidden));
    }
  });
});

describe('accounts', () => {
  it('act under their login name, within their rights, and are seen', async (t) => {
    const { join, services } = await gatewayWithAccounts(t);
    const { page, user } = await join('bob', { cameras: ['gate'] });
    const me = await page.ask('/api/session');
    assert.deepEqual([me.body.name, me.body.cameras, me.body.kind], ['bob', ['gate'], 'account']);
    assert.equal((await page.ask('/api/users')).status, 403);
    assert.equal((await page.ask('/api/tokens')).status, 403);
    assert.equal((await page.ask('/api/sessions')).status, 403);
    const started = services.audited.find(({ what }) => what === 'session.started');
    assert.deepEqual([started?.who, started?.target], ['bob', user.id]);
    assert.equal(started?.detail?.['by'], 'password');
    assert.ok(services.accounts.get(user.id).lastSeenAt !== null);
  });

  it('have other rights from the next request on, and none once disabled or removed', async (t) => {
    const { join, call, address } = await gatewayWithAccounts(t);
    const { page, user } = await join('bob');
    const socket = await EventSocket.open(`${address}/ws`, { headers: { cookie: page.cookie } });
    const patch = (json: object) => call(`/api/users/${user.id}`, { method: 'PATCH', json });
    assert.equal((await patch({ role: 'reviewer', cameras: ['yard'] })).status, 200);
    const { body } = await page.ask('/api/session');
    assert.deepEqual([body.role, body.cameras], ['reviewer', ['yard']]);
    assert.equal((await patch({ disabled: true })).status, 200);
    assert.equal(await socket.closed, 4401);
    assert.equal((await page.ask('/api/session')).status, 401);
    assert.equal((await page.login('bob')).status, 401);
    assert.equal((await patch({ disabled: false })).status, 200);
    assert.equal((await page.ask('/api/session')).status, 401, 'a session does not come back');
    assert.equal((await page.login('bob')).status, 200);
    assert.equal((await call(`/api/users/${user.id}`, { method: 'DELETE' })).status, 204);
    assert.equal((await page.ask('/api/session')).status, 401);
    assert.equal((await page.login('bob')).status, 401);
  });

  it('lose sessions when another program changes the password', async (t) => {
    const { join, services } = await gatewayWithAccounts(t);
    const { page, user } = await join('bob');
    services.accounts.link(user.id);
    assert.equal((await page.ask('/api/session')).status, 401);
  });

  it('change their password by the one before, which ends all sessions', async (t) => {
    const { join, browser } = await gatewayWithAccounts(t);
    const { page } = await join('bob');
    const second = browser();
    await second.login('bob');
    const change = (current: string, next: string) =>
      page.ask('/api/account/password', 'POST', { current, next });
    assert.equal((await change('wrong', other)).status, 403);
    assert.equal((await change(goodPassword, 'bob')).status, 400);
    assert.equal((await change(goodPassword, other)).status, 204);
    for (const each of [page, second]) assert.equal((await each.ask('/api/session')).status, 401);
    assert.equal((await page.login('bob')).status, 401);
    assert.equal((await page.login('bob', other)).status, 200);
  });

  it('see and end their own sessions, administrators those of all', async (t) => {
    const { join, browser, call, services } = await gatewayWithAccounts(t);
    const { page, user } = await join('bob');
    const { page: ann } = await join('ann');
    const second = browser({ 'user-agent': 'Second browser' });
    await second.login('bob');
    const own = (await page.ask('/api/account/sessions')).body.sessions;
    assert.deepEqual(
      own.map(({ agent, current, by }: { agent: string; current: boolean; by: string }) => [
        agent === 'Second browser',
        current,
        by,
      ]),
      [
        [false, true, 'password'],
        [true, false, 'password'],
      ],
    );
    const secondId = own[1].id;
    assert.equal((await ann.ask(`/api/account/sessions/${secondId}`, 'DELETE')).status, 404);
    assert.equal((await page.ask(`/api/account/sessions/${secondId}`, 'DELETE')).status, 204);
    assert.equal((await second.ask('/api/session')).status, 401);
    const all = await call<{ sessions: { id: string; name: string }[] }>('/api/sessions');
    assert.deepEqual(all.body.sessions.map(({ name }) => name).sort(), ['ann', 'bob']);
    const users = await call<{ users: User[] }>('/api/users');
    assert.equal(users.body.users.find(({ id }) => id === user.id)?.sessions, 1);
    const bobs = all.body.sessions.find(({ name }) => name === 'bob')?.id;
    assert.equal((await call(`/api/sessions/${bobs}`, { method: 'DELETE' })).status, 204);
    assert.equal((await page.ask('/api/session')).status, 401);
    const record = services.audited.find(({ what }) => what === 'account.sessions_ended');
    assert.deepEqual([record?.who, record?.target], ['start', user.id]);
  });

  it('are taken over by no link of who does not hold their rights', async (t) => {
    const { call, services } = await gatewayWithAccounts(t);
    const scopes = ['embeddings:read'] as const;
    const { account, secret } = services.accounts.invite({ name: 'dee', role: 'admin', scopes });
    await services.accounts.acceptLink(secret, goodPassword);
    const path = `/api/users/${account.id}/link`;
    assert.equal((await call(path, { method: 'POST' })).status, 403);
    assert.ok(services.accounts.get(account.id).hasPassword);
    const { secret: holder } = services.tokens.create({ name: 'all', role: 'admin', scopes });
    assert.equal((await call(path, { method: 'POST', token: holder })).status, 201);
    assert.equal((await call('/api/users/none/link', { method: 'POST' })).status, 404);
  });

  it('give away no right that who invites does not hold, nor do limited administrators', async (t) => {
    const { call, services, invite } = await gatewayWithAccounts(t);
    const scopes = ['embeddings:read'];
    const json = { name: 'bob', role: 'operator', scopes };
    assert.equal((await call('/api/users', { json })).status, 403);
    assert.equal((await call('/api/tokens', { json })).status, 403);
    const { user } = await invite('cid');
    const patched = await call(`/api/users/${user.id}`, { method: 'PATCH', json: { scopes } });
    assert.equal(patched.status, 403);
    const { secret: limited } = services.tokens.create({
      ...{ name: 'limited', role: 'admin', cameras: ['gate'] },
    });
    for (const path of ['/api/users', '/api/tokens', '/api/sessions']) {
      assert.equal((await call(path, { token: limited })).status, 403, path);
    }
  });
});

describe('guesses', () => {
  it('of a password are slowed down alike for names that are there and are not', async (t) => {
    const { join, browser } = await gatewayWithAccounts(t);
    await join('bob');
    const statuses = async (name: string) => {
      const page = browser();
      const all: number[] = [];
      for (let n = 0; n < 7; n += 1) all.push((await page.login(name, 'wrong guess')).status);
      return all;
    };
    const expected = [401, 401, 401, 401, 401, 429, 429];
    assert.deepEqual(await statuses('bob'), expected);
    assert.deepEqual(await statuses('nobody'), expected);
  });

  it('keep nobody out who was let in by this browser before', async (t) => {
    const { join, browser } = await gatewayWithAccounts(t);
    const { page } = await join('bob');
    const stranger = browser();
    for (let n = 0; n < 40; n += 1) await stranger.login('bob', `guess ${n}`);
    const refused = await stranger.login('bob');
    assert.equal(refused.status, 429);
    assert.ok(Number(refused.headers.get('retry-after')) > 0);
    page.jar.delete('nightglass_session');
    assert.equal((await page.login('bob')).status, 200);
    // With another's cookie nobody gets past the wait.
    const { page: ann } = await join('ann');
    assert.equal((await ann.login('bob')).status, 429);
  });

  it('keep nobody out of a browser that several people share', async (t) => {
    const { join, browser } = await gatewayWithAccounts(t);
    const { page } = await join('bob');
    await join('ann');
    // One after the other in the same browser, which is then known of both.
    assert.equal((await page.login('ann')).status, 200);
    assert.equal((await page.login('bob')).status, 200);
    const stranger = browser();
    for (const name of ['ann', 'bob']) {
      for (let n = 0; n < 7; n += 1) await stranger.login(name, `guess ${n}`);
      assert.equal((await stranger.login(name)).status, 429);
    }
    // What one mistypes there holds up nobody but them.
    for (let n = 0; n < 5; n += 1) {
      assert.equal((await page.login('bob', `mistyped ${n}`)).status, 401);
    }
    assert.equal((await page.login('bob')).status, 429);
    assert.equal((await page.login('ann')).status, 200);
  });

  it('of a link are counted as wrong tokens are', async (t) => {
    const { address, accept, invite } = await gatewayWithAccounts(t, {
      limits: { maxAuthFailures: 3 },
    });
    const { secret } = await invite('bob');
    const guess = () =>
      ask(`${address}/api/invitations/look`, { json: { secret: `ngl_${'a'.repeat(43)}` } });
    const statuses = [];
    for (let n = 0; n < 5; n += 1) statuses.push((await guess()).status);
    assert.deepEqual(statuses, [404, 404, 404, 429, 429]);
    assert.equal((await accept(secret)).status, 204, 'a right one is let in');
  });
});

describe('tokens over the API', () => {
  it('are made once, listed without their secret, and revoked with their sessions', async (t) => {
    const { call, join, services } = await gatewayWithAccounts(t);
    const { page } = await join('ann', { role: 'admin' });
    const made = await page.ask('/api/tokens', 'POST', {
      ...{ name: 'door panel', role: 'viewer', cameras: ['gate'], days: 30 },
    });
    assert.equal(made.status, 201);
    const { secret, token } = made.body;
    assert.deepEqual(token.people, ['ann']);
    assert.ok(token.expiresAt > Date.now());
    const listed = await page.ask('/api/tokens');
    assert.ok(!JSON.stringify(listed.body).includes(secret));
    assert.equal((await call('/api/session', { token: secret })).status, 200);
    assert.equal((await page.ask(`/api/tokens/${token.id}`, 'DELETE')).status, 204);
    assert.equal((await call('/api/session', { token: secret })).status, 401);
    const record = services.audited.find(({ what }) => what === 'token.revoked');
    assert.equal(record?.who, 'ann');
  });

  it('of a person are no second person beside them', async (t) => {
    const { call, join, services } = await gatewayWithAccounts(t);
    const { page } = await join('ann', { role: 'admin' });
    const { body } = await page.ask('/api/tokens', 'POST', { name: 'desk', role: 'reviewer' });
    services.addList('list-1', { twoPersonReview: true });
    const alert = sampleAlert(1);
    services.raise({ change: 'created', alert });
    const path = `/api/alerts/${alert.id}/review`;
    const verdict = { action: 'confirm', reason: 'same person' };
    assert.equal((await page.ask(path, 'POST', { ...verdict, action: 'acknowledge' })).status, 200);
    assert.equal((await page.ask(path, 'POST', verdict)).status, 200);
    const asked = { token: body.secret, json: verdict };
    const second = await call<{ error: { message: string } }>(path, asked);
    assert.match(second.body.error.message, /ann has given a verdict already/);
    assert.equal(second.status, 409);
  });
});
