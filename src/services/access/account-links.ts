import { createHash, randomBytes } from 'node:crypto';
import { type Account, type AccountLinkKind, accountState } from '../../domain/account.ts';
import { type Actor, auditEntry } from '../../domain/audit-entry.ts';
import { accountBounds } from '../../domain/bounds.ts';
import { NightglassError } from '../../domain/errors.ts';
import { AccountTable } from '../../store/account-table.ts';
import type { AccountStoreOptions } from './account-contract.ts';
import type { AccountPasswords } from './account-passwords.ts';

/** A link as it is handed out. */
export interface MadeLink {
  /** Goes into the link; kept nowhere. */
  readonly secret: string;
  readonly kind: AccountLinkKind;
  readonly expiresAt: number;
}

/** What the holder of a link sees. */
export interface OpenLink {
  readonly accountId: string;
  readonly name: string;
  readonly displayName: string;
  readonly kind: AccountLinkKind;
  readonly expiresAt: number;
}

const secretPattern = /^ngl_[A-Za-z0-9_-]{43}$/;

/** One-time links with which the holder of an account chooses a password; kept by hash alone. */
export class AccountLinks {
  readonly #options: AccountStoreOptions;
  readonly #table: AccountTable;
  readonly #passwords: AccountPasswords;

  constructor(options: AccountStoreOptions, passwords: AccountPasswords) {
    this.#options = options;
    this.#table = new AccountTable(options.store);
    this.#passwords = passwords;
  }

  /** In the place of the account's link before. Within a transaction. */
  put(accountId: string, kind: AccountLinkKind): MadeLink {
    const secret = `ngl_${randomBytes(32).toString('base64url')}`;
    const now = this.#options.now();
    const { invitationMs, resetMs } = accountBounds;
    const expiresAt = now + (kind === 'invitation' ? invitationMs : resetMs);
    this.#table.putLink({ accountId, kind, createdAt: now, expiresAt }, digest(secret));
    return { secret, kind, expiresAt };
  }

  /** @throws NightglassError `NOT_FOUND`, `CONFLICT`, `STORE_UNWRITABLE` */
  make(id: string, by: Actor): MadeLink {
    const { store, audit } = this.#options;
    return store.write(() => {
      const account = this.#local(id);
      const { hasPassword, lastSeenAt, name } = account;
      // Whoever was here once had a password, and is not invited a second time.
      const made = this.put(id, hasPassword || lastSeenAt !== null ? 'reset' : 'invitation');
      if (hasPassword) this.#passwords.clear(id);
      const detail = { name, kind: made.kind, expiresAt: made.expiresAt };
      audit.record(auditEntry(by, 'account.link_made', id, detail));
      return made;
    });
  }

  find(secret: string): OpenLink | null {
    if (!secretPattern.test(secret)) return null;
    const link = this.#table.findLink(digest(secret));
    const account = link && this.#table.find(link.accountId);
    if (link === undefined || account === undefined) return null;
    if (link.expiresAt <= this.#options.now() || accountState(account) === 'disabled') return null;
    const { name, displayName } = account;
    const { kind, expiresAt } = link;
    return { accountId: account.id, name, displayName, kind, expiresAt };
  }

  /** @throws NightglassError `NOT_FOUND`, `BAD_REQUEST`, `BUSY`, `STORE_UNWRITABLE` */
  async accept(secret: string, password: string): Promise<Account> {
    const { accountId, name, displayName } = this.#inForce(secret);
    const hash = await this.#passwords.hashed(password, [name, displayName]);
    const { store, audit } = this.#options;
    return store.write(() => {
      // It may have been used, or replaced, while the password was hashed.
      const { kind } = this.#inForce(secret);
      this.#passwords.put(accountId, hash);
      audit.record(auditEntry({ name }, 'account.joined', accountId, { name, kind }));
      const account = this.#table.find(accountId);
      if (account === undefined) throw new NightglassError('NOT_FOUND', 'There is no such account');
      return account;
    });
  }

  #inForce(secret: string): OpenLink {
    const link = this.find(secret);
    if (link !== null) return link;
    throw new NightglassError('NOT_FOUND', 'This link was used already, or is over', {
      hint: 'Ask an administrator for another one.',
    });
  }

  #local(id: string): Account {
    const account = this.#table.find(id);
    if (account === undefined) throw new NightglassError('NOT_FOUND', `There is no account ${id}`);
    const why =
      account.origin !== 'local'
        ? 'it signs in at an identity provider'
        : account.disabledAt !== null
          ? 'it is disabled'
          : undefined;
    if (why === undefined) return account;
    throw new NightglassError('CONFLICT', `Cannot make a link for ${account.name}: ${why}`);
  }
}

function digest(secret: string): Uint8Array {
  return createHash('sha256').update(secret).digest();
}
