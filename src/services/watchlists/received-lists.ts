import { type AuditEntry, auditEntry } from '../../domain/audit-entry.ts';
import { NightglassError } from '../../domain/errors.ts';
import { centreActor } from '../../domain/federation.ts';
import type { Person, Watchlist } from '../../domain/watchlist.ts';
import { AlertTable } from '../../store/alert-table.ts';
import { eraseTraces } from '../../store/erase-traces.ts';
import { PeopleTable } from '../../store/people-table.ts';
import { ReceivedListTable } from '../../store/received-list-table.ts';
import type { Store } from '../../store/store.ts';
import { type NewTemplate, TemplateTable } from '../../store/template-table.ts';
import { WatchlistTable } from '../../store/watchlist-table.ts';
import type { WatchlistChange } from './watchlist-change.ts';

/** An enrolled image as it came. */
export interface ReceivedTemplate extends NewTemplate {
  readonly id: string;
  readonly createdAt: number;
}

export interface ReceivedListsOptions {
  readonly store: Store;
  readonly audit: { record(entry: AuditEntry): void };
  readonly now: () => number;
  /** Within {@link Store.write}: tells the gallery. */
  readonly tell: (change: WatchlistChange) => void;
  /** Removes what shows somebody, with {@link centreActor}. */
  readonly deletePerson: (id: string) => void;
  readonly deleteList: (id: string) => void;
}

/**
 * Lists that a centre sent to this site: only the centre changes them. Each change is one
 * transaction with its audit record.
 */
export class ReceivedLists {
  readonly #options: ReceivedListsOptions;
  readonly #table: ReceivedListTable;
  readonly #lists: WatchlistTable;
  readonly #people: PeopleTable;
  readonly #templates: TemplateTable;

  constructor(options: ReceivedListsOptions) {
    this.#options = options;
    this.#table = new ReceivedListTable(options.store);
    this.#lists = new WatchlistTable(options.store);
    this.#people = new PeopleTable(options.store);
    this.#templates = new TemplateTable(options.store);
  }

  has(watchlistId: string): boolean {
    return this.#table.version(watchlistId) !== undefined;
  }

  /** The version of a list that all is there of; undefined for one that is not from the centre. */
  version(watchlistId: string): number | undefined {
    return this.#table.version(watchlistId);
  }

  list(): { readonly id: string; readonly version: number; readonly people: number }[] {
    return this.#table.versions().map((list) => ({ ...list, people: this.#people.count(list.id) }));
  }

  /** Ids of a list's people, and what they were like when they came. */
  digests(watchlistId: string): ReadonlyMap<string, string> {
    return this.#table.digests(watchlistId);
  }

  /** Ids of images that are there of a person. */
  templateIds(personId: string): string[] {
    return this.#templates.factsOf([personId]).map(({ id }) => id);
  }

  /** Takes what a list says. @throws NightglassError `CONFLICT`: its id or name is this site's own */
  put(list: Watchlist): void {
    const { audit, store, tell } = this.#options;
    store.write(() => {
      const present = this.#lists.find(list.id);
      const version = this.#table.version(list.id);
      if (present !== undefined && version === undefined) {
        throw taken(`this site has a list of its own with the id ${list.id}`);
      }
      const named = this.#lists.findByName(list.name);
      if (named !== undefined && named.id !== list.id) {
        throw taken(`this site has a list with the name ${JSON.stringify(list.name)}`);
      }
      if (present !== undefined && JSON.stringify(present) === JSON.stringify(list)) return;
      this.#lists.put(list);
      this.#table.setVersion(list.id, version ?? 0);
      new AlertTable(store).setRetention(list.id, list.retentionDays);
      const { name, purpose, legalBasis, authorisation, owner } = list;
      const detail = { name, purpose, legalBasis, authorisation, owner };
      audit.record(auditEntry(centreActor, 'watchlist.received', list.id, detail));
      tell({ kind: 'list', watchlistId: list.id });
    });
  }

  /** All of this version is there. */
  complete(watchlistId: string, version: number): void {
    this.#options.store.write(() => {
      if (this.has(watchlistId)) this.#table.setVersion(watchlistId, version);
    });
  }

  /**
   * Takes what a person is like.
   * @param kept ids of all images that they have
   * @param added those of them that are not here
   * @throws NightglassError `CONFLICT`: somebody of this site has the id
   */
  putPerson(
    person: Person,
    kept: readonly string[],
    added: readonly ReceivedTemplate[],
    digest: string,
  ): void {
    const { audit, store, tell } = this.#options;
    store.write(() => {
      const { id, watchlistId } = person;
      // The list may have ended meanwhile.
      if (!this.has(watchlistId)) return;
      const present = this.#people.find(id);
      if (present !== undefined && present.watchlistId !== watchlistId) {
        throw taken(`somebody on another list has the id ${id}`);
      }
      if (present === undefined) this.#people.insert(person);
      else this.#people.update(person);
      const wanted = new Set(kept);
      for (const template of this.templateIds(id)) {
        if (wanted.has(template)) continue;
        this.#templates.delete(template);
        eraseTraces(store, { watchlistId, personId: id }, template);
      }
      for (const { id: templateId, createdAt, ...template } of added) {
        if (this.#templates.personOf(templateId) !== undefined) {
          throw taken(`there is an image with the id ${templateId}`);
        }
        this.#templates.insert(template, templateId, createdAt);
      }
      this.#table.setDigest(id, digest);
      const detail = { watchlist: watchlistId, images: kept.length };
      const what = present === undefined ? 'person.created' : 'person.updated';
      audit.record(auditEntry(centreActor, what, id, detail));
      tell({ kind: 'person', watchlistId, personId: id });
    });
    // An image that went shall not wait in the journal.
    store.compact();
  }

  /** Deletes somebody of a list of the centre, and notes it for the report. */
  removePerson(id: string): void {
    const { deletePerson, now, store } = this.#options;
    store.write(() => {
      const person = this.#people.find(id);
      if (person === undefined || !this.has(person.watchlistId)) return;
      deletePerson(id);
      this.#table.addRemoval(id, now());
    });
    store.compact();
  }

  /** Deletes a list of the centre with its people, and notes it for the report. */
  remove(watchlistId: string): void {
    const { deleteList, now, store } = this.#options;
    store.write(() => {
      if (!this.has(watchlistId)) return;
      deleteList(watchlistId);
      this.#table.addRemoval(watchlistId, now());
    });
    store.compact();
  }

  /** What was deleted as the centre said, and is not reported yet. */
  removals(limit: number): readonly { readonly id: string; readonly at: number }[] {
    return this.#table.removals(limit);
  }

  /** The centre has these on record. */
  reported(removals: readonly { readonly id: string; readonly at: number }[]): void {
    if (removals.length === 0) return;
    this.#options.store.write(() => this.#table.forgetRemovals(removals));
  }
}

function taken(why: string): NightglassError {
  return new NightglassError('CONFLICT', `Cannot take what the centre sent: ${why}`, {
    hint: 'Rename or delete one of the two.',
  });
}
