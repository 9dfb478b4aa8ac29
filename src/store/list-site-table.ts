import type { Store } from './store.ts';

/** At a centre: which lists go to which sites. */
export class ListSiteTable {
  readonly #store: Pick<Store, 'prepare'>;

  constructor(store: Pick<Store, 'prepare'>) {
    this.#store = store;
  }

  /** Within {@link Store.write}. */
  set(watchlistId: string, sites: readonly string[]): void {
    this.#store.prepare('DELETE FROM list_sites WHERE watchlist_id = ?').run(watchlistId);
    const insert = this.#store.prepare('INSERT INTO list_sites VALUES (?, ?)');
    for (const site of sites) insert.run(watchlistId, site);
  }

  /** Sites of a list, sorted. */
  sitesOf(watchlistId: string): string[] {
    return this.#store
      .prepare('SELECT site FROM list_sites WHERE watchlist_id = ? ORDER BY site')
      .all(watchlistId)
      .map(({ site }) => String(site));
  }

  /** Lists of a site, sorted. */
  listsOf(site: string): string[] {
    return this.#store
      .prepare('SELECT watchlist_id FROM list_sites WHERE site = ? ORDER BY watchlist_id')
      .all(site)
      .map((row) => String(row['watchlist_id']));
  }

  goesTo(watchlistId: string, site: string): boolean {
    return (
      this.#store
        .prepare('SELECT 1 AS found FROM list_sites WHERE watchlist_id = ? AND site = ?')
        .get(watchlistId, site) !== undefined
    );
  }

  /** All of them. */
  all(): { readonly id: string; readonly sites: string[] }[] {
    const rows = this.#store
      .prepare('SELECT watchlist_id, site FROM list_sites ORDER BY watchlist_id, site')
      .all();
    const byList = Map.groupBy(rows, (row) => String(row['watchlist_id']));
    return [...byList].map(([id, of]) => ({ id, sites: of.map(({ site }) => String(site)) }));
  }
}
