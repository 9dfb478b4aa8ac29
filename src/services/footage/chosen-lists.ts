import { NightglassError } from '../../domain/errors.ts';
import { awaitsReview } from '../../domain/list-review.ts';
import { hasExpired, type Watchlist } from '../../domain/watchlist.ts';
import type { GallerySource } from '../search/gallery-lists.ts';
import type { WatchlistStore } from '../watchlists/watchlist-store.ts';

/**
 * The lists that are meant, by id or name: all of them in force, with somebody on them, and
 * meant for this use.
 * @throws NightglassError `NOT_FOUND`, `CONFLICT`, `FORBIDDEN`
 */
export function listsToSearch(
  watchlists: Pick<WatchlistStore, 'find' | 'findByName' | 'list' | 'countPeople'>,
  wanted: readonly string[],
  now: number,
): Watchlist[] {
  const lists = wanted.map((name) => {
    const list = watchlists.find(name) ?? watchlists.findByName(name);
    if (list === undefined) {
      const known = watchlists.list().map(({ id }) => id);
      throw new NightglassError('NOT_FOUND', `Cannot search: there is no watchlist ${name}`, {
        hint: `Known: ${known.join(', ') || 'none'}.`,
      });
    }
    if (awaitsReview(list)) {
      throw new NightglassError(
        'CONFLICT',
        `Cannot search: the watchlist ${name} waits for review`,
        {
          hint: 'A reviewer who did not change it looks at it and puts it in force.',
        },
      );
    }
    if (hasExpired(list, now)) {
      throw new NightglassError('CONFLICT', `Cannot search: the watchlist ${name} has expired`, {
        hint: 'Only lists in force are searched; whoever answers for the list may extend it.',
      });
    }
    if (!list.uses.includes('footage')) {
      throw new NightglassError(
        'FORBIDDEN',
        `Cannot search: the watchlist ${name} is not meant for recorded footage`,
        { hint: 'Whoever answers for the list may add "footage" to its uses.' },
      );
    }
    if (watchlists.countPeople(list.id) === 0) {
      throw new NightglassError('CONFLICT', `Cannot search: nobody is on the watchlist ${name}`);
    }
    return list;
  });
  return [...new Map(lists.map((list) => [list.id, list])).values()];
}

/** Those of the lists that ask for two people. */
export function twoPersonLists(lists: readonly Watchlist[]): Watchlist[] {
  return lists.filter(({ twoPersonReview }) => twoPersonReview);
}

/**
 * These lists alone, whatever cameras they name: footage is of none of them, and whoever searches
 * it chose the lists.
 */
export function onlyLists(source: GallerySource, ids: ReadonlySet<string>): GallerySource {
  const everywhere = (list: Watchlist): Watchlist => ({ ...list, cameras: '*' });
  return {
    list: () => source.list().flatMap((list) => (ids.has(list.id) ? [everywhere(list)] : [])),
    find(id) {
      const list = ids.has(id) ? source.find(id) : undefined;
      return list && everywhere(list);
    },
    findPerson: (id) => source.findPerson(id),
    templates: (personId) => source.templates(personId),
    enrolled: (id, after, limit) => source.enrolled(id, after, limit),
    lookAlikes: source.lookAlikes,
    onChange: (listener) =>
      source.onChange((change) => {
        if (ids.has(change.watchlistId)) listener(change);
      }),
    externalVersion: () => source.externalVersion(),
  };
}
