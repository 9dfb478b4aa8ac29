import type { Watchlist } from '../domain/watchlist.ts';
import type { Store } from './store.ts';
import { toWatchlist } from './watchlist-rows.ts';

/** The table of watchlists. Methods that change something belong into {@link Store.write}. */
export class WatchlistTable {
  readonly #store: Store;

  constructor(store: Store) {
    this.#store = store;
  }

  /** By name. */
  list(): Watchlist[] {
    return this.#store.prepare('SELECT * FROM watchlists ORDER BY name').all().map(toWatchlist);
  }

  find(id: string): Watchlist | undefined {
    const row = this.#store.prepare('SELECT * FROM watchlists WHERE id = ?').get(id);
    return row === undefined ? undefined : toWatchlist(row);
  }

  findByName(name: string): Watchlist | undefined {
    const row = this.#store.prepare('SELECT * FROM watchlists WHERE name = ?').get(name);
    return row === undefined ? undefined : toWatchlist(row);
  }

  /** Inserts the list, or changes the one of its id. */
  put(list: Watchlist): void {
    // An upsert, never REPLACE: that would delete the people with the old row.
    this.#store
      .prepare(
        `INSERT INTO watchlists VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
         ON CONFLICT (id) DO UPDATE SET name = excluded.name, purpose = excluded.purpose,
           legal_basis = excluded.legal_basis, authorisation = excluded.authorisation,
           owner = excluded.owner, cameras = excluded.cameras, fpir = excluded.fpir,
           fixed_threshold = excluded.fixed_threshold, expires_at = excluded.expires_at,
           retention_days = excluded.retention_days,
           two_person_review = excluded.two_person_review, uses = excluded.uses,
           priority = excluded.priority, sound = excluded.sound, review = excluded.review,
           updated_at = excluded.updated_at`,
      )
      .run(
        list.id,
        list.name,
        list.purpose,
        list.legalBasis,
        list.authorisation,
        list.owner,
        JSON.stringify(list.cameras),
        list.fpir,
        list.fixedThreshold,
        list.expiresAt,
        list.retentionDays,
        list.twoPersonReview ? 1 : 0,
        list.createdAt,
        list.updatedAt,
        JSON.stringify(list.uses),
        list.priority,
        list.sound,
        JSON.stringify(list.review),
      );
  }

  /** With its people and their images. False when there is no such list. */
  delete(id: string): boolean {
    return this.#store.prepare('DELETE FROM watchlists WHERE id = ?').run(id).changes !== 0;
  }

  /** Ids of up to `limit` lists that have expired. */
  expired(now: number, limit: number): string[] {
    return this.#store
      .prepare('SELECT id FROM watchlists WHERE expires_at <= ? LIMIT ?')
      .all(now, limit)
      .map(({ id }) => String(id));
  }
}
