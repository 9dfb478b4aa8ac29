import type { Alert, AlertQuery } from '../../../src/client/nightglass-client.ts';
import { newestAppearance } from '../live/appearances.ts';

type State = Alert['state'];

export const openStates: readonly State[] = ['new', 'acknowledged', 'escalated'];
export const stateChoices = [
  'open',
  'new',
  'acknowledged',
  'escalated',
  'confirmed',
  'dismissed',
  'all',
] as const;
export type StateChoice = (typeof stateChoices)[number];

/** Lengths of time back from now, milliseconds. */
export const timeSpans = { hour: 3_600_000, day: 86_400_000, week: 604_800_000 } as const;
export const timeChoices = ['any', 'hour', 'day', 'week', 'range'] as const;
export type TimeChoice = (typeof timeChoices)[number];

/** Which alerts are asked for, as the page's address says it. */
export interface AlertFilter {
  readonly state: StateChoice;
  readonly watchlist: string | undefined;
  readonly camera: string | undefined;
  readonly time: TimeChoice;
  /** Of `range`, milliseconds since the epoch. */
  readonly from: number | undefined;
  readonly to: number | undefined;
}

export function readFilter(query: URLSearchParams): AlertFilter {
  const state = stateChoices.find((known) => known === query.get('state')) ?? 'open';
  const time = timeChoices.find((known) => known === query.get('time')) ?? 'any';
  return {
    state,
    watchlist: query.get('list') ?? undefined,
    camera: query.get('camera') ?? undefined,
    time,
    from: time === 'range' ? moment(query.get('from')) : undefined,
    to: time === 'range' ? moment(query.get('to')) : undefined,
  };
}

function moment(text: string | null): number | undefined {
  const value = Number(text ?? Number.NaN);
  return Number.isFinite(value) && value > 0 ? value : undefined;
}

/** The parameters of the page's address; what is as usual is left out. */
export function writeFilter(filter: AlertFilter): Record<string, string | undefined> {
  return {
    state: filter.state === 'open' ? undefined : filter.state,
    list: filter.watchlist,
    camera: filter.camera,
    time: filter.time === 'any' ? undefined : filter.time,
    from: filter.from?.toString(),
    to: filter.to?.toString(),
  };
}

/** True when the filter leaves nothing out but what is decided. */
export function isUsual(filter: AlertFilter): boolean {
  return Object.values(writeFilter(filter)).every((value) => value === undefined);
}

function statesOf(choice: StateChoice): readonly State[] | undefined {
  if (choice === 'all') return undefined;
  return choice === 'open' ? openStates : [choice];
}

/** From when, and until when, counted from `now`. */
function spanOf({ time, from, to }: AlertFilter, now: number): { from?: number; to?: number } {
  if (time === 'any') return {};
  if (time !== 'range') return { from: now - timeSpans[time] };
  return { ...(from === undefined ? {} : { from }), ...(to === undefined ? {} : { to }) };
}

/** What the gateway is asked for. */
export function apiQuery(filter: AlertFilter, now: number): AlertQuery {
  const states = statesOf(filter.state);
  return {
    ...(states === undefined ? {} : { state: states }),
    ...(filter.watchlist === undefined ? {} : { watchlist: filter.watchlist }),
    ...(filter.camera === undefined ? {} : { camera: filter.camera }),
    ...spanOf(filter, now),
  };
}

/** True when the gateway would list the alert, too. */
export function fits(filter: AlertFilter, alert: Alert, now: number): boolean {
  const { from = 0, to = Number.POSITIVE_INFINITY } = spanOf(filter, now);
  return (
    (statesOf(filter.state)?.includes(alert.state) ?? true) &&
    (filter.watchlist === undefined || filter.watchlist === alert.watchlistId) &&
    (filter.camera === undefined ||
      [alert, ...alert.sightings].some(({ cameraId }) => cameraId === filter.camera)) &&
    newestAppearance(alert).capturedAt >= from &&
    alert.capturedAt < to
  );
}
