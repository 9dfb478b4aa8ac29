import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import type { Configuration } from 'oidc-provider';
import { isNightglassError } from '../../../../src/domain/errors.ts';
import { SignInRefused } from '../../../../src/domain/sign-in-fault.ts';
import { FakeClock } from '../../../support/fake-clock.ts';
import { providerInTest } from '../../../support/oidc/provider-in-test.ts';
import { home, network, signInSetup, visitor } from '../../../support/oidc/sign-in-setup.ts';
import { walkSignIn } from '../../../support/oidc/walk-sign-in.ts';

type Setup = Parameters<typeof signInSetup>[2];

async function setUp(t: TestContext, options: Setup = {}, configuration: Configuration = {}) {
  const provider = await providerInTest(t, [home], { configuration });
  provider.people.set('ann', { groups: ['staff', 'desk'], name: 'Ann Example' });
  const { signIn, entered, ended } = signInSetup(t, provider.issuer, options);
  /** A whole sign-in; `answer` may be changed on its way back. */
  const enter = async (login: string, change?: (answer: URLSearchParams) => void) => {
    const { url, cookie } = await signIn.begin(visitor);
    const { searchParams } = await walkSignIn(url, login);
    change?.(searchParams);
    return signIn.complete(searchParams, cookie, network);
  };
  return { provider, signIn, entered, ended, enter };
}

const refused = (fault: string) => (error: unknown) =>
  error instanceof SignInRefused && error.fault === fault;
const failed = (error: unknown) => isNightglassError(error, 'OIDC_FAILED');

describe('sign-in at an OpenID Connect provider', { timeout: 120_000 }, () => {
  it('lets in who is in a mapped group, with the rights of the first one that matches', async (t) => {
    const { enter, entered, provider } = await setUp(t);
    const { id } = await enter('ann');
    assert.equal(id, 'id of ann');
    assert.deepEqual(entered, [
      {
        issuer: provider.issuer,
        subject: 'ann',
        name: 'ann',
        displayName: 'Ann Example',
        role: 'operator',
        cameras: ['door'],
        watchlists: ['banned'],
        scopes: [],
      },
    ]);
    provider.people.set('bob', { groups: ['desk', 'admins'] });
    await enter('bob');
    assert.equal(entered[1]?.role, 'admin');
    assert.equal(entered[1]?.cameras, '*');
  });

  it('asks with state, nonce and PKCE, and comes back below the path of the dashboard', async (t) => {
    const { signIn } = await setUp(t);
    const { url } = await signIn.begin(visitor);
    const { searchParams } = new URL(url);
    assert.equal(searchParams.get('redirect_uri'), `${home}api/oidc/callback`);
    assert.equal(searchParams.get('response_type'), 'code');
    assert.equal(searchParams.get('code_challenge_method'), 'S256');
    for (const name of ['state', 'nonce', 'code_challenge']) {
      assert.match(searchParams.get(name) ?? '', /^[\w-]{43}$/, name);
    }
  });

  it('gives nobody access who is in no mapped group', async (t) => {
    const { enter, entered, provider } = await setUp(t);
    provider.people.set('eve', { groups: ['Desk', 'staff'] });
    await assert.rejects(enter('eve'), (error: unknown) => {
      assert.ok(error instanceof SignInRefused);
      assert.equal(error.fault, 'no_access');
      assert.equal(error.who, 'eve');
      return true;
    });
    assert.deepEqual(entered, []);
  });

  it('gives nobody access whose account is disabled here', async (t) => {
    const { enter } = await setUp(t, { disabled: new Set(['ann']) });
    await assert.rejects(enter('ann'), refused('disabled'));
  });

  it('takes an answer once, and from the browser that began alone', async (t) => {
    const { signIn } = await setUp(t);
    const { url, cookie } = await signIn.begin(visitor);
    const other = await signIn.begin(visitor);
    const { searchParams } = await walkSignIn(url, 'ann');
    await assert.rejects(signIn.complete(searchParams, undefined, network), refused('expired'));
    await assert.rejects(signIn.complete(searchParams, other.cookie, network), refused('expired'));
    const changed = `${cookie.slice(0, -4)}AAAA`;
    await assert.rejects(signIn.complete(searchParams, changed, network), refused('expired'));
    await signIn.complete(searchParams, cookie, network);
    await assert.rejects(signIn.complete(searchParams, cookie, network), refused('expired'));
  });

  it('refuses an answer that comes too late', async (t) => {
    const clock = new FakeClock();
    const { signIn } = await setUp(t, { clock });
    const { url, cookie } = await signIn.begin(visitor);
    const { searchParams } = await walkSignIn(url, 'ann');
    clock.advance(600_000);
    await assert.rejects(signIn.complete(searchParams, cookie, network), refused('expired'));
  });

  it('refuses an answer of another issuer, and one without its issuer', async (t) => {
    const { enter, provider } = await setUp(t);
    const before = provider.asked.get('/token') ?? 0;
    await assert.rejects(
      enter('ann', (answer) => answer.set('iss', 'https://evil.example')),
      failed,
    );
    await assert.rejects(
      enter('ann', (answer) => answer.delete('iss')),
      failed,
    );
    // The code of one provider is never shown to another.
    assert.equal(provider.asked.get('/token') ?? 0, before);
  });

  it('refuses a code that was made for another sign-in', async (t) => {
    const { enter, signIn } = await setUp(t);
    const stolen = await walkSignIn((await signIn.begin(visitor)).url, 'ann');
    await assert.rejects(
      enter('eve', (answer) => answer.set('code', stolen.searchParams.get('code') ?? '')),
      refused('refused'),
    );
  });

  it('says when the person or the provider said no', async (t) => {
    const { signIn, provider } = await setUp(t);
    const { url, cookie } = await signIn.begin(visitor);
    const answer = new URLSearchParams({
      error: 'access_denied',
      state: new URL(url).searchParams.get('state') ?? '',
      iss: provider.issuer,
    });
    await assert.rejects(signIn.complete(answer, cookie, network), refused('refused'));
  });

  it('says what is wrong with the secret, and does not show it', async (t) => {
    const { enter } = await setUp(t, { secret: 'another secret altogether' });
    await assert.rejects(enter('ann'), (error: unknown) => {
      assert.ok(isNightglassError(error, 'OIDC_FAILED'));
      assert.match(error.message, /invalid_client/);
      assert.doesNotMatch(`${error.stack} ${String(error.cause)}`, /another secret/);
      return true;
    });
  });

  it('takes a token that has expired by no more than the allowed clock skew', async (t) => {
    // Of the ID token, as the provider in tests gives it.
    const lifeMs = 3_600_000;
    for (const clockSkewMs of [60_000, 1_000]) {
      const onAnswer = (path: string) => {
        if (path === '/token') t.mock.timers.setTime(Date.now() + lifeMs + 20_000);
      };
      const { signIn } = await setUp(
        t,
        { clockSkewMs, onAnswer },
        // With the groups in it, so that nothing more is asked, of a provider in the same time.
        { conformIdTokenClaims: false },
      );
      const { url, cookie } = await signIn.begin(visitor);
      const { searchParams } = await walkSignIn(url, 'ann');
      t.mock.timers.enable({ apis: ['Date'], now: Date.now() });
      const entrant = signIn.complete(searchParams, cookie, network);
      if (clockSkewMs > 20_000) await entrant;
      else await assert.rejects(entrant, failed);
      t.mock.timers.reset();
    }
  });

  it('logs out at the provider with a way back', async (t) => {
    const { enter, signIn, provider } = await setUp(t);
    (await enter('ann')).watch('session');
    const address = new URL((await signIn.logoutAddress('session', home)) ?? '');
    assert.equal(address.origin, provider.issuer);
    assert.equal(address.searchParams.get('post_logout_redirect_uri'), home);
    assert.ok(address.searchParams.has('id_token_hint'));
    assert.equal(await signIn.logoutAddress('another', home), undefined);
    signIn.ended('session');
    assert.equal(await signIn.logoutAddress('session', home), undefined);
  });
});
