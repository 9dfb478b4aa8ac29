import type { Actor } from '../../domain/audit-entry.ts';
import type { Watchlist, WatchlistInput } from '../../domain/watchlist.ts';
import { inForce } from '../../domain/watchlist.ts';
import type { WatchlistStore } from './watchlist-store.ts';

export interface WatchlistView extends Watchlist {
  readonly people: number;
  /** False once it has expired: it matches nobody, takes nobody in and will be deleted. */
  readonly inForce: boolean;
}

/** Watchlists with what is on them, for those who ask. */
export function watchlistsService(store: WatchlistStore, now: () => number) {
  const view = (list: Watchlist): WatchlistView => ({
    ...list,
    people: store.countPeople(list.id),
    inForce: inForce(list, now()),
  });
  return {
    list: (): readonly WatchlistView[] => store.list().map(view),
    get(id: string): WatchlistView | undefined {
      const list = store.find(id);
      return list === undefined ? undefined : view(list);
    },
    /** @throws NightglassError `BAD_REQUEST`, `CONFLICT` */
    create: (input: WatchlistInput, by: Actor) => view(store.create(input, by)),
    /** @throws NightglassError `NOT_FOUND`, `BAD_REQUEST`, `CONFLICT` */
    update: (id: string, changes: Partial<WatchlistInput>, by: Actor) =>
      view(store.update(id, changes, by)),
    /** Removes the list with its people. @throws NightglassError `NOT_FOUND` */
    remove: (id: string, by: Actor) => store.delete(id, by),
  };
}

export type WatchlistsService = ReturnType<typeof watchlistsService>;
