import type { Factor, FactorKind } from '../domain/second-factor.ts';
import type { Store } from './store.ts';

/** A row of `account_factors`. */
export interface FactorRow extends Factor {
  readonly accountId: string;
  /** Sealed. */
  readonly secret: Uint8Array;
  /** The last step whose code was taken; of a passkey its counter. */
  readonly counter: number;
}

/** Second factors and recovery codes of accounts. Changes go within {@link Store.write}. */
export class FactorTable {
  readonly #store: Pick<Store, 'prepare'>;

  constructor(store: Pick<Store, 'prepare'>) {
    this.#store = store;
  }

  /** Those of one account, or of all; in the order in which they were added. */
  list(accountId?: string): FactorRow[] {
    const order = 'ORDER BY created_at, id';
    const rows =
      accountId === undefined
        ? this.#store.prepare(`SELECT * FROM account_factors ${order}`).all()
        : this.#store
            .prepare(`SELECT * FROM account_factors WHERE account_id = ? ${order}`)
            .all(accountId);
    return rows.map(toRow);
  }

  find(id: string): FactorRow | undefined {
    const row = this.#store.prepare('SELECT * FROM account_factors WHERE id = ?').get(id);
    return row === undefined ? undefined : toRow(row);
  }

  /** Whether any account has one of this kind. */
  hasKind(kind: FactorKind): boolean {
    const sql = 'SELECT 1 FROM account_factors WHERE kind = ? LIMIT 1';
    return this.#store.prepare(sql).get(kind) !== undefined;
  }

  insert(row: FactorRow): void {
    this.#store
      .prepare('INSERT INTO account_factors VALUES (?, ?, ?, ?, ?, ?, ?, ?)')
      .run(
        ...([row.id, row.accountId, row.kind, row.name, row.secret] as const),
        ...([row.counter, row.createdAt, row.usedAt] as const),
      );
  }

  /** Notes a sign-in with it. */
  used(id: string, counter: number, at: number): void {
    this.#store
      .prepare('UPDATE account_factors SET counter = ?, used_at = ? WHERE id = ?')
      .run(counter, at, id);
  }

  setSecret(id: string, secret: Uint8Array): void {
    this.#store.prepare('UPDATE account_factors SET secret = ? WHERE id = ?').run(secret, id);
  }

  delete(id: string): void {
    this.#store.prepare('DELETE FROM account_factors WHERE id = ?').run(id);
  }

  /** Takes all of an account, its recovery codes too. */
  clear(accountId: string): void {
    this.#store.prepare('DELETE FROM account_factors WHERE account_id = ?').run(accountId);
    this.putCodes(accountId, []);
  }

  /** How many recovery codes were not used yet. */
  codesLeft(accountId: string): number {
    const row = this.#store
      .prepare('SELECT count(*) AS count FROM account_recovery_codes WHERE account_id = ?')
      .get(accountId);
    return Number(row?.['count']);
  }

  /** In the place of all codes before. */
  putCodes(accountId: string, hashes: readonly Uint8Array[]): void {
    this.#store.prepare('DELETE FROM account_recovery_codes WHERE account_id = ?').run(accountId);
    const insert = this.#store.prepare('INSERT INTO account_recovery_codes VALUES (?, ?)');
    for (const hash of hashes) insert.run(hash, accountId);
  }

  /** False where the account has no such code. */
  takeCode(accountId: string, hash: Uint8Array): boolean {
    return (
      this.#store
        .prepare('DELETE FROM account_recovery_codes WHERE hash = ? AND account_id = ?')
        .run(hash, accountId).changes !== 0
    );
  }
}

function toRow(row: Readonly<Record<string, unknown>>): FactorRow {
  return {
    id: String(row['id']),
    accountId: String(row['account_id']),
    kind: row['kind'] as FactorKind,
    name: String(row['name']),
    secret: row['secret'] as Uint8Array,
    counter: Number(row['counter']),
    createdAt: Number(row['created_at']),
    usedAt: row['used_at'] === null ? null : Number(row['used_at']),
  };
}
