import type { AlertStatistics, StatisticsFilter, Verdicts } from '../../alerts/statistics.ts';
import type { ThresholdSuggestion } from '../../alerts/suggest-threshold.ts';
import type { Awaitable } from './awaitable.ts';

/** Statistics of alerts, with the names of lists and what to do about their thresholds. */
export interface StatisticsReport extends Omit<AlertStatistics, 'byWatchlist' | 'decided'> {
  readonly byWatchlist: readonly ({
    readonly watchlistId: string;
    /** Its id when the list is gone. */
    readonly watchlistName: string;
  } & Verdicts)[];
  readonly suggestions: readonly ({
    readonly watchlistId: string;
    readonly watchlistName: string;
    readonly threshold: number;
  } & ThresholdSuggestion)[];
}

export interface StatisticsBackend {
  report(request: StatisticsFilter): Awaitable<StatisticsReport>;
}
