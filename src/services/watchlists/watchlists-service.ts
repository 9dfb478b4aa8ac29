import type { Actor } from '../../domain/audit-entry.ts';
import { awaitsReview, type ListChange, listChanges } from '../../domain/list-review.ts';
import type { Watchlist, WatchlistInput } from '../../domain/watchlist.ts';
import { inForce } from '../../domain/watchlist.ts';
import type { ListConfirmationInput } from './confirm-list.ts';
import type { WatchlistStore } from './watchlist-store.ts';

export interface WatchlistView extends Watchlist {
  readonly people: number;
  /** False once it has expired, which deletes it, and while it waits for review: it matches nobody. */
  readonly inForce: boolean;
  /** Sites of this control room that it is sent to. */
  readonly sites: readonly string[];
  /** What a reviewer has to look at; empty where it waits for nobody. */
  readonly changes: readonly ListChange[];
}

/** Watchlists with what is on them, for those who ask. */
export function watchlistsService(
  store: WatchlistStore,
  now: () => number,
  /** Names of those who may put this list in force. */
  reviewers: (list: Watchlist & { readonly sites: readonly string[] }) => readonly string[],
) {
  const view = (list: Watchlist): WatchlistView => {
    const sites = store.sitesOf(list.id);
    return {
      ...{ ...list, sites },
      people: store.countPeople(list.id),
      inForce: inForce(list, now()),
      changes: awaitsReview(list) ? listChanges(list.review.before, { ...list, sites }) : [],
    };
  };
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
    /** Puts a list that waits in force. @throws NightglassError `NOT_FOUND`, `CONFLICT`, `FORBIDDEN` */
    putInForce: (id: string, given: ListConfirmationInput, by: Actor) =>
      view(
        store.putInForce(id, given, by, reviewers({ ...store.get(id), sites: store.sitesOf(id) })),
      ),
    /** Removes the list with its people. @throws NightglassError `NOT_FOUND` */
    remove: (id: string, by: Actor) => store.delete(id, by),
  };
}

export type WatchlistsService = ReturnType<typeof watchlistsService>;
