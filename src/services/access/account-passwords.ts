import { createHash, randomBytes } from 'node:crypto';
import { type Account, accountState, foldedName } from '../../domain/account.ts';
import { auditEntry } from '../../domain/audit-entry.ts';
import { accountBounds } from '../../domain/bounds.ts';
import { isNightglassError, NightglassError } from '../../domain/errors.ts';
import { assertPassword } from '../../domain/password-rules.ts';
import { AccountBrowserTable } from '../../store/account-browser-table.ts';
import { AccountTable } from '../../store/account-table.ts';
import type { AccountStoreOptions } from './account-contract.ts';

/** What somebody types to be let in. */
export interface SignIn {
  readonly name: string;
  readonly password: string;
  /** Secret that the browser keeps since a time before. */
  readonly browser?: string | undefined;
  /** Whether nothing is asked for beside the password: else nothing is noted yet. Default: nothing. */
  readonly isEnough?: (account: Account) => boolean;
}

/** Who was let in. */
export interface SignedIn {
  readonly account: Account;
  /**
   * Secret for the browser to keep: the one that it has, or a new one; undefined where none could be
   * written down.
   */
  readonly browser: string | undefined;
}

/** Passwords of accounts: compared, chosen, changed. */
export class AccountPasswords {
  readonly #options: AccountStoreOptions;
  readonly #table: AccountTable;
  readonly #browsers: AccountBrowserTable;

  constructor(options: AccountStoreOptions) {
    this.#options = options;
    this.#table = new AccountTable(options.store);
    this.#browsers = new AccountBrowserTable(options.store);
  }

  async signIn(asked: SignIn): Promise<SignedIn | null> {
    const { name, password, browser, isEnough = () => true } = asked;
    const { hasher } = this.#options;
    const account = this.#table.findByName(foldedName(name));
    const inForce = account !== undefined && accountState(account) === 'active';
    const kept = inForce ? this.#table.password(account.id) : null;
    const { ok, outdated } = await hasher.verify(password, kept);
    if (!ok || account === undefined) return null;
    const renewed = outdated ? await hasher.hash(password) : null;
    // Hashing takes its time: it may have been disabled, removed, or have another password.
    const current = () => {
      const found = this.#table.find(account.id);
      if (found === undefined || accountState(found) !== 'active') return null;
      return this.#table.password(found.id) === kept ? found : null;
    };
    const found = current();
    if (found === null) return null;
    if (renewed !== null) this.#attempt(() => this.#table.setPassword(found.id, renewed));
    if (!isEnough(found)) return { account: found, browser: undefined };
    return { account: found, browser: this.entered(found.id, browser) };
  }

  /**
   * Notes that somebody was let in.
   * @returns what the browser is to keep; undefined where nothing new could be written down
   */
  entered(id: string, browser: string | undefined): string | undefined {
    // Whoever used it before stays known there: several people share a control room's browser.
    const known =
      browser !== undefined && this.#browsers.isKnown(digest(browser)) ? browser : undefined;
    const secret = known ?? randomBytes(32).toString('base64url');
    const now = this.#options.now();
    const noted = this.#attempt(() => {
      this.#table.seen(id, now);
      this.#browsers.put(id, digest(secret), now, accountBounds.browsers);
    });
    return noted ? secret : known;
  }

  /** Writes what can wait: a folder that takes no writes keeps nobody out. */
  #attempt(work: () => void): boolean {
    try {
      this.#options.store.write(work);
      return true;
    } catch (error) {
      if (!isNightglassError(error, 'STORE_UNWRITABLE')) throw error;
      return false;
    }
  }

  knowsBrowser(name: string, browser: string): boolean {
    const account = this.#table.findByName(foldedName(name));
    return account !== undefined && this.#browsers.has(account.id, digest(browser));
  }

  /** That it is the password. @throws NightglassError `FORBIDDEN`, `CONFLICT` where there is none, `BUSY` */
  async confirm(id: string, password: string): Promise<void> {
    const kept = this.#table.password(id);
    if (kept === null) throw new NightglassError('CONFLICT', 'This account has no password here');
    const { ok } = await this.#options.hasher.verify(password, kept);
    if (ok && this.#table.password(id) === kept) return;
    throw new NightglassError('FORBIDDEN', 'The password is not right');
  }

  async change(id: string, current: string, next: string): Promise<void> {
    const { audit, hasher, store } = this.#options;
    const account = this.#table.find(id);
    const kept = this.#table.password(id);
    if (account === undefined || kept === null) {
      throw new NightglassError('CONFLICT', 'Cannot change the password: there is none here');
    }
    const wrong = () =>
      new NightglassError('FORBIDDEN', 'Cannot change the password: the current one is not right');
    const { ok } = await hasher.verify(current, kept);
    if (!ok) throw wrong();
    const hash = await this.hashed(next, [account.name, account.displayName]);
    store.write(() => {
      if (this.#table.password(id) !== kept) throw wrong();
      this.put(id, hash);
      const by = { name: account.name };
      audit.record(auditEntry(by, 'account.password_changed', id, { name: account.name }));
    });
  }

  /** @throws NightglassError `BAD_REQUEST`, `BUSY` */
  hashed(password: string, known: readonly string[]): Promise<string> {
    assertPassword(password, known);
    return this.#options.hasher.hash(password);
  }

  /** A new password; sessions and links from before are over. Within a transaction. */
  put(id: string, hash: string): void {
    this.#table.setPassword(id, hash);
    this.#table.deleteLink(id);
    this.#table.raiseCredentials(id);
  }

  /** No password any more, and no browser is remembered; sessions are over. Within a transaction. */
  clear(id: string): void {
    this.#table.setPassword(id, null);
    this.#browsers.clear(id);
    this.#table.raiseCredentials(id);
  }
}

function digest(secret: string): Uint8Array {
  return createHash('sha256').update(secret).digest();
}
