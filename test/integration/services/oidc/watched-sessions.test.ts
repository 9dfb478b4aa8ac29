import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import type { Configuration } from 'oidc-provider';
import { FakeClock } from '../../../support/fake-clock.ts';
import { providerInTest } from '../../../support/oidc/provider-in-test.ts';
import { home, network, signInSetup, visitor } from '../../../support/oidc/sign-in-setup.ts';
import { walkSignIn } from '../../../support/oidc/walk-sign-in.ts';

const minuteMs = 60_000;

async function setUp(t: TestContext, configuration: Configuration = {}) {
  const clock = new FakeClock();
  const provider = await providerInTest(t, [home], { configuration });
  provider.people.set('ann', { groups: ['desk'], name: 'Ann Example' });
  const { signIn, entered, ended, left, warnings } = signInSetup(t, provider.issuer, { clock });
  const enter = async (login: string, session: string) => {
    const { url, cookie } = await signIn.begin(visitor);
    const { searchParams } = await walkSignIn(url, login);
    (await signIn.complete(searchParams, cookie, network)).watch(session);
  };
  return { clock, provider, entered, ended, left, warnings, enter };
}

/** Waits for what comes by real sockets. */
async function until(what: () => boolean): Promise<void> {
  const end = Date.now() + 60_000;
  while (!what()) {
    if (Date.now() > end) assert.fail('it does not come');
    await setImmediate();
  }
}

describe('sessions that a provider stands for', { timeout: 120_000 }, () => {
  it('take over the groups as they are at the provider, again and again', async (t) => {
    const { clock, ended, enter, entered, provider } = await setUp(t);
    await enter('ann', 'a');
    provider.people.set('ann', { groups: ['admins'] });
    for (const times of [2, 3]) {
      clock.advance(5 * minuteMs);
      await until(() => entered.length === times);
      assert.equal(entered.at(-1)?.role, 'admin');
    }
    assert.deepEqual(ended, []);
  });

  it('end within the recheck time when the last mapped group is gone', async (t) => {
    const { clock, ended, enter, left, provider } = await setUp(t);
    await enter('ann', 'a');
    await enter('ann', 'b');
    provider.people.set('ann', { groups: ['staff'] });
    clock.advance(5 * minuteMs);
    await until(() => ended.length === 2);
    assert.deepEqual(new Set(ended.map(([session]) => session)), new Set(['a', 'b']));
    assert.ok(ended.every(([, why]) => why === 'no_access'));
    assert.deepEqual(left[0], ['ann', 'no_access']);
  });

  it('end when the provider no longer stands for somebody', async (t) => {
    const { clock, ended, enter, left, provider } = await setUp(t);
    await enter('ann', 'a');
    await provider.revoke('ann');
    clock.advance(5 * minuteMs);
    await until(() => ended.length === 1);
    assert.deepEqual(ended, [['a', 'provider']]);
    assert.deepEqual(left, [['ann', 'refused']]);
  });

  it('go on while the provider is down, and end when it was down for too long', async (t) => {
    const { clock, ended, enter, entered, provider, warnings } = await setUp(t);
    await enter('ann', 'a');
    provider.fault = (_request, response) => response.writeHead(502).end('bad gateway');
    clock.advance(5 * minuteMs);
    await until(() => warnings.length === 1);
    clock.advance(30 * minuteMs);
    await until(() => warnings.length === 2);
    assert.deepEqual(ended, []);
    // Back again: it is confirmed, and has an hour anew.
    provider.fault = undefined;
    clock.advance(5 * minuteMs);
    await until(() => entered.length === 2);
    assert.match(warnings[0] ?? '', /^Cannot ask the identity provider/);
    provider.fault = (_request, response) => response.destroy();
    clock.advance(50 * minuteMs);
    assert.deepEqual(ended, []);
    clock.advance(10 * minuteMs + 5_000);
    assert.deepEqual(ended, [['a', 'unconfirmed']]);
  });

  it('without a refresh token end after the time in which they must be confirmed', async (t) => {
    const { clock, ended, enter, provider } = await setUp(t, {
      issueRefreshToken: async () => false,
    });
    await enter('ann', 'a');
    const before = provider.asked.get('/token');
    clock.advance(60 * minuteMs - 1);
    assert.deepEqual(ended, []);
    clock.advance(5_001);
    assert.deepEqual(ended, [['a', 'unconfirmed']]);
    assert.equal(provider.asked.get('/token'), before);
  });
});
