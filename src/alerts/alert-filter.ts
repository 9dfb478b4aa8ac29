import type { Alert, AlertState } from './alert.ts';

export interface AlertFilter {
  readonly states?: readonly AlertState[];
  readonly watchlistId?: string;
  readonly personId?: string;
  /** Only alerts of these cameras; `'*'` for all. Default `'*'`. */
  readonly cameras?: '*' | readonly string[];
  /** Created at or after, and before, wall milliseconds. */
  readonly from?: number;
  readonly to?: number;
  /** Only alerts older than this one: the last of the page before. */
  readonly before?: string;
  /** 1..500, default 100. */
  readonly limit?: number;
}

/** The filter's `limit` within its bounds. */
export function limitOf(filter: AlertFilter): number {
  return Math.min(500, Math.max(1, Math.floor(filter.limit ?? 100)));
}

/** The filter over an alert in memory; `AlertTable.list` is the same over stored ones. */
export function passesFilter(alert: Alert, filter: AlertFilter): boolean {
  const { states, watchlistId, personId, cameras = '*', from, to, before } = filter;
  return (
    (states === undefined || states.includes(alert.state)) &&
    (watchlistId === undefined || watchlistId === alert.watchlistId) &&
    (personId === undefined || personId === alert.personId) &&
    (cameras === '*' || cameras.includes(alert.cameraId)) &&
    (from === undefined || alert.createdAt >= from) &&
    (to === undefined || alert.createdAt < to) &&
    (before === undefined || alert.id < before)
  );
}
