import type { z } from 'zod';
import { auditEntry } from '../../domain/audit-entry.ts';
import { federationBounds } from '../../domain/bounds.ts';
import type { Clock } from '../../domain/clock.ts';
import type {
  FederationKind,
  FederationRefusal,
  HeldList,
  ListKind,
  SiteState,
} from '../../domain/federation.ts';
import { isWithheldFrom } from '../../domain/list-review.ts';
import type { Person } from '../../domain/watchlist.ts';
import type { AuditLog } from '../../store/audit-log.ts';
import { ListSiteTable } from '../../store/list-site-table.ts';
import type { Store } from '../../store/store.ts';
import type { WatchlistStore } from '../watchlists/watchlist-store.ts';
import { digestOf, listForSite, questions, type StateAnswer, toBase64 } from './messages.ts';
import { isNewer, type SealPlace } from './rising-seals.ts';

/** A question whose signature and seal hold. */
export interface AskedQuestion {
  readonly site: string;
  readonly kind: FederationKind;
  readonly body: unknown;
  /** Of the seal: later ones sort later. */
  readonly seal: SealPlace;
}

export interface ListSourceOptions {
  readonly sites: readonly string[];
  readonly store: Store;
  readonly audit: Pick<AuditLog, 'record'>;
  readonly watchlists: WatchlistStore;
  readonly clock: Clock;
  readonly refused: (site: string, reason: FederationRefusal) => void;
  /** What alerts are told with until the next start. */
  readonly session: string;
  /** Alerts of a site that came late since the start. */
  readonly late: (site: string) => number;
}

interface Heard {
  readonly at: number;
  readonly monotonic: number;
  readonly lists: readonly HeldList[];
  readonly waiting: number | null;
}

/**
 * The centre's side: gives each site the lists that name it, and keeps what sites say of
 * themselves. Versions of lists rise with each change, and with each start.
 */
export class ListSource {
  readonly #options: ListSourceOptions;
  readonly #table: ListSiteTable;
  readonly #versions = new Map<string, number>();
  readonly #heard = new Map<string, Heard>();
  readonly #seals = new Map<string, AskedQuestion['seal']>();
  readonly #stop: () => void;
  readonly #startedAt: number;
  #external: string;
  #newest: number;

  constructor(options: ListSourceOptions) {
    this.#options = options;
    this.#table = new ListSiteTable(options.store);
    this.#newest = Math.max(1, options.clock.now());
    this.#startedAt = options.clock.monotonic();
    this.#external = options.watchlists.externalVersion();
    this.#stop = options.watchlists.onChange(({ watchlistId }) => this.#changed(watchlistId));
  }

  /** @returns undefined for what gets no answer */
  answer({ site, kind, body, seal }: AskedQuestion & { readonly kind: ListKind }): unknown {
    const parsed = questions[kind].safeParse(body);
    if (!parsed.success) {
      this.#options.refused(site, 'format');
      return undefined;
    }
    const asked = parsed.data;
    if (kind === 'state') return this.#state(site, asked as z.output<typeof questions.state>, seal);
    const { list } = asked as z.output<typeof questions.list>;
    const isTheirs = this.#table.goesTo(list, site) && !this.#isWithheld(list, site);
    if (kind === 'list') {
      const found = isTheirs ? this.#options.watchlists.find(list) : undefined;
      return { list: found === undefined ? null : listForSite(found) };
    }
    if (kind === 'people') {
      const { after } = asked as z.output<typeof questions.people>;
      return isTheirs ? this.#people(list, after) : { people: null, more: false };
    }
    const { person: id } = asked as z.output<typeof questions.person>;
    const found = isTheirs ? this.#options.watchlists.findPerson(id) : undefined;
    const person = found?.watchlistId === list ? found : undefined;
    if (kind === 'person') return this.#person(person);
    const { template } = asked as z.output<typeof questions.template>;
    return { template: person === undefined ? null : this.#template(person.id, template) };
  }

  /** @param now wall milliseconds */
  sites(): readonly SiteState[] {
    const { clock, late, sites } = this.#options;
    return sites.map((site) => {
      const heard = this.#heard.get(site);
      const has = new Map(heard?.lists.map((list) => [list.id, list.version]));
      const behind = this.#listsOf(site).filter((id) => (has.get(id) ?? 0) < this.#versionOf(id));
      const silent = clock.monotonic() - (heard?.monotonic ?? this.#startedAt);
      const up = heard !== undefined && silent <= federationBounds.silentMs;
      const { at: heardAt = null, lists = [], waiting = null } = heard ?? {};
      return { site, heardAt, up, lists, behind, waiting, late: late(site) };
    });
  }

  /** Which sites were not heard for a minute, or since the start a minute ago. */
  silent(): readonly SiteState[] {
    const since = this.#options.clock.monotonic() - this.#startedAt;
    if (since <= federationBounds.silentMs) return [];
    return this.sites().filter(({ up }) => !up);
  }

  close(): void {
    this.#stop();
  }

  #state(
    site: string,
    { lists, removals, waiting }: z.output<typeof questions.state>,
    seal: AskedQuestion['seal'],
  ): StateAnswer | undefined {
    const { audit, clock, refused, store, watchlists } = this.#options;
    if (!isNewer(seal, this.#seals.get(site))) {
      refused(site, 'replayed');
      return undefined;
    }
    this.#seals.set(site, seal);
    const external = watchlists.externalVersion();
    if (external !== this.#external) {
      // A command changed something, it does not say what.
      this.#external = external;
      this.#versions.clear();
      this.#newest = this.#next();
    }
    if (removals.length > 0) {
      store.write(() => {
        const detail = { removed: removals };
        audit.record(auditEntry({ name: `site ${site}` }, 'federation.removed', site, detail));
      });
    }
    for (const { id, version } of lists) {
      // This centre was restored, or its clock was ahead: what it says now counts.
      if (version <= this.#versionOf(id)) continue;
      this.#newest = Math.max(this.#newest, version) + 1;
      this.#versions.set(id, this.#newest);
    }
    this.#heard.set(site, {
      at: clock.now(),
      monotonic: clock.monotonic(),
      lists,
      waiting: waiting ?? null,
    });
    const own = this.#listsOf(site).slice(0, federationBounds.lists);
    const { session } = this.#options;
    return { lists: own.map((id) => ({ id, version: this.#versionOf(id) })), removals, session };
  }

  #listsOf(site: string): string[] {
    return this.#table.listsOf(site).filter((id) => !this.#isWithheld(id, site));
  }

  #isWithheld(id: string, site: string): boolean {
    const list = this.#options.watchlists.find(id);
    return list !== undefined && isWithheldFrom(site, list);
  }

  #people(list: string, after: string) {
    const { watchlists } = this.#options;
    const people = watchlists.peoplePage([list], after, federationBounds.page);
    const facts = Map.groupBy(
      watchlists.templateFacts(people.map(({ id }) => id)),
      ({ personId }) => personId,
    );
    return {
      people: people.map((person) => [person.id, digestOf(person, facts.get(person.id) ?? [])]),
      more: people.length === federationBounds.page,
    };
  }

  #person(person: Person | undefined) {
    if (person === undefined) return { person: null, images: [], digest: '' };
    const { id, name, note, createdAt, updatedAt } = person;
    const facts = this.#options.watchlists.templateFacts([id]);
    return {
      person: { id, name, note, createdAt, updatedAt },
      images: facts.slice(0, federationBounds.images).map((image) => image.id),
      digest: digestOf(person, facts),
    };
  }

  #template(personId: string, templateId: string) {
    const { watchlists } = this.#options;
    const template = watchlists.templates(personId).find(({ id }) => id === templateId);
    const image = template === undefined ? null : watchlists.templateImage(templateId);
    if (template === undefined || image === null) return null;
    const { embedding, poorView, personId: _, ...rest } = template;
    return {
      ...rest,
      embedding: toBase64(embedding),
      poorView: poorView && { ...poorView, embedding: toBase64(poorView.embedding) },
      image: Buffer.from(image).toString('base64'),
    };
  }

  #versionOf(id: string): number {
    const version = this.#versions.get(id);
    if (version !== undefined) return version;
    this.#versions.set(id, this.#newest);
    return this.#newest;
  }

  #next(): number {
    return Math.max(this.#options.clock.now(), this.#newest + 1);
  }

  #changed(watchlistId: string): void {
    this.#newest = this.#next();
    this.#versions.set(watchlistId, this.#newest);
  }
}
