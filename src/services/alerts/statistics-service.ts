import { AlertOutcomeTable, type OutcomeStatistics } from '../../store/alert-outcome-table.ts';
import { alertStatistics, type StatisticsFilter } from '../../store/alert-statistics.ts';
import type { AlertStatistics, Verdicts } from '../../store/alert-tally.ts';
import type { Store } from '../../store/store.ts';
import { inTurns } from '../in-turns.ts';
import type { WatchlistStore } from '../watchlists/watchlist-store.ts';
import type { ThresholdSuggestion } from './suggest-threshold.ts';
import { suggestThreshold } from './suggest-threshold.ts';

/** Statistics of alerts, with the names of lists and what to do about their thresholds. */
export interface StatisticsReport extends Omit<AlertStatistics, 'byWatchlist' | 'decided'> {
  readonly byWatchlist: readonly ({
    readonly watchlistId: string;
    /** Its id when the list is gone. */
    readonly watchlistName: string;
  } & Verdicts)[];
  readonly outcomes: OutcomeStatistics;
  readonly suggestions: readonly ({
    readonly watchlistId: string;
    readonly watchlistName: string;
    readonly threshold: number;
  } & ThresholdSuggestion)[];
}

/** Statistics of alerts, for those who ask. */
export function statisticsService(options: {
  readonly store: Store;
  readonly watchlists: Pick<WatchlistStore, 'find'>;
  /** Fused score from which on a list reports now; undefined while it matches nobody. */
  readonly threshold: (watchlistId: string) => number | undefined;
}) {
  const { store, watchlists, threshold } = options;
  return {
    async report(request: StatisticsFilter): Promise<StatisticsReport> {
      const { decided, byWatchlist, ...counts } = await inTurns(alertStatistics(store, request));
      const outcomes = await inTurns(new AlertOutcomeTable(store).statistics(request));
      const nameOf = (id: string) => watchlists.find(id)?.name;
      return {
        ...counts,
        outcomes,
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

export type StatisticsService = ReturnType<typeof statisticsService>;
