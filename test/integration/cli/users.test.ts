import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { TOTP } from 'otpauth';
import { systemClock } from '../../../src/domain/clock.ts';
import { createStore } from '../../../src/store/create-store.ts';
import { runCommand } from '../../support/cli/run-command.ts';
import { accountsInTest, goodPassword } from '../../support/services/accounts-in-test.ts';
import { temporaryFolder } from '../../support/store/temporary-folder.ts';

/** Commands on a data folder that another program has open, as a running Nightglass does. */
function setUp(t: TestContext) {
  const data = join(temporaryFolder(t), 'data');
  const store = createStore({ dataDir: data });
  t.after(() => store.close());
  const { accounts, audit, factors } = accountsInTest(store, systemClock);
  const users = (...args: string[]) => runCommand(['users', ...args, '--data', data]);
  return { accounts, audit, factors, users, data };
}

describe('nightglass users', () => {
  it('invites, lists, disables, resets and removes, beside a running program', async (t) => {
    const { accounts, audit, factors, users } = setUp(t);
    const address = ['--address', 'https://room.example/nightglass/'];
    const invited = await users('invite', 'Ann', '--role', 'admin', ...address);
    assert.equal(invited.code, 0, invited.stderr);
    const [, secret = ''] =
      /^https:\/\/room\.example\/nightglass\/#\/join\/(ngl_[\w-]{43})\n\(for ann, once, until /.exec(
        invited.stdout,
      ) ?? [];
    await accounts.acceptLink(secret, goodPassword);

    const bob = await users('invite', 'bob', '--cameras', 'gate', '--json');
    const { link, kind } = JSON.parse(bob.stdout);
    assert.equal(kind, 'invitation');
    await accounts.acceptLink(link.split('/').at(-1), goodPassword);
    const listed = JSON.parse((await users('list', '--json')).stdout);
    assert.deepEqual(
      listed.users.map(({ name, role, state }: Record<string, string>) => [name, role, state]),
      [
        ['ann', 'admin', 'active'],
        ['bob', 'viewer', 'active'],
      ],
    );
    assert.match((await users('list')).stdout, /bob +bob +viewer +gate +all +active +none +never/);
    assert.ok(!/argon2|credentials":"/.test(JSON.stringify(listed)));

    const { id } = accounts.named('bob');
    assert.equal((await users('disable', 'BOB')).stdout, 'disabled bob\n');
    assert.equal(accounts.holder(id), null);
    assert.equal((await users('enable', 'bob')).stdout, 'enabled bob\n');
    assert.ok(accounts.holder(id));
    const { totp } = factors;
    const { enrolment, secret: key } = totp.begin(accounts.get(id), 'x');
    const code = new TOTP({ secret: key }).generate();
    totp.confirm(accounts.get(id), { enrolment, code, name: 'Phone' });
    assert.match((await users('list')).stdout, /bob .* active +totp +never/);
    assert.equal((await users('reset-factors', 'bob')).stdout, 'reset bob\n');
    assert.deepEqual(factors.list(id), []);
    assert.match((await users('reset-factors', 'bob')).stderr, /bob has no second factor/);
    const reset = await users('reset-password', 'bob', '--json');
    assert.equal(JSON.parse(reset.stdout).kind, 'reset');
    assert.equal(accounts.holder(id), null);
    assert.equal((await users('remove', 'bob')).stdout, 'removed bob\n');
    assert.throws(() => accounts.named('bob'));
    const records = audit.list({}).filter(({ who }) => who === 'command line');
    assert.deepEqual(
      records.map(({ what }) => what),
      [
        ...['account.invited', 'account.invited', 'account.disabled', 'account.enabled'],
        ...['account.factors_reset', 'account.link_made', 'account.removed'],
      ],
    );
    const told = JSON.stringify(audit.list({}));
    assert.ok(!told.includes(secret) && !told.includes(goodPassword));
  });

  it('says what is wrong, by its code', async (t) => {
    const { users, data } = setUp(t);
    const missing = await users('disable', 'nobody');
    assert.equal(missing.code, 1);
    assert.match(missing.stderr, /There is no account nobody/);
    assert.equal((await users('invite', 'ann', '--role', 'king')).code, 2);
    await users('invite', 'ann');
    assert.match((await users('invite', 'ann')).stderr, /the name is taken/);
    const token = (...args: string[]) =>
      runCommand(['tokens', 'create', '--data', data, '--json', ...args]);
    const made = JSON.parse((await token('--name', 'desk', '--for', 'ann')).stdout);
    assert.deepEqual(made.people, ['ann']);
    assert.equal((await token('--name', 'other', '--for', 'nobody')).code, 1);
  });
});
