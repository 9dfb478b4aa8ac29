import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { isNightglassError } from '../../../../src/domain/errors.ts';
import { confirmationOf } from '../../../../src/domain/list-review.ts';
import { samePerson } from '../../../../src/services/access/people-behind.ts';
import { accountsInTest } from '../../../support/services/accounts-in-test.ts';
import { openStore } from '../../../support/store/open-store.ts';

async function setUp(t: TestContext) {
  const { store, clock } = openStore(t);
  const { accounts, tokens, join } = accountsInTest(store, clock);
  await join('ann');
  await join('bob');
  return { accounts, tokens, join, same: samePerson(store) };
}

describe('samePerson', () => {
  it('takes accounts for people, and tokens for whom nobody knows', async (t) => {
    const { tokens, same } = await setUp(t);
    tokens.create({ name: 'one', role: 'reviewer' });
    tokens.create({ name: 'two', role: 'reviewer' });
    for (const [a, b] of [
      ['ann', 'bob'],
      ['ann', 'one'],
      ['one', 'two'],
      ['ann', 'no such'],
    ] as const) {
      assert.ok(!same(a, b), `${a} ${b}`);
    }
    assert.ok(same('ann', 'ann'));
  });

  it('takes a token for those who made it or have it, and two of one person for one', async (t) => {
    const { tokens, same } = await setUp(t);
    tokens.create({ name: 'hers', role: 'reviewer', people: ['Ann'] });
    tokens.create({ name: 'hers too', role: 'reviewer', people: ['ann'] });
    tokens.create({ name: 'shared', role: 'reviewer', people: ['ann', 'bob'] });
    tokens.create({ name: 'his', role: 'reviewer', people: ['bob'] });
    assert.ok(same('ann', 'hers') && same('hers', 'ann'));
    assert.ok(same('hers', 'hers too'));
    assert.ok(same('shared', 'ann') && same('shared', 'his'));
    assert.ok(!same('hers', 'his') && !same('ann', 'his'));
    assert.throws(
      () => tokens.create({ name: 'x', role: 'viewer', people: ['nobody'] }),
      (error: unknown) => isNightglassError(error, 'NOT_FOUND'),
    );
  });

  it('takes a token for everybody whom it has invited, and those not for one another', async (t) => {
    const { accounts, tokens, join, same } = await setUp(t);
    const { token } = tokens.create({ name: 'start', role: 'admin' });
    const cid = await join('cid', { role: 'admin' }, { name: token.name });
    await join('dee', {}, { name: token.name });
    assert.ok(same('start', 'cid') && same('dee', 'start'));
    assert.ok(!same('cid', 'dee') && !same('start', 'ann'));
    // Who was invited by an account is another person.
    await join('eve', {}, { name: 'cid' });
    assert.ok(!same('eve', 'cid'));
    accounts.change(cid.id, { role: 'viewer' }, { name: 'start' });
    accounts.remove(cid.id);
    assert.ok(same('start', 'cid'));
  });

  it('takes a token for the token that made it, and those of one token for one another', async (t) => {
    const { tokens, join, same } = await setUp(t);
    const by = { name: tokens.create({ name: 'Start', role: 'admin' }).token.name };
    assert.deepEqual(tokens.create({ name: 'x', role: 'reviewer' }, by).token.people, ['Start']);
    tokens.create({ name: 'y', role: 'admin' }, by);
    tokens.create({ name: 'z', role: 'reviewer', people: ['bob'] }, { name: 'y' });
    tokens.create({ name: 'other', role: 'admin' });
    assert.ok(same('Start', 'x') && same('x', 'y') && same('x', 'z') && same('z', 'Start'));
    assert.ok(same('z', 'bob') && !same('x', 'bob') && !same('x', 'other') && !same('x', 'ann'));
    await join('cid', {}, by);
    assert.ok(same('x', 'cid') && same('cid', 'z') && !same('other', 'cid'));
  });

  it('holds for who puts a list in force that they changed', async (t) => {
    const { tokens, same } = await setUp(t);
    tokens.create({ name: 'hers', role: 'reviewer', people: ['ann'] });
    const all = ['ann', 'hers', 'bob'];
    assert.equal(confirmationOf({ authors: ['ann'] }, 'hers', all, same), undefined);
    assert.equal(confirmationOf({ authors: ['hers'] }, 'ann', all, same), undefined);
    assert.equal(confirmationOf({ authors: ['hers'] }, 'bob', all, same), 'other');
  });
});
