import type { Account, AccountLinkKind, AccountOrigin } from '../domain/account.ts';
import type { Role } from '../domain/principal.ts';
import { FactorTable } from './factor-table.ts';
import type { Store } from './store.ts';

/** What of an account may be changed. */
export type AccountRights = Pick<
  Account,
  'displayName' | 'role' | 'cameras' | 'watchlists' | 'scopes' | 'disabledAt'
>;

/** A link that was handed out, by the hash of its secret. */
export interface AccountLink {
  readonly accountId: string;
  readonly kind: AccountLinkKind;
  readonly createdAt: number;
  readonly expiresAt: number;
}

/** The table of accounts, and of their links. Changes go within {@link Store.write}. */
export class AccountTable {
  readonly #store: Pick<Store, 'prepare'>;

  constructor(store: Pick<Store, 'prepare'>) {
    this.#store = store;
  }

  insert(account: Account): void {
    this.#store
      .prepare(
        `INSERT INTO accounts (id, name, display_name, origin, issuer, subject, role, cameras,
           watchlists, scopes, credentials, created_at, created_by, confirmed_at)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      )
      .run(
        ...[account.id, account.name, account.displayName, account.origin],
        ...[account.issuer, account.subject, account.role, JSON.stringify(account.cameras)],
        ...[JSON.stringify(account.watchlists), JSON.stringify(account.scopes)],
        ...[account.credentials, account.createdAt, account.createdBy, account.confirmedAt],
      );
  }

  /** True for the name of an account that was removed, too. */
  isTaken(name: string): boolean {
    return this.#store.prepare('SELECT 1 FROM accounts WHERE name = ?').get(name) !== undefined;
  }

  /** All that are not removed, by name. */
  list(): Account[] {
    return this.#store
      .prepare('SELECT * FROM accounts WHERE removed_at IS NULL ORDER BY name')
      .all()
      .map(toAccount);
  }

  count(): number {
    const row = this.#store
      .prepare('SELECT count(*) AS count FROM accounts WHERE removed_at IS NULL')
      .get();
    return Number(row?.['count']);
  }

  find(id: string): Account | undefined {
    const row = this.#store
      .prepare('SELECT * FROM accounts WHERE id = ? AND removed_at IS NULL')
      .get(id);
    return row === undefined ? undefined : toAccount(row);
  }

  findByName(name: string): Account | undefined {
    const row = this.#store
      .prepare('SELECT * FROM accounts WHERE name = ? AND removed_at IS NULL')
      .get(name);
    return row === undefined ? undefined : toAccount(row);
  }

  /** Whom an identity provider knows as this; an account that was removed is nobody's. */
  findBySubject(issuer: string, subject: string): Account | undefined {
    const row = this.#store
      .prepare('SELECT * FROM accounts WHERE issuer = ? AND subject = ? AND removed_at IS NULL')
      .get(issuer, subject);
    return row === undefined ? undefined : toAccount(row);
  }

  /** Names of the accounts that somebody made, removed ones too. */
  madeBy(name: string): string[] {
    return this.#store
      .prepare('SELECT name FROM accounts WHERE created_by = ?')
      .all(name)
      .map((row) => String(row['name']));
  }

  update(id: string, rights: AccountRights): void {
    this.#store
      .prepare(
        `UPDATE accounts SET display_name = ?, role = ?, cameras = ?, watchlists = ?, scopes = ?,
           disabled_at = ? WHERE id = ?`,
      )
      .run(
        ...[rights.displayName, rights.role, JSON.stringify(rights.cameras)],
        ...[JSON.stringify(rights.watchlists), JSON.stringify(rights.scopes)],
        ...[rights.disabledAt, id],
      );
  }

  /** How the password is kept; null where there is none. */
  password(id: string): string | null {
    const row = this.#store.prepare('SELECT password FROM accounts WHERE id = ?').get(id);
    return row === undefined || row['password'] === null ? null : String(row['password']);
  }

  setPassword(id: string, hash: string | null): void {
    this.#store.prepare('UPDATE accounts SET password = ? WHERE id = ?').run(hash, id);
  }

  /** Sessions from before are over. */
  raiseCredentials(id: string): void {
    this.#store.prepare('UPDATE accounts SET credentials = credentials + 1 WHERE id = ?').run(id);
  }

  seen(id: string, at: number): void {
    this.#store.prepare('UPDATE accounts SET last_seen_at = ? WHERE id = ?').run(at, id);
  }

  /** Its provider stands for it. */
  confirm(id: string, at: number): void {
    this.#store
      .prepare('UPDATE accounts SET confirmed_at = ?, unconfirmed_at = NULL WHERE id = ?')
      .run(at, id);
  }

  /** Its provider no longer stands for it. */
  unconfirm(id: string, at: number): void {
    this.#store.prepare('UPDATE accounts SET unconfirmed_at = ? WHERE id = ?').run(at, id);
  }

  /** Keeps the name alone, which stays taken. */
  remove(id: string, at: number): void {
    this.#store
      .prepare(
        `UPDATE accounts SET removed_at = ?, display_name = '', password = NULL, issuer = NULL,
           subject = NULL, last_seen_at = NULL, confirmed_at = NULL WHERE id = ?`,
      )
      .run(at, id);
    this.deleteLink(id);
    this.#store.prepare('DELETE FROM account_browsers WHERE account_id = ?').run(id);
    new FactorTable(this.#store).clear(id);
  }

  /** In the place of the account's link before. */
  putLink(link: AccountLink, hash: Uint8Array): void {
    this.deleteLink(link.accountId);
    this.#store
      .prepare('INSERT INTO account_links VALUES (?, ?, ?, ?, ?)')
      .run(hash, link.accountId, link.kind, link.createdAt, link.expiresAt);
  }

  findLink(hash: Uint8Array): AccountLink | undefined {
    const row = this.#store.prepare('SELECT * FROM account_links WHERE hash = ?').get(hash);
    return row === undefined ? undefined : toLink(row);
  }

  /** Links by account. */
  links(): Map<string, AccountLink> {
    const rows = this.#store.prepare('SELECT * FROM account_links').all().map(toLink);
    return new Map(rows.map((link) => [link.accountId, link]));
  }

  deleteLink(accountId: string): void {
    this.#store.prepare('DELETE FROM account_links WHERE account_id = ?').run(accountId);
  }
}

function toAccount(row: Readonly<Record<string, unknown>>): Account {
  const numberOrNull = (value: unknown) => (value === null ? null : Number(value));
  const textOrNull = (value: unknown) => (value === null ? null : String(value));
  return {
    id: String(row['id']),
    name: String(row['name']),
    displayName: String(row['display_name']),
    origin: row['origin'] as AccountOrigin,
    issuer: textOrNull(row['issuer']),
    subject: textOrNull(row['subject']),
    role: row['role'] as Role,
    cameras: JSON.parse(String(row['cameras'])),
    watchlists: JSON.parse(String(row['watchlists'])),
    scopes: JSON.parse(String(row['scopes'])),
    hasPassword: row['password'] !== null,
    credentials: Number(row['credentials']),
    createdAt: Number(row['created_at']),
    createdBy: String(row['created_by']),
    lastSeenAt: numberOrNull(row['last_seen_at']),
    disabledAt: numberOrNull(row['disabled_at']),
    confirmedAt: numberOrNull(row['confirmed_at']),
    unconfirmedAt: numberOrNull(row['unconfirmed_at']),
  };
}

function toLink(row: Readonly<Record<string, unknown>>): AccountLink {
  return {
    accountId: String(row['account_id']),
    kind: row['kind'] as AccountLinkKind,
    createdAt: Number(row['created_at']),
    expiresAt: Number(row['expires_at']),
  };
}
