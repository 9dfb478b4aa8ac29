// Over 300 lines: the rules of accounts beside each other, with what each may throw.
import { randomUUID } from 'node:crypto';
import { type Account, accountState, foldedName, loginName } from '../../domain/account.ts';
import { type Actor, auditEntry, systemActor } from '../../domain/audit-entry.ts';
import { accountBounds } from '../../domain/bounds.ts';
import { NightglassError } from '../../domain/errors.ts';
import { isUnlimited, type Principal } from '../../domain/principal.ts';
import { AccountTable } from '../../store/account-table.ts';
import { TokenTable } from '../../store/token-table.ts';
import type {
  AccountChange,
  AccountStoreOptions,
  AccountView,
  Holder,
  InvitationInput,
} from './account-contract.ts';
import { AccountLinks, type MadeLink, type OpenLink } from './account-links.ts';
import { AccountPasswords, type SignedIn, type SignIn } from './account-passwords.ts';
import { assertRights } from './assert-rights.ts';
import { principalsInForce } from './principals-in-force.ts';

/** Accounts of people: each rule, change and audit record in one transaction. */
export class AccountStore {
  readonly #options: AccountStoreOptions;
  readonly #table: AccountTable;
  readonly #links: AccountLinks;
  readonly #passwords: AccountPasswords;

  constructor(options: AccountStoreOptions) {
    this.#options = options;
    this.#table = new AccountTable(options.store);
    this.#passwords = new AccountPasswords(options);
    this.#links = new AccountLinks(options, this.#passwords);
  }

  /** By name, those that were removed left out. */
  list(): AccountView[] {
    const links = this.#table.links();
    return this.#table.list().map((account) => {
      const { kind, expiresAt } = links.get(account.id) ?? {};
      const link = kind === undefined || expiresAt === undefined ? null : { kind, expiresAt };
      return { ...account, link };
    });
  }

  /** @throws NightglassError `NOT_FOUND` */
  get(id: string): Account {
    const account = this.#table.find(id);
    if (account !== undefined) return account;
    throw new NightglassError('NOT_FOUND', `There is no account ${id}`);
  }

  /** How the person is called; undefined where there is no such account. */
  displayName(id: string): string | undefined {
    return this.#table.find(id)?.displayName;
  }

  /** By login name. @throws NightglassError `NOT_FOUND` */
  named(name: string): Account {
    const account = this.#table.findByName(foldedName(name));
    if (account !== undefined) return account;
    throw new NightglassError('NOT_FOUND', `There is no account ${name}`);
  }

  /** Who it is while the account is in force, else null. */
  holder(id: string): Holder | null {
    const account = this.#table.find(id);
    return account === undefined || accountState(account) !== 'active' ? null : holderOf(account);
  }

  /** Whether it is in force again with the next sign-in at its provider, for some time at least. */
  awaits(id: string): boolean {
    const account = this.#table.find(id);
    if (account === undefined || accountState(account) !== 'unconfirmed') return false;
    const since = this.#options.now() - (account.unconfirmedAt ?? 0);
    return since < accountBounds.awaitedMs;
  }

  /**
   * Makes an account and the link with which its holder chooses a password; the link's secret is
   * shown here and never again.
   * @throws NightglassError `BAD_REQUEST`, `CONFLICT`, `STORE_UNWRITABLE`
   */
  invite(input: InvitationInput, by: Actor = systemActor): { account: Account } & MadeLink {
    const { store, audit, now } = this.#options;
    const account = newAccount(input, by, now());
    assertRights(account, 'invite');
    return store.write(() => {
      this.#assertFree(account.name);
      this.#table.insert(account);
      const made = this.#links.put(account.id, 'invitation');
      const { name, role, cameras, watchlists, scopes } = account;
      const detail = { name, role, cameras, watchlists, scopes, expiresAt: made.expiresAt };
      audit.record(auditEntry(by, 'account.invited', account.id, detail));
      return { account, ...made };
    });
  }

  /**
   * A link in the place of the one before: the invitation anew, or for a new password. The old
   * password is gone at once, and sessions end.
   * @throws NightglassError `NOT_FOUND`, `CONFLICT`, `STORE_UNWRITABLE`
   */
  link(id: string, by: Actor = systemActor): MadeLink {
    return this.#links.make(id, by);
  }

  /** What a link is for; null where it is none, was used or is over. */
  openLink(secret: string): OpenLink | null {
    return this.#links.find(secret);
  }

  /**
   * Uses a link: its holder has a password from now on.
   * @throws NightglassError `NOT_FOUND` for no link in force, `BAD_REQUEST` for the password, `BUSY`
   */
  acceptLink(secret: string, password: string): Promise<Account> {
    return this.#links.accept(secret, password);
  }

  /**
   * Changes what somebody may do, from the next request on.
   * @throws NightglassError `NOT_FOUND`, `BAD_REQUEST`, `CONFLICT` where no administrator would be
   * left or an identity provider says what somebody may do, `STORE_UNWRITABLE`
   */
  change(id: string, change: AccountChange, by: Actor = systemActor): Account {
    const { store, audit, now } = this.#options;
    return store.write(() => {
      const before = this.get(id);
      const next = changed(before, change, now());
      assertOwnRights(before, next);
      assertRights(next, `change ${before.name}`);
      this.#table.update(id, next);
      this.#assertAdministrator(before, `change ${before.name}`);
      if (next.disabledAt !== before.disabledAt) {
        this.#table.raiseCredentials(id);
        const what = next.disabledAt === null ? 'account.enabled' : 'account.disabled';
        audit.record(auditEntry(by, what, id, { name: before.name }));
      }
      const detail = differences(before, next);
      if (Object.keys(detail).length > 0) {
        audit.record(auditEntry(by, 'account.changed', id, { name: before.name, ...detail }));
      }
      return this.get(id);
    });
  }

  /**
   * Removes an account: the login name alone is kept, and nobody gets it again.
   * @throws NightglassError `NOT_FOUND`, `CONFLICT` where no administrator would be left,
   * `STORE_UNWRITABLE`
   */
  remove(id: string, by: Actor = systemActor): void {
    const { store, audit, now } = this.#options;
    store.write(() => {
      const account = this.get(id);
      this.#table.remove(id, now());
      this.#assertAdministrator(account, `remove ${account.name}`);
      audit.record(auditEntry(by, 'account.removed', id, { name: account.name }));
    });
  }

  /** Whose name and password these are, else null, after the same time. @throws NightglassError `BUSY` */
  signIn(asked: SignIn): Promise<SignedIn | null> {
    return this.#passwords.signIn(asked);
  }

  /** Whether a browser has been let in by this name's password before. */
  knowsBrowser(name: string, browser: string): boolean {
    return this.#passwords.knowsBrowser(name, browser);
  }

  /**
   * Notes that somebody was let in by more than a password.
   * @param browser secret that their browser keeps
   * @returns what it is to keep from now on; undefined for nothing new
   */
  entered(id: string, browser: string | undefined): string | undefined {
    return this.#passwords.entered(id, browser);
  }

  /** That it is the account's password. @throws NightglassError `FORBIDDEN`, `CONFLICT` where there is none, `BUSY` */
  confirmPassword(id: string, password: string): Promise<void> {
    return this.#passwords.confirm(id, password);
  }

  /**
   * A new password, given the one before; sessions end.
   * @throws NightglassError `FORBIDDEN` for a wrong one, `BAD_REQUEST` for the new one, `BUSY`,
   * `CONFLICT` where the account has none
   */
  changePassword(id: string, current: string, next: string): Promise<void> {
    return this.#passwords.change(id, current, next);
  }

  /** Notes that its holder was here. */
  seen(id: string): void {
    const { store, now } = this.#options;
    store.write(() => this.#table.seen(id, now()));
  }

  #assertFree(name: string): void {
    const tokens = new TokenTable(this.#options.store);
    if (
      this.#table.isTaken(name) ||
      tokens.list().some((token) => foldedName(token.name) === name)
    ) {
      throw new NightglassError('CONFLICT', `Cannot invite ${name}: the name is taken`, {
        hint: 'Choose another name; names of removed accounts and revoked tokens stay taken, for the audit log.',
      });
    }
    if (this.#table.count() >= accountBounds.accounts) {
      throw new NightglassError(
        'CONFLICT',
        `Cannot invite ${name}: there are ${accountBounds.accounts} accounts already`,
      );
    }
  }

  /** Whoever takes the last administrator away could give nobody's rights back. */
  #assertAdministrator(before: Account, what: string): void {
    if (!administers(before) || accountState(before) !== 'active') return;
    const { store, now } = this.#options;
    if (principalsInForce(store, now()).some(administers)) return;
    throw new NightglassError('CONFLICT', `Cannot ${what}: no administrator would be left`, {
      hint: 'Make somebody else an administrator of all cameras and lists first.',
    });
  }
}

/** What an identity provider says would be overwritten by its next word. @throws NightglassError `CONFLICT` */
function assertOwnRights(before: Account, next: Account): void {
  if (before.origin !== 'oidc' || Object.keys(differences(before, next)).length === 0) return;
  throw new NightglassError(
    'CONFLICT',
    `Cannot change ${before.name}: name and rights come from the identity provider`,
    {
      hint: 'Change the groups there, or their rights in access.oidc.groups; or disable the account.',
    },
  );
}

function administers(principal: Principal): boolean {
  return principal.role === 'admin' && isUnlimited(principal);
}

/** Who an account is. */
export function holderOf(account: Account): Holder {
  const { id, name, role, cameras, watchlists, scopes, credentials } = account;
  return { principal: { id, name, role, cameras, watchlists, scopes }, credentials };
}

function newAccount(input: InvitationInput, by: Actor, now: number): Account {
  const name = loginName(input.name);
  return {
    id: randomUUID(),
    name,
    displayName: displayNameOf(input.displayName ?? name),
    origin: 'local',
    issuer: null,
    subject: null,
    role: input.role,
    cameras: input.cameras ?? '*',
    watchlists: input.watchlists ?? '*',
    scopes: [...new Set(input.scopes ?? [])],
    hasPassword: false,
    credentials: 0,
    createdAt: now,
    createdBy: by.name,
    lastSeenAt: null,
    disabledAt: null,
    confirmedAt: null,
    unconfirmedAt: null,
  };
}

function changed(before: Account, change: AccountChange, now: number): Account {
  const { disabled = before.disabledAt !== null, displayName, scopes } = change;
  return {
    ...before,
    displayName: displayName === undefined ? before.displayName : displayNameOf(displayName),
    role: change.role ?? before.role,
    cameras: change.cameras ?? before.cameras,
    watchlists: change.watchlists ?? before.watchlists,
    scopes: scopes === undefined ? before.scopes : [...new Set(scopes)],
    disabledAt: disabled ? (before.disabledAt ?? now) : null,
  };
}

function displayNameOf(given: string): string {
  const name = given.normalize('NFC').trim();
  if (name !== '' && name.length <= accountBounds.displayName) return name;
  throw new NightglassError(
    'BAD_REQUEST',
    `Cannot take the display name: it needs 1 to ${accountBounds.displayName} characters`,
  );
}

/** What is other than before, as it is now. */
function differences(before: Account, next: Account): Record<string, unknown> {
  const shown = ['displayName', 'role', 'cameras', 'watchlists', 'scopes'] as const;
  return Object.fromEntries(
    shown
      .filter((key) => JSON.stringify(before[key]) !== JSON.stringify(next[key]))
      .map((key) => [key, next[key]]),
  );
}
