import { alertStatistics } from '../alerts/statistics.ts';
import { suggestThreshold } from '../alerts/suggest-threshold.ts';
import type { StatisticsBackend } from '../gateway/backend/statistics.ts';
import type { Store } from '../store/create-store.ts';
import type { WatchlistStore } from '../watchlist/watchlist-store.ts';

/** Statistics of alerts as the gateway asks for them. */
export function statisticsBackend(options: {
  readonly store: Store;
  readonly watchlists: Pick<WatchlistStore, 'find'>;
  /** Fused score from which on a list reports now; undefined while it matches nobody. */
  readonly threshold: (watchlistId: string) => number | undefined;
}): StatisticsBackend {
  const { store, watchlists, threshold } = options;
  return {
    report(request) {
      const { decided, byWatchlist, ...counts } = alertStatistics(store, request);
      const nameOf = (id: string) => watchlists.find(id)?.name;
      return {
        ...counts,
        byWatchlist: byWatchlist.map((list) => {
          const name = nameOf(list.watchlistId);
          return {
            ...list,
            watchlistName: name ?? list.watchlistId,
            deleted: name === undefined,
          };
        }),
        suggestions: byWatchlist.flatMap(({ watchlistId }) => {
          const watchlistName = nameOf(watchlistId);
          const now = threshold(watchlistId);
          if (watchlistName === undefined || now === undefined) return [];
          const suggestion = suggestThreshold(now, decided.get(watchlistId) ?? []);
          return suggestion === null
            ? []
            : [{ watchlistId, watchlistName, threshold: now, ...suggestion }];
        }),
      };
    },
  };
}
