import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  groupsIn,
  leavesGroupsOut,
  nameIn,
  rightsOf,
} from '../../../../../src/services/access/oidc/group-rights.ts';

describe('rights by groups', () => {
  const every = { cameras: '*', watchlists: '*', scopes: [] } as const;
  const mapping = [
    { group: 'desk', role: 'operator', cameras: ['door'], watchlists: '*', scopes: [] },
    { group: 'admins', role: 'admin', ...every },
  ] as const;

  it('are those of the first group of the mapping, never a mixture', () => {
    const { group: _, ...desk } = mapping[0];
    assert.deepEqual(rightsOf(['admins', 'desk'], mapping), desk);
    assert.equal(rightsOf(['admins'], mapping)?.role, 'admin');
  });

  it('are none for groups that are not named to the letter', () => {
    for (const groups of [[], ['Desk'], ['desk '], ['/desk'], ['*'], ['']]) {
      assert.equal(rightsOf(groups, mapping), undefined, String(groups));
    }
  });

  it('come from a claim, or from an object within', () => {
    assert.deepEqual(groupsIn({ groups: ['a', 'b'] }, 'groups'), ['a', 'b']);
    assert.deepEqual(groupsIn({ groups: 'a' }, 'groups'), ['a']);
    assert.deepEqual(groupsIn({ 'https://x/groups': ['a'] }, 'https://x/groups'), ['a']);
    const nested = { realm_access: { roles: ['a'] } };
    assert.deepEqual(groupsIn(nested, ['realm_access', 'roles']), ['a']);
    assert.deepEqual(groupsIn({ groups: ['a', 1, null, 'b'.repeat(257)] }, 'groups'), ['a']);
    assert.equal(groupsIn({ groups: Array(6000).fill('a') }, 'groups')?.length, 5000);
  });

  it('are unknown where the claim says nothing of groups', () => {
    for (const claims of [{}, { groups: null }, { groups: 7 }, { groups: { a: true } }]) {
      assert.equal(groupsIn(claims, 'groups'), undefined, JSON.stringify(claims));
    }
    // What every object has is no claim.
    assert.equal(groupsIn({}, 'constructor'), undefined);
    assert.equal(groupsIn({}, ['__proto__', 'groups']), undefined);
    assert.ok(leavesGroupsOut({ _claim_names: { groups: 'src1' } }));
    assert.ok(!leavesGroupsOut({ groups: [] }));
  });

  it('go to somebody who is named without control characters, and shortly', () => {
    const order = ['preferred_username', 'email'];
    assert.equal(nameIn({ email: 'a@b', preferred_username: 'ann' }, order), 'ann');
    assert.equal(nameIn({ email: 'a@b', preferred_username: ' \u0007' }, order), 'a@b');
    assert.equal(nameIn({ email: `a\u202e\n b${'x'.repeat(200)}` }, order)?.length, 100);
    assert.equal(nameIn({ email: `a\u202e\n b` }, order), 'a b');
    assert.equal(nameIn({ email: 7 }, order), undefined);
  });
});
