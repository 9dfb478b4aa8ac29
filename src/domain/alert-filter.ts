import type { Alert, AlertState } from './alert.ts';

export interface AlertFilter {
  readonly states?: readonly AlertState[];
  readonly watchlistId?: string;
  readonly personId?: string;
  /** Only alerts of these cameras; `'*'` for all. Default `'*'`. */
  readonly cameras?: '*' | readonly string[];
  /** Only alerts of these watchlists; `'*'` for all. Default `'*'`. */
  readonly watchlists?: '*' | readonly string[];
  /** Captured at or after, and before, wall milliseconds. */
  readonly from?: number;
  readonly to?: number;
  /** Default `newest` first by time of capture; `queue`: as people should review them, see `QueuePlace`. */
  readonly order?: 'newest' | 'queue';
  /** `next` of the page before; of `newest` also the id of an alert. */
  readonly before?: string;
  /** 1..500, default 100. */
  readonly limit?: number;
}

/** The filter's `limit` within its bounds. */
export function limitOf(filter: AlertFilter): number {
  return Math.min(500, Math.max(1, Math.floor(filter.limit ?? 100)));
}

/** The filter over an alert in memory, but for order and page; `AlertTable` does the same over stored ones. */
export function passesFilter(alert: Alert, filter: AlertFilter): boolean {
  const { states, watchlistId, personId, cameras = '*', watchlists = '*', from, to } = filter;
  return (
    (states === undefined || states.includes(alert.state)) &&
    (watchlistId === undefined || watchlistId === alert.watchlistId) &&
    (personId === undefined || personId === alert.personId) &&
    (cameras === '*' || cameras.includes(alert.cameraId)) &&
    (watchlists === '*' || watchlists.includes(alert.watchlistId)) &&
    (from === undefined || alert.capturedAt >= from) &&
    (to === undefined || alert.capturedAt < to)
  );
}
