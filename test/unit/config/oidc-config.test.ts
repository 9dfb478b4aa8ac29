import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseConfig } from '../../../src/config/load-config.ts';

const parsed = (oidc: object) => parseConfig(JSON.stringify({ access: { oidc } })).config.access;

const least = {
  issuer: 'https://login.example.org/realms/site',
  clientId: 'nightglass',
  groups: [{ group: 'desk', role: 'operator' }],
};

describe('access.oidc', () => {
  it('is off, and passwords are on, where nothing is said', () => {
    const { access } = parseConfig('{}').config;
    assert.deepEqual(access, { passwords: true, secondFactor: 'optional' });
  });

  it('needs an issuer, a client and a group', () => {
    assert.deepEqual(parsed(least).oidc, {
      ...least,
      name: 'OpenID Connect',
      scopes: ['openid', 'profile', 'email'],
      groupsClaim: 'groups',
      nameClaims: ['preferred_username', 'email', 'name'],
      groups: [{ group: 'desk', role: 'operator', cameras: '*', watchlists: '*', scopes: [] }],
      clockSkew: 30_000,
      timeout: 10_000,
      recheck: 300_000,
      confirmWithin: 3_600_000,
      confirmedFor: 30 * 86_400_000,
      endSession: true,
    });
  });

  it('refuses what would let in whom nobody chose, or tell a secret', () => {
    const group = { group: 'desk', role: 'operator' };
    const refused: [object, RegExp][] = [
      [{ issuer: undefined }, /issuer/],
      [{ issuer: 'http://login.example.org' }, /must start with https:\/\//],
      [{ issuer: 'https://login.example.org/?a=b' }, /neither a query nor a fragment/],
      [{ issuer: 'https://a:b@login.example.org' }, /must not hold credentials/],
      [{ secret: 'in the clear' }, /never the secret itself/],
      [{ groups: [] }, /groups/],
      [{ groups: [group, { ...group, role: 'admin' }] }, /groups\[1\]\.group.*unique/],
      [{ groups: [{ group: 'desk', role: 'boss' }] }, /role/],
      [{ groups: [{ ...group, role: 'viewer', scopes: ['embeddings:read'] }] }, /role viewer/],
      [{ groups: [{ ...group, lists: ['banned'] }] }, /lists/],
      [
        { groups: Array.from({ length: 257 }, (_, index) => ({ ...group, group: `g${index}` })) },
        /groups/,
      ],
      [{ scopes: ['profile'] }, /must contain "openid"/],
      [{ scopes: ['openid', 'two words'] }, /must be a scope/],
      [{ groupsClaim: [] }, /groupsClaim/],
      [{ clockSkew: '6m' }, /must be from 0ms to 5m/],
      [{ timeout: '61s' }, /timeout/],
      [{ recheck: '59s' }, /recheck/],
      [{ recheck: '2h' }, /no longer than "confirmWithin"/],
      [{ confirmWithin: '25h' }, /confirmWithin/],
      [{ confirmedFor: '1d' }, /confirmedFor/],
    ];
    for (const [change, why] of refused) {
      assert.throws(() => parsed({ ...least, ...change }), why, JSON.stringify(change));
    }
    assert.ok(parsed({ ...least, issuer: 'http://127.0.0.1:9000' }));
    assert.ok(parsed({ ...least, groupsClaim: ['realm_access', 'roles'] }));
  });
});
