import type { Person, Template, Watchlist } from '../../domain/watchlist.ts';
import { atOnce, inTurns } from '../in-turns.ts';
import type { LookAlikes } from '../watchlists/look-alikes.ts';
import type { WatchlistChange } from '../watchlists/watchlist-change.ts';
import type { SearchedPerson } from '../watchlists/watchlist-store.ts';
import { ListIndex } from './list-index.ts';

/** People that are read in one step while the lists are loaded. */
const peopleAtOnce = 50;

/** What the gallery needs of the watchlist store. */
export interface GallerySource {
  list(): Watchlist[];
  find(id: string): Watchlist | undefined;
  findPerson(id: string): Person | undefined;
  templates(personId: string): Template[];
  /** People of a list and their templates, at most `limit` behind the place `after` (0: all). */
  enrolled(watchlistId: string, after: number, limit: number): readonly SearchedPerson[];
  /** Faces that are not the people whom they matched. */
  readonly lookAlikes: Pick<LookAlikes, 'ofPeople'>;
  onChange(listener: (change: WatchlistChange) => void): () => void;
  externalVersion(): string;
}

/** All lists with their people and templates in memory, true to the source. */
export class GalleryLists implements Disposable {
  readonly #source: GallerySource;
  readonly #poorViewScale: number | undefined;
  readonly #stop: () => void;
  #indexes: Map<string, ListIndex> = new Map();
  /** What is being read to take the place of the above. */
  #next: Map<string, ListIndex> | undefined;
  #isReading = false;
  #version = '';

  /**
   * @param poorViewScale of cosines with poor views, as {@link ListIndex} has it
   * @param load everything before this returns, or `later`, by {@link refresh}
   */
  constructor(
    source: GallerySource,
    poorViewScale?: number,
    load: 'at-once' | 'later' = 'at-once',
  ) {
    this.#source = source;
    this.#poorViewScale = poorViewScale;
    this.#stop = source.onChange((change) => {
      this.#apply(this.#indexes, change);
      if (this.#next !== undefined) this.#apply(this.#next, change);
    });
    if (load === 'at-once') atOnce(this.#load());
  }

  find(watchlistId: string): ListIndex | undefined {
    return this.#indexes.get(watchlistId);
  }

  /** As they are now, in the order of the source. */
  all(): ListIndex[] {
    return [...this.#indexes.values()];
  }

  /**
   * Loads everything if nothing was yet, or if another process may have changed it. In turns of the
   * event loop: until all is read, what was there before stays. One reload at a time.
   */
  async refresh(): Promise<boolean> {
    if (this.#isReading || this.#source.externalVersion() === this.#version) return false;
    this.#isReading = true;
    try {
      await inTurns(this.#load());
    } finally {
      this.#isReading = false;
    }
    return true;
  }

  /** Stops following the source. Idempotent. */
  [Symbol.dispose](): void {
    this.#stop();
  }

  /** Reads all lists, which then take the place of those that were there. */
  *#load(): Generator<void, void> {
    const source = this.#source;
    const version = source.externalVersion();
    const next = new Map(source.list().map((list) => [list.id, this.#index(list)]));
    // From here on changes of this process are made in both.
    this.#next = next;
    try {
      for (const index of [...next.values()]) {
        yield* this.#fill(index, () => next.get(index.list.id) === index);
      }
      this.#indexes = next;
      this.#version = version;
    } finally {
      this.#next = undefined;
    }
  }

  /** Reads the people of a list, while `isWanted`. */
  *#fill(index: ListIndex, isWanted: () => boolean): Generator<void, void> {
    for (let after = 0; isWanted(); ) {
      const page = this.#source.enrolled(index.list.id, after, peopleAtOnce);
      for (const { person, templates, lookAlikes } of page) {
        index.put(person, templates, lookAlikes);
      }
      const last = page.at(-1);
      if (last === undefined || page.length < peopleAtOnce) return;
      after = last.place;
      yield;
    }
  }

  #index(list: Watchlist): ListIndex {
    return new ListIndex(list, this.#poorViewScale);
  }

  #apply(indexes: Map<string, ListIndex>, change: WatchlistChange): void {
    const source = this.#source;
    const index = indexes.get(change.watchlistId);
    const list = source.find(change.watchlistId);
    if (list === undefined) {
      indexes.delete(change.watchlistId);
    } else if (index === undefined) {
      // A list that was just made: nobody is on it yet, or few.
      const made = this.#index(list);
      indexes.set(list.id, made);
      atOnce(this.#fill(made, () => true));
    } else if (change.kind === 'list') {
      index.list = list;
    } else {
      const person = source.findPerson(change.personId);
      if (person === undefined) index.remove(change.personId);
      else index.put(person, source.templates(person.id), source.lookAlikes.ofPeople([person.id]));
    }
  }
}
