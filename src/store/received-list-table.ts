import type { Store } from './store.ts';

/** At a site: what came from its centre. Methods that change something belong into {@link Store.write}. */
export class ReceivedListTable {
  readonly #store: Pick<Store, 'prepare'>;

  constructor(store: Pick<Store, 'prepare'>) {
    this.#store = store;
  }

  /** The version of a list that all is there of, 0 for none yet; undefined for one of this site. */
  version(watchlistId: string): number | undefined {
    const row = this.#store
      .prepare('SELECT version FROM received_lists WHERE watchlist_id = ?')
      .get(watchlistId);
    return row === undefined ? undefined : Number(row['version']);
  }

  versions(): { readonly id: string; readonly version: number }[] {
    return this.#store
      .prepare('SELECT watchlist_id, version FROM received_lists ORDER BY watchlist_id')
      .all()
      .map((row) => ({ id: String(row['watchlist_id']), version: Number(row['version']) }));
  }

  setVersion(watchlistId: string, version: number): void {
    this.#store
      .prepare(
        `INSERT INTO received_lists VALUES (?, ?)
         ON CONFLICT (watchlist_id) DO UPDATE SET version = excluded.version`,
      )
      .run(watchlistId, version);
  }

  /** By id of the person: what they were like when they came. */
  digests(watchlistId: string): Map<string, string> {
    const rows = this.#store
      .prepare(
        `SELECT people.id, digest FROM people LEFT JOIN received_people ON person_id = people.id
         WHERE watchlist_id = ?`,
      )
      .all(watchlistId);
    return new Map(rows.map(({ id, digest }) => [String(id), String(digest ?? '')]));
  }

  setDigest(personId: string, digest: string): void {
    this.#store
      .prepare(
        `INSERT INTO received_people VALUES (?, ?)
         ON CONFLICT (person_id) DO UPDATE SET digest = excluded.digest`,
      )
      .run(personId, digest);
  }

  /** Notes that a list or person is gone, for the report. */
  addRemoval(id: string, at: number): void {
    this.#store
      .prepare(
        `INSERT INTO received_removals VALUES (?, ?)
         ON CONFLICT (id) DO UPDATE SET removed_at = excluded.removed_at`,
      )
      .run(id, at);
  }

  /** Oldest first. */
  removals(limit: number): { readonly id: string; readonly at: number }[] {
    return this.#store
      .prepare('SELECT id, removed_at FROM received_removals ORDER BY removed_at, id LIMIT ?')
      .all(limit)
      .map((row) => ({ id: String(row['id']), at: Number(row['removed_at']) }));
  }

  forgetRemovals(removals: readonly { readonly id: string; readonly at: number }[]): void {
    const forget = this.#store.prepare(
      'DELETE FROM received_removals WHERE id = ? AND removed_at = ?',
    );
    for (const { id, at } of removals) forget.run(id, at);
  }
}
