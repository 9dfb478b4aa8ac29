import type { Person } from '../domain/watchlist.ts';
import type { Store } from './store.ts';
import { toPerson } from './watchlist-rows.ts';

/** The table of people on watchlists. Methods that change something belong into {@link Store.write}. */
export class PeopleTable {
  readonly #store: Store;

  constructor(store: Store) {
    this.#store = store;
  }

  find(id: string): Person | undefined {
    const row = this.#store.prepare('SELECT * FROM people WHERE id = ?').get(id);
    return row === undefined ? undefined : toPerson(row);
  }

  /** By name. */
  ofList(watchlistId: string): Person[] {
    return this.#store
      .prepare('SELECT * FROM people WHERE watchlist_id = ? ORDER BY name, created_at')
      .all(watchlistId)
      .map(toPerson);
  }

  /** Ids of everybody on a list, by name: as they are at one moment. */
  idsByName(watchlistId: string): string[] {
    // By an index alone, and one value: a large list takes milliseconds.
    const row = this.#store
      .prepare(
        `SELECT json_group_array(id) AS ids FROM
           (SELECT id FROM people WHERE watchlist_id = ? ORDER BY name, created_at) AS ordered`,
      )
      .get(watchlistId);
    return JSON.parse(String(row?.['ids'] ?? '[]'));
  }

  /** Those of these people who are still there, in their order. */
  ofIds(ids: readonly string[]): Person[] {
    const found = this.#store
      .prepare('SELECT * FROM people WHERE id IN (SELECT value FROM json_each(?))')
      .all(JSON.stringify(ids))
      .map(toPerson);
    const byId = new Map(found.map((person) => [person.id, person]));
    return ids.flatMap((id) => byId.get(id) ?? []);
  }

  /** People of these lists by id, at most `limit` after the id `after`. */
  page(watchlistIds: readonly string[], after: string, limit: number): Person[] {
    return this.#store
      .prepare(
        `SELECT * FROM people
         WHERE watchlist_id IN (SELECT value FROM json_each(?)) AND id > ? ORDER BY id LIMIT ?`,
      )
      .all(JSON.stringify(watchlistIds), after, limit)
      .map(toPerson);
  }

  count(watchlistId: string): number {
    const row = this.#store
      .prepare('SELECT count(*) AS people FROM people WHERE watchlist_id = ?')
      .get(watchlistId);
    return Number(row?.['people'] ?? 0);
  }

  insert({ id, watchlistId, name, note, createdAt, updatedAt }: Person): void {
    this.#store
      .prepare('INSERT INTO people VALUES (?, ?, ?, ?, ?, ?)')
      .run(id, watchlistId, name, note, createdAt, updatedAt);
  }

  update({ id, name, note, updatedAt }: Person): void {
    this.#store
      .prepare('UPDATE people SET name = ?, note = ?, updated_at = ? WHERE id = ?')
      .run(name, note, updatedAt, id);
  }

  /** With their images. False when there is no such person. */
  delete(id: string): boolean {
    return this.#store.prepare('DELETE FROM people WHERE id = ?').run(id).changes !== 0;
  }

  /** Ids of up to `limit` people of a list. */
  idsOfList(watchlistId: string, limit: number): string[] {
    return this.#store
      .prepare('SELECT id FROM people WHERE watchlist_id = ? LIMIT ?')
      .all(watchlistId, limit)
      .map(({ id }) => String(id));
  }
}
