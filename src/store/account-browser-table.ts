import type { Store } from './store.ts';

/**
 * Browsers in which somebody has signed in, each by the hash of a secret that it keeps. Several
 * people may use one: it is then each one's.
 */
export class AccountBrowserTable {
  readonly #store: Pick<Store, 'prepare'>;

  constructor(store: Pick<Store, 'prepare'>) {
    this.#store = store;
  }

  /** Whether it is one of the account's. */
  has(accountId: string, hash: Uint8Array): boolean {
    const found = this.#store
      .prepare('SELECT 1 FROM account_browsers WHERE hash = ? AND account_id = ?')
      .get(hash, accountId);
    return found !== undefined;
  }

  /** Whether it is anybody's. */
  isKnown(hash: Uint8Array): boolean {
    const found = this.#store
      .prepare('SELECT 1 FROM account_browsers WHERE hash = ? LIMIT 1')
      .get(hash);
    return found !== undefined;
  }

  /** Remembers it, or that it was used; the account's longest unused beyond `most` are forgotten. */
  put(accountId: string, hash: Uint8Array, at: number, most: number): void {
    this.#store
      .prepare(
        `INSERT INTO account_browsers VALUES (?, ?, ?)
         ON CONFLICT (hash, account_id) DO UPDATE SET used_at = excluded.used_at`,
      )
      .run(hash, accountId, at);
    this.#store
      .prepare(
        `DELETE FROM account_browsers WHERE account_id = ?1 AND hash NOT IN (
           SELECT hash FROM account_browsers WHERE account_id = ?1
           ORDER BY used_at DESC, hash LIMIT ?2)`,
      )
      .run(accountId, most);
  }

  /** Forgets all of an account. */
  clear(accountId: string): void {
    this.#store.prepare('DELETE FROM account_browsers WHERE account_id = ?').run(accountId);
  }
}
