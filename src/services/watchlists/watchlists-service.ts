import type { Awaitable } from '../../domain/awaitable.ts';
import type { Watchlist, WatchlistInput } from '../../domain/watchlist.ts';
import { inForce } from '../../domain/watchlist.ts';
import type { WatchlistStore } from './watchlist-store.ts';

export interface WatchlistView extends Watchlist {
  readonly people: number;
  /** False once it has expired: it matches nobody, takes nobody in and will be deleted. */
  readonly inForce: boolean;
}

export interface WatchlistsBackend {
  list(): Awaitable<readonly WatchlistView[]>;
  get(id: string): Awaitable<WatchlistView | undefined>;
  create(input: WatchlistInput): Awaitable<WatchlistView>;
  /** @throws NightglassError `NOT_FOUND` */
  update(id: string, changes: Partial<WatchlistInput>): Awaitable<WatchlistView>;
  /** Removes the list with its people. @throws NightglassError `NOT_FOUND` */
  remove(id: string): Awaitable<void>;
}

/** Watchlists as the gateway asks for them. */
export function watchlistsBackend(
  store: WatchlistStore,
  now: () => number,
  onRetention: (watchlistId: string, days: number) => void,
): WatchlistsBackend {
  const view = (list: Watchlist): WatchlistView => ({
    ...list,
    people: store.countPeople(list.id),
    inForce: inForce(list, now()),
  });
  return {
    list: () => store.list().map(view),
    get(id) {
      const list = store.find(id);
      return list === undefined ? undefined : view(list);
    },
    create: (input) => view(store.create(input)),
    update(id, changes) {
      const list = store.update(id, changes);
      if (changes.retentionDays !== undefined) onRetention(id, changes.retentionDays);
      return view(list);
    },
    remove: (id) => store.delete(id),
  };
}
