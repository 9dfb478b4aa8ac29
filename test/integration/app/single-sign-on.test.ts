import assert from 'node:assert/strict';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, it } from 'node:test';
import { databaseFileName } from '../../../src/store/open-database.ts';
import { startLive, testPassword } from '../../support/live/start-live.ts';
import { Guest } from '../../support/oidc/guest.ts';
import { clientId, providerInTest } from '../../support/oidc/provider-in-test.ts';

describe('single sign-on of the whole program', { timeout: 300_000 }, () => {
  it('is made from the configuration, needs no token, and shows no secret', async (t) => {
    const home = { address: '' };
    const provider = await providerInTest(t, () => [home.address], { secret: testPassword });
    provider.people.set('ann', { groups: ['desk'], name: 'Ann Example' });
    await using live = await startLive({
      sources: {},
      openOnLoopback: false,
      config: {
        access: {
          passwords: false,
          oidc: {
            issuer: provider.issuer,
            clientId,
            secret: { env: 'TEST_PASSWORD' },
            name: 'Site',
            groups: [{ group: 'desk', role: 'admin', scopes: ['embeddings:read'] }],
          },
        },
      },
    });
    home.address = `${live.nightglass.address}/`;
    const guest = new Guest(home.address);
    const way = await guest.ask('api/oidc/login');
    const back = await guest.signIn('ann');
    assert.equal(back.headers.get('location'), '/');
    const me = await guest.me();
    assert.deepEqual([me.name, me.role], ['ann', 'admin']);
    const log = (await (await guest.ask('api/audit?what=account.made')).json()) as {
      records: { detail: { name: string } }[];
    };
    assert.deepEqual(
      log.records.map(({ detail }) => detail.name),
      ['ann'],
    );
    const { goOn } = (await (await guest.post('api/logout')).json()) as { goOn: string };
    const token = new URL(goOn).searchParams.get('id_token_hint') ?? assert.fail();
    const code = new URL(way.headers.get('location') ?? '').searchParams.get('code_challenge');
    const all = live.logged.join('\n');
    for (const secret of [testPassword, token, code, guest.jar.get('nightglass_session')]) {
      if (typeof secret === 'string') assert.ok(!all.includes(secret), 'the log shows a secret');
    }

    // Nobody stands for these accounts once it is no longer configured.
    live.reconfigure((raw) => {
      raw['access'] = { passwords: false };
    });
    const again = await live.restart();
    const database = new DatabaseSync(join(again.dataDir, databaseFileName), { readOnly: true });
    t.after(() => database.close());
    const accounts = database.prepare('SELECT name, unconfirmed_at FROM accounts').all();
    assert.deepEqual(
      accounts.map(({ name, unconfirmed_at }) => [name, typeof unconfirmed_at]),
      [['ann', 'number']],
    );
  });

  it('does not speak to a provider at an address that is refused', async (t) => {
    const provider = await providerInTest(t, []);
    await using live = await startLive({
      sources: {},
      openOnLoopback: false,
      config: {
        cameraTargets: { refuse: ['127.0.0.0/8'] },
        access: {
          oidc: { issuer: provider.issuer, clientId, groups: [{ group: 'desk', role: 'admin' }] },
        },
      },
    });
    const response = await new Guest(`${live.nightglass.address}/`).ask('api/oidc/login');
    assert.equal(response.headers.get('location'), '/?sign-in=provider');
    assert.ok(live.logged.some((line) => line.includes('cameraTargets.refuse')));
    assert.equal(provider.asked.size, 0);
  });

  it('starts while the provider is down', async (t) => {
    const provider = await providerInTest(t, []);
    await provider.close();
    await using live = await startLive({
      sources: {},
      openOnLoopback: false,
      config: {
        access: {
          oidc: {
            issuer: provider.issuer,
            clientId,
            groups: [{ group: 'desk', role: 'admin' }],
          },
        },
      },
    });
    const response = await new Guest(`${live.nightglass.address}/`).ask('api/oidc/login');
    assert.equal(response.headers.get('location'), '/?sign-in=provider');
    assert.ok(live.logged.some((line) => line.includes('ECONNREFUSED')));
  });
});
