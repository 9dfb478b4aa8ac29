import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { describe, it, type TestContext } from 'node:test';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { isNightglassError } from '../../../../src/domain/errors.ts';
import { clientId, providerInTest } from '../../../support/oidc/provider-in-test.ts';
import { home, network, signInSetup, visitor } from '../../../support/oidc/sign-in-setup.ts';
import { CookieJar, walkSignIn } from '../../../support/oidc/walk-sign-in.ts';

/** Takes what a provider posts. */
async function postbox(t: TestContext) {
  const first = Promise.withResolvers<URLSearchParams>();
  const server = createServer(async (request, response) => {
    first.resolve(new URLSearchParams(await text(request)));
    response.end();
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  t.after(() => server.close());
  const { port } = server.address() as AddressInfo;
  return { address: `http://127.0.0.1:${port}/`, first: first.promise };
}

const { privateKey } = await generateKeyPair('RS256', { extractable: true });
const event = 'http://schemas.openid.net/event/backchannel-logout';

/** A provider whose key the test holds. */
async function ownKeySetup(t: TestContext) {
  const keys = { keys: [{ ...(await exportJWK(privateKey)), alg: 'RS256', use: 'sig', kid: 'k' }] };
  const provider = await providerInTest(t, [home], { configuration: { jwks: keys } });
  provider.people.set('ann', { groups: ['desk'] });
  const { signIn, ended } = signInSetup(t, provider.issuer);
  const { url, cookie } = await signIn.begin(visitor);
  const { searchParams } = await walkSignIn(url, 'ann');
  (await signIn.complete(searchParams, cookie, network)).watch('a');
  const token = (claims: object = {}, by = privateKey) =>
    new SignJWT({
      ...{ iss: provider.issuer, aud: clientId, sub: 'ann', jti: Math.random().toString() },
      ...{ iat: Math.floor(Date.now() / 1000), events: { [event]: {} }, ...claims },
    })
      .setProtectedHeader({ alg: 'RS256', kid: 'k', typ: 'logout+jwt' })
      .sign(by);
  return { signIn, ended, token };
}

describe('log-out at the provider', { timeout: 120_000 }, () => {
  it('ends the session here that was made by the one there', async (t) => {
    const box = await postbox(t);
    const provider = await providerInTest(t, [home], { backchannel: box.address });
    provider.people.set('ann', { groups: ['desk'] });
    const { signIn, ended } = signInSetup(t, provider.issuer);
    const jar = new CookieJar();
    for (const [session, where] of [
      ['a', jar],
      ['b', new CookieJar()],
    ] as const) {
      const { url, cookie } = await signIn.begin(visitor);
      const { searchParams } = await walkSignIn(url, 'ann', where);
      (await signIn.complete(searchParams, cookie, network)).watch(session);
    }
    const address = (await signIn.logoutAddress('a', home)) ?? '';
    await logOut(address, jar);
    const token = (await box.first).get('logout_token') ?? '';
    assert.equal(await signIn.loggedOut(token, network), 1);
    assert.deepEqual(ended, [['a', 'provider']]);
    await assert.rejects(signIn.loggedOut(token, network), (error) =>
      isNightglassError(error, 'BAD_REQUEST'),
    );
  });

  it('without a session of the provider ends all of that person', async (t) => {
    const { signIn, ended, token } = await ownKeySetup(t);
    assert.equal(await signIn.loggedOut(await token({ sub: 'bob' }), network), 0);
    assert.equal(await signIn.loggedOut(await token(), network), 1);
    assert.deepEqual(ended, [['a', 'provider']]);
  });

  it('is taken from the provider alone, fresh, and as a logout token', async (t) => {
    const { signIn, ended, token } = await ownKeySetup(t);
    const stranger = (await generateKeyPair('RS256')).privateKey;
    const now = Math.floor(Date.now() / 1000);
    const wrong = {
      'of another key': await token({}, stranger),
      'of another issuer': await token({ iss: 'https://evil.example' }),
      'for another client': await token({ aud: 'another' }),
      old: await token({ iat: now - 3600 }),
      'without an event': await token({ events: {} }),
      'with a nonce': await token({ nonce: 'n' }),
      'without anybody': await token({ sub: undefined }),
      'without an id': await token({ jti: undefined }),
      'no token': 'no token',
    };
    for (const [what, bad] of Object.entries(wrong)) {
      await assert.rejects(
        signIn.loggedOut(bad, network),
        (error) => isNightglassError(error, 'BAD_REQUEST'),
        what,
      );
    }
    assert.deepEqual(ended, []);
  });
});

/** Agrees to the log-out on the provider's own page. */
async function logOut(address: string, jar: CookieJar): Promise<void> {
  const ask = await fetch(address, { headers: { cookie: jar.header } });
  jar.take(ask);
  const page = await ask.text();
  const action = /action="([^"]+)"/.exec(page)?.[1] ?? '';
  const xsrf = /name="xsrf" value="([^"]+)"/.exec(page)?.[1] ?? '';
  await fetch(new URL(action, address), {
    method: 'POST',
    redirect: 'manual',
    headers: { cookie: jar.header },
    body: new URLSearchParams({ xsrf, logout: 'yes' }),
  });
}
