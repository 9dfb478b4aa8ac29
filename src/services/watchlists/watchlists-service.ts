import type { Actor } from '../../domain/audit-entry.ts';
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
  /** @throws NightglassError `BAD_REQUEST`, `CONFLICT` */
  create(input: WatchlistInput, by: Actor): Awaitable<WatchlistView>;
  /** @throws NightglassError `NOT_FOUND`, `BAD_REQUEST`, `CONFLICT` */
  update(id: string, changes: Partial<WatchlistInput>, by: Actor): Awaitable<WatchlistView>;
  /** Removes the list with its people. @throws NightglassError `NOT_FOUND` */
  remove(id: string, by: Actor): Awaitable<void>;
}

/** Watchlists as the gateway asks for them. */
export function watchlistsBackend(store: WatchlistStore, now: () => number): WatchlistsBackend {
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
    create: (input, by) => view(store.create(input, by)),
    update: (id, changes, by) => view(store.update(id, changes, by)),
    remove: (id, by) => store.delete(id, by),
  };
}
