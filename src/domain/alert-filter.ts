import type { Alert, AlertState } from './alert.ts';
import { sightedAt } from './sightings.ts';

export interface AlertFilter {
  readonly states?: readonly AlertState[];
  readonly watchlistId?: string;
  readonly personId?: string;
  /** Only alerts of which one of these cameras saw somebody; `'*'` for all. Default `'*'`. */
  readonly cameras?: '*' | readonly string[];
  /** Only alerts of these watchlists; `'*'` for all. Default `'*'`. */
  readonly watchlists?: '*' | readonly string[];
  /** With an appearance captured at or after, and one before, wall milliseconds. */
  readonly from?: number;
  readonly to?: number;
  /** Default `newest` first by the capture of the newest appearance; `queue`: as people should review them, see `QueuePlace`. */
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
    (cameras === '*' || camerasOf(alert).some((camera) => cameras.includes(camera))) &&
    (watchlists === '*' || watchlists.includes(alert.watchlistId)) &&
    (from === undefined || sightedAt(alert) >= from) &&
    (to === undefined || alert.capturedAt < to)
  );
}

/** Every camera that saw the person of an alert. */
export function camerasOf(alert: {
  readonly cameraId: string;
  readonly sightings: readonly { readonly cameraId: string }[];
}): readonly string[] {
  return [alert.cameraId, ...alert.sightings.map(({ cameraId }) => cameraId)];
}
