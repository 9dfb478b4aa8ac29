import type { Principal, Role } from '../domain/principal.ts';
import type { Store } from './store.ts';

/** A token as it is stored: never its secret, which is not kept. */
export interface TokenRecord extends Principal {
  readonly createdAt: number;
  /** Wall milliseconds from which on it is refused; null never. */
  readonly expiresAt: number | null;
  readonly revokedAt: number | null;
  /** Names of accounts, and of the tokens that made it, that may stand behind it. */
  readonly people: readonly string[];
}

/** The table of tokens, each by the hash of its secret. */
export class TokenTable {
  readonly #store: Pick<Store, 'prepare'>;

  constructor(store: Pick<Store, 'prepare'>) {
    this.#store = store;
  }

  insert(record: TokenRecord, hash: Uint8Array): void {
    this.#store
      .prepare(
        `INSERT INTO tokens (id, name, hash, role, cameras, scopes, created_at, expires_at, watchlists, people)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      )
      .run(
        record.id,
        record.name,
        hash,
        record.role,
        JSON.stringify(record.cameras),
        JSON.stringify(record.scopes),
        record.createdAt,
        record.expiresAt,
        JSON.stringify(record.watchlists),
        JSON.stringify(record.people),
      );
  }

  isTaken(name: string): boolean {
    return this.#store.prepare('SELECT 1 FROM tokens WHERE name = ?').get(name) !== undefined;
  }

  /** All tokens, oldest first. */
  list(): TokenRecord[] {
    return this.#store
      .prepare('SELECT * FROM tokens ORDER BY created_at, name')
      .all()
      .map(toRecord);
  }

  findByName(name: string): TokenRecord | undefined {
    const row = this.#store.prepare('SELECT * FROM tokens WHERE name = ?').get(name);
    return row === undefined ? undefined : toRecord(row);
  }

  find(id: string): TokenRecord | undefined {
    const row = this.#store.prepare('SELECT * FROM tokens WHERE id = ?').get(id);
    return row === undefined ? undefined : toRecord(row);
  }

  /** The token of this hash, with the stored hash. */
  findByHash(
    hash: Uint8Array,
  ): { readonly record: TokenRecord; readonly hash: Uint8Array } | undefined {
    const row = this.#store.prepare('SELECT * FROM tokens WHERE hash = ?').get(hash);
    return row === undefined
      ? undefined
      : { record: toRecord(row), hash: row['hash'] as Uint8Array };
  }

  /** Marks it revoked; the first time of it stays. False where there is no such token. */
  revoke(id: string, at: number): boolean {
    const { changes } = this.#store
      .prepare('UPDATE tokens SET revoked_at = coalesce(revoked_at, ?) WHERE id = ?')
      .run(at, id);
    return changes !== 0;
  }
}

function toRecord(row: Record<string, unknown>): TokenRecord {
  return {
    id: String(row['id']),
    name: String(row['name']),
    role: row['role'] as Role,
    cameras: JSON.parse(String(row['cameras'])),
    watchlists: JSON.parse(String(row['watchlists'])),
    scopes: JSON.parse(String(row['scopes'])),
    createdAt: Number(row['created_at']),
    expiresAt: row['expires_at'] === null ? null : Number(row['expires_at']),
    revokedAt: row['revoked_at'] === null ? null : Number(row['revoked_at']),
    people: JSON.parse(String(row['people'])),
  };
}
