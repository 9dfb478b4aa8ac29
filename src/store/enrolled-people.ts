import type { Person, Template } from '../domain/watchlist.ts';
import type { Store } from './store.ts';
import type { TemplateTable } from './template-table.ts';
import { toPerson } from './watchlist-rows.ts';

/** Somebody on a list, with all templates. */
export interface EnrolledPerson {
  readonly person: Person;
  /** Oldest first. */
  readonly templates: readonly Template[];
  /** Place in the order of reading: it never changes, and those who come later are behind it. */
  readonly place: number;
}

/** People of a list and their templates, at most `limit` behind the place `after`. */
export function enrolledPeople(
  store: Pick<Store, 'prepare'>,
  templates: TemplateTable,
  watchlistId: string,
  after: number,
  limit: number,
): EnrolledPerson[] {
  const rows = store
    .prepare(
      `SELECT rowid AS place, people.* FROM people WHERE watchlist_id = ? AND rowid > ?
       ORDER BY rowid LIMIT ?`,
    )
    .all(watchlistId, after, limit);
  const people = rows.map((row) => ({ person: toPerson(row), place: Number(row['place']) }));
  const ids = people.map(({ person }) => person.id);
  const byPerson = Map.groupBy(templates.ofPeople(ids), ({ personId }) => personId);
  return people.map((each) => ({ ...each, templates: byPerson.get(each.person.id) ?? [] }));
}
