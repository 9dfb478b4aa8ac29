import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { isNightglassError } from '../../../../src/domain/errors.ts';
import { SignInRefused } from '../../../../src/domain/sign-in-fault.ts';
import { hasOpenssl, makeAuthority } from '../../../support/gateway/certificates.ts';
import { type ProviderInTest, providerInTest } from '../../../support/oidc/provider-in-test.ts';
import { home, network, signInSetup, visitor } from '../../../support/oidc/sign-in-setup.ts';
import { walkSignIn } from '../../../support/oidc/walk-sign-in.ts';

const failed = (why: RegExp) => (error: unknown) =>
  isNightglassError(error, 'OIDC_FAILED') && why.test(error.message);

describe('a provider that does not answer as it should', { timeout: 120_000 }, () => {
  it('that is down is a coded error at once, and is asked again the next time', async (t) => {
    const first = await providerInTest(t, [home]);
    const { signIn } = signInSetup(t, first.issuer);
    await first.close();
    await assert.rejects(
      signIn.begin(visitor),
      failed(/^Cannot sign in by 127\.0\.0\.1:\d+: .*ECONNREFUSED/),
    );
    const port = Number(new URL(first.issuer).port);
    await providerInTest(t, [home], { port });
    assert.ok((await signIn.begin(visitor)).url.startsWith(first.issuer));
  });

  it('that goes down between is a coded error on the return', async (t) => {
    const provider = await providerInTest(t, [home]);
    provider.people.set('ann', { groups: ['desk'] });
    const { signIn } = signInSetup(t, provider.issuer);
    const { url, cookie } = await signIn.begin(visitor);
    const { searchParams } = await walkSignIn(url, 'ann');
    await provider.close();
    await assert.rejects(signIn.complete(searchParams, cookie, network), failed(/ECONNREFUSED/));
  });

  const faults: [what: string, fault: NonNullable<ProviderInTest['fault']>, why: RegExp][] = [
    ['that never answers', () => undefined, /no answer within 0\.5 s/],
    [
      'that answers without end',
      (_request, response) => {
        response.writeHead(200, { 'content-type': 'application/json' });
        const chunk = Buffer.alloc(64 * 1024, 0x20);
        const more = () => {
          while (!response.destroyed && response.write(chunk));
        };
        response.on('drain', more);
        more();
      },
      /longer than is accepted/,
    ],
    [
      'that leads elsewhere',
      (_request, response) => {
        response.writeHead(302, { location: 'http://127.0.0.1:1/' }).end();
      },
      /unexpected HTTP response status code/,
    ],
    [
      'that is another one',
      (_request, response) => {
        response.writeHead(200, { 'content-type': 'application/json' });
        response.end(JSON.stringify({ issuer: 'http://127.0.0.1:1' }));
      },
      /does not match the expected issuer/,
    ],
  ];
  for (const [what, fault, why] of faults) {
    it(`${what} is a coded error`, async (t) => {
      const provider = await providerInTest(t, [home]);
      provider.fault = fault;
      const { signIn } = signInSetup(t, provider.issuer, { timeoutMs: 500 });
      await assert.rejects(signIn.begin(visitor), failed(why));
    });
  }

  it('that names a place without TLS elsewhere is not spoken to there', async (t) => {
    const provider = await providerInTest(t, [home]);
    const { issuer } = provider;
    provider.fault = (_request, response) => {
      response.writeHead(200, { 'content-type': 'application/json' });
      const [authorization_endpoint, jwks_uri] = [`${issuer}/auth`, `${issuer}/jwks`];
      const token_endpoint = 'http://tokens.example/token';
      const iss = { authorization_response_iss_parameter_supported: true };
      response.end(
        JSON.stringify({ issuer, authorization_endpoint, jwks_uri, token_endpoint, ...iss }),
      );
    };
    const { signIn } = signInSetup(t, issuer);
    const { url, cookie } = await signIn.begin(visitor);
    const state = new URL(url).searchParams.get('state') ?? '';
    const answer = new URLSearchParams({ code: 'code', state, iss: issuer });
    await assert.rejects(
      signIn.complete(answer, cookie, network),
      failed(/tokens\.example is named without TLS/),
    );
  });

  it('is believed with a certificate of the configured authority alone', {
    skip: hasOpenssl ? false : 'openssl is not installed',
  }, async (t) => {
    const authority = makeAuthority('site');
    const { certificate: cert, key } = authority.issue('DNS:localhost');
    const { issuer, people } = await providerInTest(t, [home], { tls: { cert, key } });
    people.set('ann', { groups: ['desk'] });
    const trusting = signInSetup(t, issuer, { ca: authority.certificate });
    assert.ok((await trusting.signIn.begin(visitor)).url.startsWith(issuer));
    const { signIn } = signInSetup(t, issuer);
    await assert.rejects(signIn.begin(visitor), failed(/UNABLE_TO_VERIFY_LEAF_SIGNATURE/));
  });

  it('leaves room for no more than a number of conversations at once, and for other networks', async (t) => {
    const provider = await providerInTest(t, [home]);
    const waiting: (() => void)[] = [];
    provider.fault = (_request, response) => {
      waiting.push(() => response.writeHead(503).end());
    };
    const { signIn } = signInSetup(t, provider.issuer);
    const from = (count: number, where: string) =>
      Array.from({ length: count }, () => signIn.begin({ ...visitor, network: where }));
    const busy = (error: unknown) => error instanceof SignInRefused && error.fault === 'busy';
    const begun = from(16, network);
    await assert.rejects(signIn.begin(visitor), busy);
    begun.push(...from(16, '192.0.2.8'));
    await assert.rejects(signIn.begin({ ...visitor, network: '192.0.2.9' }), busy);
    for (const one of begun) one.catch(() => undefined);
    // They share one question.
    while (waiting.length === 0) await new Promise((done) => setImmediate(done));
    for (const answer of waiting) answer();
    await Promise.allSettled(begun);
    assert.equal(waiting.length, 1);
    provider.fault = undefined;
    assert.ok(await signIn.begin(visitor));
  });
});
