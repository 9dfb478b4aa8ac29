import type { Store } from './store.ts';

/** The key pair that push services know the program by. */
export interface PushKeyRow {
  /** Uncompressed point of P-256, base64url. */
  readonly publicKey: string;
  /** Sealed. */
  readonly privateKey: Uint8Array;
  readonly createdAt: number;
}

/** The one row of `push_keys`. Methods that change it belong into {@link Store.write}. */
export class PushKeyTable {
  readonly #store: Pick<Store, 'prepare'>;

  constructor(store: Pick<Store, 'prepare'>) {
    this.#store = store;
  }

  get(): PushKeyRow | undefined {
    const row = this.#store.prepare('SELECT * FROM push_keys').get();
    if (row === undefined) return undefined;
    return {
      publicKey: String(row['public_key']),
      privateKey: row['private_key'] as Uint8Array,
      createdAt: Number(row['created_at']),
    };
  }

  put({ publicKey, privateKey, createdAt }: PushKeyRow): void {
    this.#store
      .prepare(`INSERT INTO push_keys VALUES (1, ?, ?, ?) ON CONFLICT (id) DO UPDATE
         SET public_key = excluded.public_key, private_key = excluded.private_key,
           created_at = excluded.created_at`)
      .run(publicKey, privateKey, createdAt);
  }

  delete(): void {
    this.#store.prepare('DELETE FROM push_keys').run();
  }
}
