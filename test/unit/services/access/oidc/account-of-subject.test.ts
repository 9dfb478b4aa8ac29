import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { dayMs } from '../../../../../src/domain/bounds.ts';
import { isNightglassError } from '../../../../../src/domain/errors.ts';
import type { Role } from '../../../../../src/domain/principal.ts';
import {
  accountOfSubject,
  type Subject,
} from '../../../../../src/services/access/oidc/account-of-subject.ts';
import {
  unconfirmOthers,
  unconfirmSilent,
  unconfirmSubject,
} from '../../../../../src/services/access/oidc/unconfirmed-accounts.ts';
import { principalsInForce } from '../../../../../src/services/access/principals-in-force.ts';
import type { Store } from '../../../../../src/store/store.ts';
import { accountsInTest } from '../../../../support/services/accounts-in-test.ts';
import { openStore } from '../../../../support/store/open-store.ts';

const ann: Subject = {
  issuer: 'https://login.example.org',
  subject: 'id-of-ann',
  name: 'Ann',
  displayName: 'Ann Example',
  role: 'operator',
  cameras: ['door'],
  watchlists: '*',
  scopes: [],
};

function setUp(t: TestContext) {
  const { store, clock } = openStore(t);
  const { accounts, audit, tokens } = accountsInTest(store, clock);
  const enter = (change: Partial<Subject> = {}) =>
    accountOfSubject({ store, audit, now: clock.now }, { ...ann, ...change });
  const renew = (change: Partial<Subject> = {}) =>
    accountOfSubject({ store, audit, now: clock.now }, { ...ann, ...change }, 'renewal');
  const recorded = () =>
    audit
      .list({ limit: 50 })
      .filter(({ what }) => what.startsWith('account.'))
      .map(({ who, what, detail }) => ({ who, what, detail }));
  return { accounts, audit, clock, enter, recorded, renew, store, tokens };
}

describe('the account of somebody whom a provider stands for', () => {
  it('is not in force once the provider stands for it no longer, until the next good sign-in', (t) => {
    const { accounts, audit, clock, enter, recorded, store } = setUp(t);
    const { now } = clock;
    const options = { store, audit, now };
    const id = enter({ role: 'admin', cameras: '*' })?.id ?? '';
    const inForce = () => [
      accounts.holder(id) !== null,
      principalsInForce(store, now()).length,
      accounts.awaits(id),
    ];
    assert.deepEqual(inForce(), [true, 1, false]);
    unconfirmSubject(options, { ...ann, subject: 'another' }, 'no_access');
    unconfirmOthers(options, `${ann.issuer}/`);
    assert.deepEqual(inForce(), [true, 1, false]);
    const ways = [
      () => unconfirmSubject(options, ann, 'no_access'),
      () => unconfirmOthers(options, 'https://login.example.com'),
      () => unconfirmOthers(options, undefined),
    ];
    for (const way of ways) {
      way();
      assert.deepEqual(inForce(), [false, 0, true]);
      const before = recorded().length;
      way();
      assert.equal(recorded().length, before, 'once');
      assert.equal(enter({ role: 'admin', cameras: '*' })?.id, id);
      assert.deepEqual(inForce(), [true, 1, false]);
    }
    assert.deepEqual(
      recorded()
        .map(({ what, detail }) => [what, (detail as { why?: string }).why])
        .slice(0, 4),
      [
        ['account.made', undefined],
        ['account.unconfirmed', 'no_access'],
        ['account.confirmed', undefined],
        ['account.unconfirmed', 'no_provider'],
      ],
    );
    ways[0]?.();
    clock.advance(30 * dayMs);
    assert.deepEqual(inForce(), [false, 0, false]);
  });

  it('is not in force after too long without a word of the provider', (t) => {
    const { accounts, audit, clock, enter, renew, store } = setUp(t);
    const sweep = () => unconfirmSilent({ store, audit, now: clock.now }, clock.now() - dayMs, 4);
    const id = enter()?.id ?? '';
    clock.advance(dayMs - 3_600_000);
    renew();
    clock.advance(dayMs);
    assert.equal(sweep(), 0);
    assert.ok(accounts.holder(id));
    clock.advance(1);
    assert.equal(sweep(), 1);
    assert.equal(accounts.holder(id), null);
    assert.equal(sweep(), 0);
    renew();
    assert.ok(accounts.holder(id));
  });

  it('is not made again by a renewal once it was removed, nor is one that was never there', (t) => {
    const { accounts, enter, renew } = setUp(t);
    assert.equal(renew(), undefined);
    const made = enter();
    assert.equal(renew()?.id, made?.id);
    accounts.remove(made?.id ?? '');
    assert.equal(renew({ role: 'admin' }), undefined);
    assert.deepEqual(accounts.list(), []);
    assert.notEqual(enter()?.id, made?.id);
  });

  it('stays disabled or removed where that happens beside a word of the provider', (t) => {
    const { accounts, audit, clock, enter, store } = setUp(t);
    const id = enter()?.id ?? '';
    /** Another process is quicker. */
    const beside = (change: () => void) => {
      const slow: Pick<Store, 'prepare' | 'readOr' | 'write'> = {
        prepare: (sql) => store.prepare(sql),
        readOr: (work, otherwise) => store.readOr(work, otherwise),
        write(work) {
          change();
          return store.write(work);
        },
      };
      const options = { store: slow, audit, now: clock.now };
      return (role: Role) => accountOfSubject(options, { ...ann, role }, 'renewal');
    };
    const disabling = beside(() => accounts.change(id, { disabled: true }));
    assert.equal(disabling('reviewer'), undefined);
    assert.deepEqual(
      [accounts.get(id).disabledAt !== null, accounts.get(id).role],
      [true, 'operator'],
    );
    accounts.change(id, { disabled: false });
    assert.equal(beside(() => accounts.remove(id))('reviewer'), undefined);
    assert.deepEqual(accounts.list(), []);
  });

  it('is made once, and takes over the rights of each sign-in, on record', (t) => {
    const { accounts, enter, recorded } = setUp(t);
    const made = enter();
    assert.equal(made?.name, 'ann');
    assert.equal(made?.displayName, 'Ann Example');
    assert.equal(enter()?.id, made?.id);
    assert.equal(enter({ role: 'admin', cameras: '*' })?.id, made?.id);
    // What the provider does not say this time stays.
    enter({ role: 'admin', cameras: '*', displayName: undefined });
    const [account, ...others] = accounts.list();
    assert.deepEqual(others, []);
    assert.deepEqual(
      [account?.role, account?.cameras, account?.origin, account?.displayName],
      ['admin', '*', 'oidc', 'Ann Example'],
    );
    const rights = { role: 'operator', cameras: ['door'], watchlists: '*', scopes: [] };
    assert.deepEqual(recorded(), [
      {
        who: 'system',
        what: 'account.made',
        detail: { by: 'oidc', name: 'ann', displayName: 'Ann Example', ...rights },
      },
      {
        who: 'system',
        what: 'account.changed',
        detail: { by: 'oidc', name: 'ann', role: 'admin', cameras: '*' },
      },
    ]);
  });

  it('is of the subject at its issuer, whatever name that has: nobody gets the name of another', (t) => {
    const { accounts, enter, tokens } = setUp(t);
    tokens.create({ name: 'Gate', role: 'viewer' });
    accounts.invite({ name: 'chief', role: 'admin' });
    const first = enter();
    const names = [
      enter({ subject: 'other' })?.name,
      enter({ issuer: 'https://another.example.org' })?.name,
      enter({ subject: 'gate', name: 'gate' })?.name,
      enter({ subject: 'chief', name: 'CHIEF' })?.name,
      enter({ subject: 'system', name: 'system' })?.name,
    ];
    assert.match(names[0] ?? '', /^ann-[0-9a-f]{8}$/);
    assert.match(names[1] ?? '', /^ann-[0-9a-f]{8}$/);
    assert.match(names[2] ?? '', /^gate-[0-9a-f]{8}$/);
    assert.match(names[3] ?? '', /^chief-[0-9a-f]{8}$/);
    assert.equal(names[4], 'person');
    assert.equal(new Set([first?.name, ...names]).size, 6);
    // A name that changes there changes nothing here.
    assert.equal(enter({ name: 'Ann Married' })?.name, 'ann');
  });

  it('has a login name, however the provider writes names', (t) => {
    const { enter } = setUp(t);
    const written: [string, RegExp][] = [
      ['EXAMPLE\\bob', /^example-bob$/],
      ['Bob  Builder (Site)', /^bob-builder-site$/],
      ['bob@example.org', /^bob@example\.org$/],
      ['李雷', /^李雷$/],
      ['x', /^person$/],
      ['...', /^person-[0-9a-f]{8}$/],
      ['b'.repeat(300), /^b{64}$/],
      ['b'.repeat(301), /^b{55}-[0-9a-f]{8}$/],
    ];
    for (const [index, [name, expected]] of written.entries()) {
      assert.match(enter({ subject: `s${index}`, name })?.name ?? '', expected, name);
    }
  });

  it('has its rights from the provider alone: here it can be disabled, and no link gives it a password', (t) => {
    const { accounts, enter } = setUp(t);
    const id = enter()?.id ?? '';
    const conflict = (error: unknown) => isNightglassError(error, 'CONFLICT');
    for (const change of [{ role: 'admin' }, { cameras: '*' }, { displayName: 'Boss' }] as const) {
      assert.throws(() => accounts.change(id, change), conflict, JSON.stringify(change));
    }
    assert.throws(() => accounts.link(id), conflict);
    accounts.change(id, { role: 'operator', disabled: true });
    assert.equal(accounts.get(id).role, 'operator');
  });

  it('keeps nobody in who was disabled here, and is another one after it was removed', (t) => {
    const { accounts, enter } = setUp(t);
    const made = enter();
    const id = made?.id ?? '';
    accounts.change(id, { disabled: true });
    assert.equal(enter({ role: 'admin' }), undefined);
    assert.equal(accounts.get(id).role, 'operator');
    accounts.change(id, { disabled: false });
    assert.equal(enter()?.id, id);
    accounts.remove(id);
    const again = enter();
    assert.notEqual(again?.id, id);
    assert.match(again?.name ?? '', /^ann-[0-9a-f]{8}$/);
    accounts.remove(again?.id ?? '');
    assert.notEqual(enter()?.name, again?.name);
  });
});
