import type { QualityBand } from '../../quality/quality-band.ts';
import type { Awaitable } from './awaitable.ts';

export interface Verdicts {
  readonly confirmed: number;
  readonly dismissed: number;
  readonly open: number;
}

export interface StatisticsRequest {
  /** Created at or after, and before, wall milliseconds. */
  readonly from: number;
  readonly to: number;
  readonly cameras: '*' | readonly string[];
  readonly watchlists: '*' | readonly string[];
}

export interface StatisticsReport {
  readonly total: Verdicts;
  readonly byCamera: readonly ({ readonly cameraId: string } & Verdicts)[];
  readonly byWatchlist: readonly ({
    readonly watchlistId: string;
    /** Its id when the list is gone. */
    readonly watchlistName: string;
  } & Verdicts)[];
  /** Unified quality from `from`, included, to `to`. */
  readonly byQuality: readonly ({
    readonly band: QualityBand;
    readonly from: number;
    readonly to: number;
  } & Verdicts)[];
  readonly scores: readonly ({ readonly from: number; readonly to: number } & Verdicts)[];
  readonly suggestions: readonly {
    readonly watchlistId: string;
    readonly watchlistName: string;
    readonly threshold: number;
    readonly suggested: number;
    readonly direction: 'raise' | 'lower';
    readonly why: string;
    readonly samples: number;
    readonly confirmed: number;
    readonly dismissed: number;
    readonly spares: number;
    readonly loses: number;
  }[];
}

export interface StatisticsBackend {
  report(request: StatisticsRequest): Awaitable<StatisticsReport>;
}
