import { shadowBounds } from '../../domain/bounds.ts';
import type { Template } from '../../domain/watchlist.ts';
import type {
  OutdatedPage,
  OutdatedPlace,
  OutdatedTemplate,
  RenewedTemplate,
  TemplateMaking,
} from '../../store/template-table.ts';
import type { RenewalStore } from '../enrolment/template-renewal.ts';
import { othersFirst } from '../in-turns.ts';
import type { GallerySource } from '../search/gallery-lists.ts';
import type { WatchlistChange } from '../watchlists/watchlist-change.ts';

export interface ShadowTemplatesOptions {
  /** The lists, people and pictures as they are. */
  readonly store: Omit<RenewalStore, 'renewTemplate'> & GallerySource;
  /** Embedding space of the models beside those in use. */
  readonly model: string;
  /** Default: as bounded. */
  readonly most?: number;
}

interface Made extends RenewedTemplate {
  readonly personId: string;
  readonly watchlistId: string;
}

/** Templates that are asked for at once whether they are still there. */
const pageSize = 200;

/**
 * Enrolled people by the models beside those in use: the templates that these make of the kept
 * pictures, in memory alone. What a renewal works on and a gallery reads, in place of the store;
 * nothing is written. Of people who are removed nothing is kept.
 */
export class ShadowTemplates implements RenewalStore, GallerySource {
  readonly #options: ShadowTemplatesOptions;
  readonly #made = new Map<string, Made>();
  readonly #byPerson = new Map<string, Set<string>>();
  readonly #listeners = new Set<(change: WatchlistChange) => void>();
  readonly #stop: () => void;
  /** Faces that resemble somebody are known by the models in use alone. */
  readonly lookAlikes = { ofPeople: () => [] };

  constructor(options: ShadowTemplatesOptions) {
    this.#options = options;
    this.#stop = options.store.onChange((change) => {
      this.#forget(change);
      this.#tell(change);
    });
  }

  /** Templates in memory. */
  get size(): number {
    return this.#made.size;
  }

  /** Whether no more fit in. */
  get isFull(): boolean {
    return this.#made.size >= (this.#options.most ?? shadowBounds.templates);
  }

  /** Templates in memory by list. */
  madeByList(): ReadonlyMap<string, number> {
    const counts = new Map<string, number>();
    for (const { watchlistId } of this.#made.values()) {
      counts.set(watchlistId, (counts.get(watchlistId) ?? 0) + 1);
    }
    return counts;
  }

  /** Forgets what another process has removed. */
  async prune(): Promise<void> {
    const ids = [...this.#made.keys()];
    for (let at = 0; at < ids.length; at += pageSize) {
      const page = ids.slice(at, at + pageSize);
      // All that are there are of other models than these.
      const present = this.#options.store.outdatedAmong(this.#making, page);
      for (const id of page) if (!present.has(id)) this.#drop(id);
      await othersFirst();
    }
  }

  /** Forgets everything, and follows the store no more. Idempotent. */
  [Symbol.dispose](): void {
    this.#stop();
    this.#listeners.clear();
    this.#made.clear();
    this.#byPerson.clear();
  }

  // What a renewal works on.

  outdatedCount(making: TemplateMaking): number {
    return Math.max(0, this.#options.store.outdatedCount(making) - this.#made.size);
  }

  outdatedAmong(making: TemplateMaking, ids: readonly string[]): ReadonlySet<string> {
    return this.#options.store.outdatedAmong(making, ids);
  }

  outdatedTemplates(making: TemplateMaking, after: OutdatedPlace, limit: number): OutdatedPage {
    if (this.isFull) return { templates: [], next: null };
    const page = this.#options.store.outdatedTemplates(making, after, limit);
    return {
      templates: page.templates.filter(({ id }) => !this.#made.has(id)),
      // Templates of this space are the store's own.
      next: page.next?.pass === 'space' ? page.next : null,
    };
  }

  templateImage(templateId: string): Uint8Array | null {
    return this.isFull ? null : this.#options.store.templateImage(templateId);
  }

  renewTemplate({ id, personId, watchlistId }: OutdatedTemplate, made: RenewedTemplate): boolean {
    // The person may have been removed while the picture was looked at.
    if (!this.#options.store.outdatedAmong(this.#making, [id]).has(id)) return false;
    this.#made.set(id, { ...made, personId, watchlistId });
    const own = this.#byPerson.get(personId) ?? new Set();
    this.#byPerson.set(personId, own.add(id));
    this.#tell({ kind: 'person', watchlistId, personId });
    return true;
  }

  // What a gallery reads.

  list() {
    return this.#options.store.list();
  }

  find(id: string) {
    return this.#options.store.find(id);
  }

  findPerson(id: string) {
    return this.#options.store.findPerson(id);
  }

  templates(personId: string): Template[] {
    return this.#mine(this.#options.store.templates(personId));
  }

  enrolled(watchlistId: string, after: number, limit: number) {
    return this.#options.store.enrolled(watchlistId, after, limit).map((each) => ({
      ...each,
      ...{ templates: this.#mine(each.templates), lookAlikes: [] },
    }));
  }

  onChange(listener: (change: WatchlistChange) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  externalVersion(): string {
    return this.#options.store.externalVersion();
  }

  get #making(): TemplateMaking {
    return { model: this.#options.model, recipe: null };
  }

  /** Those of this space: made here, or from when these models were in use. */
  #mine(templates: readonly Template[]): Template[] {
    return templates.flatMap((template) => {
      if (template.model === this.#options.model) return [template];
      const made = this.#made.get(template.id);
      return made === undefined ? [] : [{ ...template, ...rendered(made) }];
    });
  }

  #tell(change: WatchlistChange): void {
    for (const listener of this.#listeners) listener(change);
  }

  #forget(change: WatchlistChange): void {
    const { store } = this.#options;
    if (change.kind === 'person') {
      const kept = new Set(store.templates(change.personId).map(({ id }) => id));
      for (const id of this.#byPerson.get(change.personId) ?? []) if (!kept.has(id)) this.#drop(id);
    } else if (store.find(change.watchlistId) === undefined) {
      for (const [id, { watchlistId }] of this.#made) {
        if (watchlistId === change.watchlistId) this.#drop(id);
      }
    }
  }

  #drop(id: string): void {
    const made = this.#made.get(id);
    if (made === undefined) return;
    this.#made.delete(id);
    const own = this.#byPerson.get(made.personId);
    own?.delete(id);
    if (own?.size === 0) this.#byPerson.delete(made.personId);
  }
}

function rendered({ model, embedding, poorView }: Made): RenewedTemplate {
  return { model, embedding, poorView };
}
