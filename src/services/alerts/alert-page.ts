import type { Alert } from '../../domain/alert.ts';
import { type AlertFilter, limitOf, passesFilter } from '../../domain/alert-filter.ts';
import type { AlertPage } from '../../domain/alert-record.ts';
import { NightglassError } from '../../domain/errors.ts';
import { sightedAt } from '../../domain/sightings.ts';
import type { AlertLists, CapturePlace } from '../../store/alert-lists.ts';
import type { AlertTable } from '../../store/alert-table.ts';
import {
  comparePlaces,
  placeOf,
  type QueuePlace,
  type QueueVerdicts,
  queueCursor,
  readQueueCursor,
} from '../../store/review-queue.ts';

export interface AlertSources {
  readonly lists: Pick<AlertLists, 'newest' | 'queue' | 'count'>;
  readonly table: Pick<AlertTable, 'find'>;
  /** Alerts in memory that could not be stored; what they say is newer than the table. */
  readonly waiting: readonly Alert[];
  readonly verdicts: (alert: Alert) => QueueVerdicts;
}

/**
 * A page of the alerts that pass the filter, stored or not. Yields where others may have their turn.
 * @throws NightglassError `BAD_REQUEST` for a `before` that names no place in the queue
 */
export function* alertPage(
  filter: AlertFilter,
  sources: AlertSources,
): Generator<void, AlertPage<Alert>> {
  const passing = sources.waiting.filter((alert) => passesFilter(alert, filter));
  const page =
    filter.order === 'queue'
      ? yield* queuePage(filter, sources, passing)
      : yield* newestPage(filter, sources, passing);
  const stored = yield* sources.lists.count(filter, [...idsOf(sources.waiting)]);
  return { ...page, total: stored + passing.length };
}

function* newestPage(
  filter: AlertFilter,
  sources: AlertSources,
  passing: readonly Alert[],
): Generator<void, Omit<AlertPage<Alert>, 'total'>> {
  const { lists, waiting } = sources;
  const after = filter.before === undefined ? undefined : readCursor(filter.before, sources);
  const limit = limitOf(filter);
  const isWaiting = idsOf(waiting);
  const stored = yield* lists.newest(filter, after);
  const alerts = [
    ...passing.filter((alert) => after === undefined || byCapture(after, captureOf(alert)) < 0),
    ...stored.filter(({ id }) => !isWaiting.has(id)),
  ]
    .sort((a, b) => byCapture(captureOf(a), captureOf(b)))
    .slice(0, limit);
  const last = alerts.length < limit ? undefined : alerts.at(-1);
  return { alerts, next: last === undefined ? null : `${sightedAt(last)}.${last.id}` };
}

/** Newest first. */
function byCapture(a: CapturePlace, b: CapturePlace): number {
  return b.sightedAt - a.sightedAt || (a.id < b.id ? 1 : -1);
}

function captureOf(alert: Alert): CapturePlace {
  return { sightedAt: sightedAt(alert), id: alert.id };
}

/** The place of a cursor, or of the alert whose id it is. */
function readCursor(cursor: string, { table, waiting }: AlertSources): CapturePlace {
  const parts = /^(\d+(?:\.\d+)?)\.([^.]+)$/.exec(cursor);
  if (parts !== null) return { sightedAt: Number(parts[1]), id: parts[2] as string };
  const alert = waiting.find(({ id }) => id === cursor) ?? table.find(cursor)?.alert;
  if (alert !== undefined) return captureOf(alert);
  throw new NightglassError('BAD_REQUEST', "Cannot read on: 'before' is no `next` of a page");
}

function* queuePage(
  filter: AlertFilter,
  { lists, waiting, verdicts }: AlertSources,
  passing: readonly Alert[],
): Generator<void, Omit<AlertPage<Alert>, 'total'>> {
  const after = filter.before === undefined ? undefined : readQueueCursor(filter.before);
  const limit = limitOf(filter);
  const isWaiting = idsOf(waiting);
  const places: readonly [Alert, QueuePlace][] = passing.map((alert) => [
    alert,
    placeOf(alert, verdicts(alert)),
  ]);
  const stored = yield* lists.queue(filter, after);
  const queue = [
    ...places.filter(([, place]) => after === undefined || comparePlaces(after, place) < 0),
    ...stored.filter(([{ id }]) => !isWaiting.has(id)),
  ]
    .sort(([, a], [, b]) => comparePlaces(a, b))
    .slice(0, limit);
  const last = queue.length < limit ? undefined : queue.at(-1);
  return {
    alerts: queue.map(([alert]) => alert),
    next: last === undefined ? null : queueCursor(last[1]),
  };
}

function idsOf(alerts: readonly Alert[]): ReadonlySet<string> {
  return new Set(alerts.map(({ id }) => id));
}
