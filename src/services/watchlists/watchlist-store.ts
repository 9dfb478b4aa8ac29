// Over 300 lines: lists, people and enrolled images change in one transaction with one record, and
// share its announcement and its erasure; split in three they would need each other.
import { randomUUID } from 'node:crypto';
import type { AuditAction } from '../../domain/audit-actions.ts';
import { type Actor, auditEntry, systemActor } from '../../domain/audit-entry.ts';
import { NightglassError } from '../../domain/errors.ts';
import { centreActor } from '../../domain/federation.ts';
import {
  awaitsReview,
  groundsToReview,
  type ListReviewPolicy,
  reviewOfChanged,
  reviewOfNew,
} from '../../domain/list-review.ts';
import type { LookAlike } from '../../domain/look-alike.ts';
import {
  hasExpired,
  type Person,
  type Template,
  type Watchlist,
  type WatchlistInput,
} from '../../domain/watchlist.ts';
import { AlertTable } from '../../store/alert-table.ts';
import type { AuditLog } from '../../store/audit-log.ts';
import { type EnrolledPerson, enrolledPeople } from '../../store/enrolled-people.ts';
import type { SiteAlertPlace } from '../../store/erase-from-site-alerts.ts';
import { eraseTraces } from '../../store/erase-traces.ts';
import { ListSiteTable } from '../../store/list-site-table.ts';
import { PeopleTable } from '../../store/people-table.ts';
import type { Store } from '../../store/store.ts';
import {
  type NewTemplate,
  type OutdatedPage,
  type OutdatedPlace,
  type OutdatedTemplate,
  type RenewedTemplate,
  type TemplateFacts,
  type TemplateMaking,
  TemplateTable,
} from '../../store/template-table.ts';
import { WatchlistTable } from '../../store/watchlist-table.ts';
import { samePerson } from '../access/people-behind.ts';
import { confirmedList, type ListConfirmationInput } from './confirm-list.ts';
import { LookAlikes } from './look-alikes.ts';
import { personName } from './person-name.ts';
import { ReceivedLists } from './received-lists.ts';
import { validateWatchlist } from './validate-watchlist.ts';
import type { WatchlistChange } from './watchlist-change.ts';

/** Somebody on a list, as the gallery searches for them. */
export interface SearchedPerson extends EnrolledPerson {
  readonly lookAlikes: readonly LookAlike[];
}

export interface WatchlistStoreOptions {
  readonly store: Store;
  readonly audit: Pick<AuditLog, 'record'>;
  /** Wall milliseconds. */
  readonly now: () => number;
  /** Default `off`: lists are in force at once. */
  readonly review?: ListReviewPolicy | (() => ListReviewPolicy);
  /** Default: random. */
  readonly newId?: (of: 'list' | 'person' | 'template') => string;
}

/**
 * Watchlists, their people and the enrolled images. Every change is one transaction: its rule, the
 * change, its audit record by `by`, and where somebody is deleted all that shows them, in alerts
 * too. Every method that changes something throws NightglassError `STORE_UNWRITABLE` when the
 * folder refuses, `NOT_FOUND` for an unknown id; nothing is changed nor recorded then.
 */
export class WatchlistStore {
  /** Faces that are not the people whom they matched. */
  readonly lookAlikes: LookAlikes;
  /** Lists of the centre of this site, which nobody here changes. */
  readonly received: ReceivedLists;
  readonly #store: Store;
  readonly #lists: WatchlistTable;
  readonly #sites: ListSiteTable;
  readonly #people: PeopleTable;
  readonly #templates: TemplateTable;
  readonly #audit: Pick<AuditLog, 'record'>;
  readonly #now: () => number;
  readonly #review: () => ListReviewPolicy;
  readonly #newId: (of: 'list' | 'person' | 'template') => string;
  readonly #listeners = new Set<(change: WatchlistChange) => void>();
  readonly #erasures = new Set<(personId: string) => void>();
  readonly #siteErasures = new Set<(alerts: readonly SiteAlertPlace[]) => void>();

  constructor(options: WatchlistStoreOptions) {
    this.#store = options.store;
    this.#audit = options.audit;
    this.#lists = new WatchlistTable(options.store);
    this.#sites = new ListSiteTable(options.store);
    this.#people = new PeopleTable(options.store);
    this.#templates = new TemplateTable(options.store);
    this.#now = options.now;
    const { review = 'off' } = options;
    this.#review = typeof review === 'function' ? review : () => review;
    this.#newId = options.newId ?? (() => randomUUID());
    this.lookAlikes = new LookAlikes({
      ...options,
      getPerson: (id) => this.getPerson(id),
      changed: ({ id, watchlistId }) => this.#tell({ kind: 'person', watchlistId, personId: id }),
    });
    this.received = new ReceivedLists({
      ...options,
      tell: (change) => this.#tell(change),
      deletePerson: (id) => this.#deletePerson(id, centreActor),
      deleteList: (id) => this.#deleteList(id, centreActor),
    });
  }

  /** Calls back after each committed change of this process. Returns the way to stop it. */
  onChange(listener: (change: WatchlistChange) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Calls back after people were deleted, for what of them is in memory. Returns the way to stop it. */
  onErased(listener: (personId: string) => void): () => void {
    this.#erasures.add(listener);
    return () => this.#erasures.delete(listener);
  }

  /**
   * Calls back with alerts of sites that lost name or portrait, after the commit. Returns the way
   * to stop it.
   */
  onSiteAlertsErased(listener: (alerts: readonly SiteAlertPlace[]) => void): () => void {
    this.#siteErasures.add(listener);
    return () => this.#siteErasures.delete(listener);
  }

  /** Changes when another process may have changed lists; see {@link Store.externalVersion}. */
  externalVersion(): string {
    return this.#store.externalVersion();
  }

  /** @throws NightglassError `BAD_REQUEST`, `CONFLICT` (name taken) */
  create(
    input: WatchlistInput,
    by: Actor = systemActor,
    id: string = this.#newId('list'),
  ): Watchlist {
    const now = this.#now();
    const list: Watchlist = {
      ...validateWatchlist(input, now),
      id,
      review: reviewOfNew(this.#review(), by.name, now),
      createdAt: now,
      updatedAt: now,
    };
    return this.#store.write(() => {
      this.#assertFree(list);
      if (this.find(id) !== undefined) {
        throw new NightglassError('CONFLICT', `Cannot create the watchlist ${id}: it exists`);
      }
      this.#lists.put(list);
      // Alerts of an earlier list of this id go by the new one.
      new AlertTable(this.#store).setRetention(id, list.retentionDays);
      this.#record(by, 'watchlist.created', id, { ...groundsOf(list), ...waitOf(list) });
      this.#tell({ kind: 'list', watchlistId: id });
      return list;
    });
  }

  /** Changes the fields that `changes` names. @throws NightglassError `BAD_REQUEST`, `CONFLICT` */
  update(id: string, changes: Partial<WatchlistInput>, by: Actor = systemActor): Watchlist {
    const now = this.#now();
    return this.#store.write(() => {
      this.#assertOwn(id);
      const { createdAt, updatedAt: _, id: __, ...present } = this.get(id);
      const sites = this.sitesOf(id);
      // Only a new expiry must lie ahead: an expired list may be renamed before it is purged.
      const input = { ...present, ...changes };
      const next = validateWatchlist(input, 'expiresAt' in changes ? now : 0);
      const list: Watchlist = {
        ...next,
        id,
        review: reviewOfChanged(
          this.#review(),
          { ...present, sites },
          { ...next, sites },
          by.name,
          now,
        ),
        createdAt,
        updatedAt: now,
      };
      this.#assertFree(list);
      this.#lists.put(list);
      if (list.retentionDays !== present.retentionDays) {
        new AlertTable(this.#store).setRetention(id, list.retentionDays);
      }
      const fields = Object.keys(changes).join(',');
      this.#record(by, 'watchlist.updated', id, {
        fields,
        ...groundsOf(list),
        ...waitOf(list),
      });
      this.#tell({ kind: 'list', watchlistId: id });
      return list;
    });
  }

  /**
   * Puts a list that waits in force.
   * @param reviewers names of all who could do so
   * @throws NightglassError `NOT_FOUND`; `CONFLICT` where it does not wait, or has changed since;
   * `FORBIDDEN` for an author where somebody else can
   */
  putInForce(
    id: string,
    given: ListConfirmationInput,
    by: Actor,
    reviewers: readonly string[],
  ): Watchlist {
    return this.#store.write(() => {
      this.#assertOwn(id);
      const list = confirmedList(this.get(id), given, by, {
        ...{ reviewers, now: this.#now(), isSamePerson: samePerson(this.#store) },
      });
      const { authors, revision } = this.get(id).review;
      this.#lists.put(list);
      this.#record(by, 'watchlist.put_in_force', id, {
        name: list.name,
        owner: list.owner,
        revision,
        authors,
        as: list.review.confirmed?.as,
        ...(given.note === undefined || given.note === '' ? {} : { note: given.note }),
        ...groundsToReview({ ...list, sites: this.sitesOf(id) }),
      });
      this.#tell({ kind: 'list', watchlistId: id });
      return list;
    });
  }

  /** Sites of this centre that the list is sent to, sorted. */
  sitesOf(id: string): string[] {
    return this.#sites.sitesOf(id);
  }

  /**
   * Sends a list to these sites, and to no others any more. A further site may have to wait until
   * somebody else has looked at it.
   * @throws NightglassError `CONFLICT` for a list that came from another centre
   */
  setSites(id: string, wanted: readonly string[], by: Actor): readonly string[] {
    const sites = [...new Set(wanted)].sort();
    return this.#store.write(() => {
      if (this.received.has(id)) {
        throw new NightglassError(
          'CONFLICT',
          'Cannot send the list on: it comes from the centre of this site',
        );
      }
      const present = this.get(id);
      const before = this.sitesOf(id);
      this.#sites.set(id, sites);
      const now = this.#now();
      const [old, next] = [
        { ...present, sites: before },
        { ...present, sites },
      ];
      const list = { ...present, review: reviewOfChanged(this.#review(), old, next, by.name, now) };
      this.#lists.put(list);
      const detail = { name: list.name, before, sites, ...waitOf(list) };
      this.#record(by, 'watchlist.sites_set', id, detail);
      this.#tell({ kind: 'list', watchlistId: id });
      return sites;
    });
  }

  /** Where lists wait for no review any more: those that do are in force from now on. */
  releaseWaiting(by: Actor): void {
    if (this.#review() === 'required') return;
    for (const { id, review } of this.list().filter(awaitsReview)) {
      // It waits at its centre.
      if (this.received.has(id)) continue;
      this.#store.write(() => {
        const { authors, revision } = review;
        this.#lists.put({
          ...this.get(id),
          review: { ...review, authors: [], since: null, before: null },
        });
        this.#record(by, 'watchlist.put_in_force', id, { revision, authors, review: 'off' });
        this.#tell({ kind: 'list', watchlistId: id });
      });
    }
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

  /**
   * Deletes the list with its people and their images; its alerts stay until their own end,
   * without its people's names and portraits.
   */
  delete(id: string, by: Actor = systemActor): void {
    this.#erase(() => {
      this.#assertOwn(id);
      this.#deleteList(id, by);
    });
  }

  addPerson(
    watchlistId: string,
    input: { name: string; note?: string },
    by: Actor = systemActor,
  ): Person {
    const now = this.#now();
    const person: Person = {
      id: this.#newId('person'),
      watchlistId,
      name: personName(input.name),
      note: input.note ?? '',
      createdAt: now,
      updatedAt: now,
    };
    return this.#store.write(() => {
      this.#assertOwn(watchlistId);
      this.#assertNotExpired(watchlistId, 'add a person');
      this.#people.insert(person);
      // By id alone: the name must be gone once the person is.
      this.#record(by, 'person.created', person.id, { watchlist: watchlistId });
      this.#tell({ kind: 'person', watchlistId, personId: person.id });
      return person;
    });
  }

  updatePerson(
    id: string,
    changes: { name?: string; note?: string },
    by: Actor = systemActor,
  ): Person {
    return this.#store.write(() => {
      const present = this.getPerson(id);
      const { watchlistId } = present;
      this.#assertOwn(watchlistId);
      const person: Person = {
        ...present,
        name: personName(changes.name ?? present.name),
        note: changes.note ?? present.note,
        updatedAt: this.#now(),
      };
      this.#people.update(person);
      const fields = Object.keys(changes).join(',');
      this.#record(by, 'person.updated', id, { fields, watchlist: watchlistId });
      this.#tell({ kind: 'person', watchlistId, personId: id });
      return person;
    });
  }

  people(watchlistId: string): Person[] {
    return this.#people.ofList(watchlistId);
  }

  /** Ids of everybody on a list, by name: as they are at one moment. */
  personIds(watchlistId: string): string[] {
    return this.#people.idsByName(watchlistId);
  }

  /** Those of these people who are still there, in their order. */
  peopleOf(ids: readonly string[]): Person[] {
    return this.#people.ofIds(ids);
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

  /** Deletes the person, all their images, and name and portrait in the alerts on them. */
  deletePerson(id: string, by: Actor = systemActor): void {
    this.#erase(() => {
      this.#assertOwn(this.getPerson(id).watchlistId);
      this.#deletePerson(id, by);
    });
  }

  /**
   * @param detail more for the audit record, e.g. where the picture comes from
   * @throws RangeError for an embedding that is empty or not finite
   */
  addTemplate(
    input: NewTemplate,
    by: Actor = systemActor,
    detail: Readonly<Record<string, string>> = {},
  ): Template {
    const { personId, sourceSha256 } = input;
    return this.#store.write(() => {
      const { watchlistId } = this.getPerson(personId);
      this.#assertOwn(watchlistId);
      this.#assertNotExpired(watchlistId, 'enrol');
      const template = this.#templates.insert(input, this.#newId('template'), this.#now());
      this.#record(by, 'person.enrolled', personId, {
        watchlist: watchlistId,
        template: template.id,
        imageSha256: sourceSha256,
        ...detail,
      });
      this.#tell({ kind: 'person', watchlistId, personId });
      return template;
    });
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

  /** People of a list and their templates, at most `limit` behind the place `after` (0: all). */
  enrolled(watchlistId: string, after: number, limit: number): SearchedPerson[] {
    const people = enrolledPeople(this.#store, this.#templates, watchlistId, after, limit);
    const ids = people.map(({ person }) => person.id);
    const alike = Map.groupBy(this.lookAlikes.ofPeople(ids), ({ personId }) => personId);
    return people.map((each) => ({ ...each, lookAlikes: alike.get(each.person.id) ?? [] }));
  }

  /** Templates on a list that were made from this very image, of every model. */
  templatesBySource(watchlistId: string, sourceSha256: string): Template[] {
    return this.#templates.bySource(watchlistId, sourceSha256);
  }

  /** How many templates of every list are to be made again. */
  outdatedCount(making: TemplateMaking): number {
    return this.#templates.outdatedCount(making);
  }

  /** Which of these are. */
  outdatedAmong(making: TemplateMaking, ids: readonly string[]): Set<string> {
    return this.#templates.outdatedAmong(making, ids);
  }

  /** At most `limit` of them behind a place: a millisecond or two for a hundred. */
  outdatedTemplates(making: TemplateMaking, after: OutdatedPlace, limit: number): OutdatedPage {
    return this.#templates.outdated(making, after, limit);
  }

  /** Puts other embeddings in a template's place. False when it is gone meanwhile. */
  renewTemplate(template: OutdatedTemplate, made: RenewedTemplate): boolean {
    const renewed = this.#store.write(() => this.#templates.renew(template.id, made));
    const { watchlistId, personId } = template;
    if (renewed) this.#tell({ kind: 'person', watchlistId, personId });
    return renewed;
  }

  /** The picture of an enrolled image, JPEG; null when there is no such template. */
  templateImage(templateId: string): Uint8Array | null {
    return this.#templates.image(templateId);
  }

  /** Deletes an enrolled image, also where it stands in alerts. */
  deleteTemplate(id: string, by: Actor = systemActor): void {
    this.#erase(() => {
      const { watchlistId, id: personId } = this.getPerson(
        this.#templates.personOf(id) ?? missing('template', id),
      );
      this.#assertOwn(watchlistId);
      this.#templates.delete(id);
      this.#eraseTraces({ watchlistId, personId }, id);
      this.#record(by, 'person.image_removed', personId, { template: id });
      this.#tell({ kind: 'person', watchlistId, personId });
    });
  }

  /**
   * Deletes expired lists with all that is on them, up to `limit` people or
   * lists a call. A retention task. Returns how many it deleted.
   */
  purgeExpired(now: number, limit: number): number {
    let left = limit;
    for (const id of this.#lists.expired(now, limit)) {
      // People go first and in parts: a long list with its pictures would block for seconds.
      const most = left;
      left -= this.#store.write(() => this.#eraseOfList(id, most));
      if (left <= 0) break;
      this.#erase(() => this.#deleteList(id, systemActor));
      left -= 1;
    }
    return limit - left;
  }

  /** What a centre sent is changed there. @throws NightglassError `CONFLICT` */
  #assertOwn(watchlistId: string): void {
    if (!this.received.has(watchlistId)) return;
    throw new NightglassError(
      'CONFLICT',
      `Cannot change the watchlist ${watchlistId}: it comes from the centre of this site`,
      { hint: 'Change it at the centre.' },
    );
  }

  /** An ended list takes nobody in: it waits to be deleted. */
  #assertNotExpired(watchlistId: string, what: string): void {
    const list = this.get(watchlistId);
    if (!hasExpired(list, this.#now())) return;
    throw new NightglassError(
      'CONFLICT',
      `Cannot ${what}: the watchlist ${JSON.stringify(list.name)} has expired`,
      { hint: 'Where the authorisation was renewed, set a later expiry first.' },
    );
  }

  #assertFree({ id, name }: Watchlist): void {
    const other = this.findByName(name);
    if (other === undefined || other.id === id) return;
    throw new NightglassError(
      'CONFLICT',
      `Cannot store the watchlist ${JSON.stringify(name)}: the name is taken`,
      { hint: 'Choose another name.' },
    );
  }

  /** Joins a transaction under way, as {@link Store.write} does. */
  #erase(work: () => void): void {
    this.#store.write(() => {
      work();
      // What was deleted shall not wait in the journal.
      this.#store.afterCommit(() => void this.#store.compact());
    });
  }

  /** Within {@link Store.write}. */
  #deleteList(id: string, by: Actor): void {
    const { name } = this.get(id);
    const people = this.#eraseOfList(id, Number.MAX_SAFE_INTEGER);
    this.#lists.delete(id);
    this.#record(by, 'watchlist.removed', id, { name, people });
    this.#tell({ kind: 'list', watchlistId: id });
  }

  /** Within {@link Store.write}. */
  #deletePerson(id: string, by: Actor): void {
    const { watchlistId } = this.getPerson(id);
    this.#erasePerson(id, watchlistId);
    this.#record(by, 'person.removed', id, { watchlist: watchlistId });
  }

  /** Within {@link Store.write}. Returns how many. */
  #eraseOfList(watchlistId: string, limit: number): number {
    const ids = this.#people.idsOfList(watchlistId, limit);
    for (const id of ids) this.#erasePerson(id, watchlistId);
    return ids.length;
  }

  #erasePerson(personId: string, watchlistId: string): void {
    this.#people.delete(personId);
    this.#eraseTraces({ watchlistId, personId });
    this.#store.afterCommit(() => {
      for (const listener of this.#erasures) listener(personId);
    });
    this.#tell({ kind: 'person', watchlistId, personId });
  }

  /** Within {@link Store.write}. */
  #eraseTraces(of: Parameters<typeof eraseTraces>[1], templateId?: string): void {
    const alerts = eraseTraces(this.#store, of, templateId);
    if (alerts.length === 0) return;
    this.#store.afterCommit(() => {
      for (const listener of this.#siteErasures) listener(alerts);
    });
  }

  #record(by: Actor, what: AuditAction, target: string, detail: Record<string, unknown>): void {
    this.#audit.record(auditEntry(by, what, target, detail));
  }

  /** Within {@link Store.write}: nobody hears of what is not committed. */
  #tell(change: WatchlistChange): void {
    this.#store.afterCommit(() => {
      for (const listener of this.#listeners) listener(change);
    });
  }
}

/** Why and on whose authority the list is there. */
function groundsOf(list: Watchlist): Record<string, string> {
  const { name, purpose, legalBasis, authorisation, owner } = list;
  return { name, purpose, legalBasis, authorisation, owner };
}

/** Says of a list that is not in force until somebody has looked at it. */
function waitOf(list: Watchlist): { review?: 'waiting' } {
  return awaitsReview(list) ? { review: 'waiting' } : {};
}

function missing(what: string, id: string): never {
  throw new NightglassError('NOT_FOUND', `Cannot find the ${what} ${id}: there is none`);
}
