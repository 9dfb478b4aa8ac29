import { randomUUID } from 'node:crypto';
import { NightglassError } from '../../domain/errors.ts';
import {
  inForce,
  type Person,
  type Template,
  type Watchlist,
  type WatchlistInput,
} from '../../domain/watchlist.ts';
import type { Store } from '../../store/create-store.ts';
import { PeopleTable } from '../../store/people-table.ts';
import {
  type NewTemplate,
  type OutdatedTemplate,
  type TemplateFacts,
  TemplateTable,
} from '../../store/template-table.ts';
import { WatchlistTable } from '../../store/watchlist-table.ts';
import { personName } from './person-name.ts';
import { validateWatchlist } from './validate-watchlist.ts';

/** A change to what may be matched, reported after it is committed. */
export type WatchlistChange =
  | { readonly kind: 'list'; readonly watchlistId: string }
  | { readonly kind: 'person'; readonly watchlistId: string; readonly personId: string };

/**
 * Watchlists, their people and the enrolled images. Every method that changes
 * something throws NightglassError `STORE_UNWRITABLE` when the folder refuses,
 * `NOT_FOUND` for an unknown id.
 */
export class WatchlistStore {
  readonly #store: Store;
  readonly #lists: WatchlistTable;
  readonly #people: PeopleTable;
  readonly #templates: TemplateTable;
  readonly #now: () => number;
  readonly #listeners = new Set<(change: WatchlistChange) => void>();

  constructor(options: { store: Store; now: () => number }) {
    this.#store = options.store;
    this.#lists = new WatchlistTable(options.store);
    this.#people = new PeopleTable(options.store);
    this.#templates = new TemplateTable(options.store);
    this.#now = options.now;
  }

  /** Calls back after each committed change of this process. Returns the way to stop it. */
  onChange(listener: (change: WatchlistChange) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Changes when another process may have changed lists; see {@link Store.externalVersion}. */
  externalVersion(): string {
    return this.#store.externalVersion();
  }

  /** @throws NightglassError `BAD_REQUEST`, `CONFLICT` (name taken) */
  create(input: WatchlistInput, id: string = randomUUID()): Watchlist {
    const now = this.#now();
    const list: Watchlist = {
      ...validateWatchlist(input, now),
      id,
      createdAt: now,
      updatedAt: now,
    };
    this.#put(list, 'INSERT');
    return list;
  }

  /** Changes the fields that `changes` names. @throws NightglassError `BAD_REQUEST`, `CONFLICT` */
  update(id: string, changes: Partial<WatchlistInput>): Watchlist {
    const now = this.#now();
    const { createdAt, updatedAt: _, id: __, ...present } = this.get(id);
    // Only a new expiry must lie ahead: an expired list may be renamed before it is purged.
    const list: Watchlist = {
      ...validateWatchlist({ ...present, ...changes }, 'expiresAt' in changes ? now : 0),
      id,
      createdAt,
      updatedAt: now,
    };
    this.#put(list, 'UPDATE');
    return list;
  }

  list(): Watchlist[] {
    return this.#lists.list();
  }

  find(id: string): Watchlist | undefined {
    return this.#lists.find(id);
  }

  get(id: string): Watchlist {
    return this.find(id) ?? missing('watchlist', id);
  }

  findByName(name: string): Watchlist | undefined {
    return this.#lists.findByName(name);
  }

  /** Deletes the list with its people and their images; its alerts stay until their own end. */
  delete(id: string): void {
    this.#delete(this.#lists, 'watchlist', id, { kind: 'list', watchlistId: id });
  }

  addPerson(watchlistId: string, input: { name: string; note?: string }): Person {
    const now = this.#now();
    this.#assertInForce(watchlistId, 'add a person');
    const person: Person = {
      id: randomUUID(),
      watchlistId,
      name: personName(input.name),
      note: input.note ?? '',
      createdAt: now,
      updatedAt: now,
    };
    this.#store.write(() => this.#people.insert(person));
    this.#tell({ kind: 'person', watchlistId, personId: person.id });
    return person;
  }

  updatePerson(id: string, changes: { name?: string; note?: string }): Person {
    const present = this.getPerson(id);
    const person: Person = {
      ...present,
      name: personName(changes.name ?? present.name),
      note: changes.note ?? present.note,
      updatedAt: this.#now(),
    };
    this.#store.write(() => this.#people.update(person));
    this.#tell({ kind: 'person', watchlistId: person.watchlistId, personId: id });
    return person;
  }

  people(watchlistId: string): Person[] {
    return this.#people.ofList(watchlistId);
  }

  /** People of these lists by id, at most `limit` after the id `after`. */
  peoplePage(watchlistIds: readonly string[], after: string, limit: number): Person[] {
    return this.#people.page(watchlistIds, after, limit);
  }

  countPeople(watchlistId: string): number {
    return this.#people.count(watchlistId);
  }

  findPerson(id: string): Person | undefined {
    return this.#people.find(id);
  }

  getPerson(id: string): Person {
    return this.findPerson(id) ?? missing('person', id);
  }

  /** Deletes the person and all their images. */
  deletePerson(id: string): void {
    const { watchlistId } = this.getPerson(id);
    this.#delete(this.#people, 'person', id, { kind: 'person', watchlistId, personId: id });
  }

  /** @throws RangeError for an embedding that is empty or not finite */
  addTemplate(input: NewTemplate): Template {
    const { watchlistId } = this.getPerson(input.personId);
    this.#assertInForce(watchlistId, 'enrol');
    const template = this.#store.write(() => this.#templates.insert(input, this.#now()));
    this.#tell({ kind: 'person', watchlistId, personId: input.personId });
    return template;
  }

  /** Templates of a person, of every model, oldest first. */
  templates(personId: string): Template[] {
    return this.#templates.ofPerson(personId);
  }

  /** What there is to tell of the templates of these people, oldest first; no vectors. */
  templateFacts(personIds: readonly string[]): TemplateFacts[] {
    return this.#templates.factsOf(personIds);
  }

  /** Templates of everybody on a list, oldest first. */
  templatesOfList(watchlistId: string): Template[] {
    return this.#templates.ofList(watchlistId);
  }

  /** Templates on a list that were made from this very image, of every model. */
  templatesBySource(watchlistId: string, sourceSha256: string): Template[] {
    return this.#templates.bySource(watchlistId, sourceSha256);
  }

  /** Templates of every list that were not made in this embedding space, oldest first. */
  outdatedTemplates(model: string): OutdatedTemplate[] {
    return this.#templates.ofOtherModels(model);
  }

  /** Puts an embedding of another space in a template's place. False when it is gone meanwhile. */
  renewTemplate(template: OutdatedTemplate, model: string, embedding: Float32Array): boolean {
    const renewed = this.#store.write(() => this.#templates.renew(template.id, model, embedding));
    const { watchlistId, personId } = template;
    if (renewed) this.#tell({ kind: 'person', watchlistId, personId });
    return renewed;
  }

  /** The picture of an enrolled image, JPEG; null when there is no such template. */
  templateImage(templateId: string): Uint8Array | null {
    return this.#templates.image(templateId);
  }

  deleteTemplate(id: string): void {
    const { watchlistId, id: personId } = this.getPerson(
      this.#templates.personOf(id) ?? missing('template', id),
    );
    this.#delete(this.#templates, 'template', id, { kind: 'person', watchlistId, personId });
  }

  /**
   * Deletes expired lists with all that is on them, up to `limit` people or
   * lists a call. A retention task. Returns how many it deleted.
   */
  purgeExpired(now: number, limit: number): number {
    let left = limit;
    for (const id of this.#lists.expired(now, limit)) {
      // People go first and in parts: a long list with its pictures would block for seconds.
      left -= this.#store.write(() => this.#people.deleteOfList(id, left));
      if (left <= 0) break;
      this.delete(id);
      left -= 1;
    }
    return limit - left;
  }

  /** An ended list takes nobody in: it waits to be deleted. */
  #assertInForce(watchlistId: string, what: string): void {
    const list = this.get(watchlistId);
    if (inForce(list, this.#now())) return;
    throw new NightglassError(
      'CONFLICT',
      `Cannot ${what}: the watchlist ${JSON.stringify(list.name)} has expired`,
      { hint: 'Where the authorisation was renewed, set a later expiry first.' },
    );
  }

  #put(list: Watchlist, how: 'INSERT' | 'UPDATE'): void {
    const other = this.findByName(list.name);
    if (other !== undefined && other.id !== list.id) {
      throw new NightglassError(
        'CONFLICT',
        `Cannot store the watchlist ${JSON.stringify(list.name)}: the name is taken`,
        { hint: 'Choose another name.' },
      );
    }
    if (how === 'INSERT' && this.find(list.id) !== undefined) {
      throw new NightglassError('CONFLICT', `Cannot create the watchlist ${list.id}: it exists`);
    }
    this.#store.write(() => this.#lists.put(list));
    this.#tell({ kind: 'list', watchlistId: list.id });
  }

  #delete(
    table: { delete(id: string): boolean },
    what: string,
    id: string,
    change: WatchlistChange,
  ): void {
    this.#store.write(() => {
      if (!table.delete(id)) missing(what, id);
    });
    this.#tell(change);
    // What was deleted shall not wait in the journal.
    this.#store.compact();
  }

  #tell(change: WatchlistChange): void {
    for (const listener of this.#listeners) listener(change);
  }
}

function missing(what: string, id: string): never {
  throw new NightglassError('NOT_FOUND', `Cannot find the ${what} ${id}: there is none`);
}
