import type { Alert } from '../../domain/alert.ts';
import { type AlertFilter, limitOf, passesFilter } from '../../domain/alert-filter.ts';
import type { AlertPage } from '../../domain/alert-record.ts';
import type { AlertTable } from '../../store/alert-table.ts';
import {
  comparePlaces,
  placeOf,
  type QueuePlace,
  queueCursor,
  readQueueCursor,
} from '../../store/review-queue.ts';

export interface AlertSources {
  readonly table: Pick<AlertTable, 'list' | 'queue'>;
  /** Alerts in memory that could not be stored; what they say is newer than the table. */
  readonly waiting: readonly Alert[];
  /** True where one of two people has given a verdict. */
  readonly awaitsSecond: (alert: Alert) => boolean;
}

/**
 * A page of the alerts that pass the filter, stored or not.
 * @throws NightglassError `BAD_REQUEST` for a `before` that names no place in the queue
 */
export function alertPage(filter: AlertFilter, sources: AlertSources): AlertPage<Alert> {
  const passing = sources.waiting.filter((alert) => passesFilter(alert, filter));
  return filter.order === 'queue'
    ? queuePage(filter, sources, passing)
    : newestPage(filter, sources, passing);
}

function newestPage(
  filter: AlertFilter,
  { table, waiting }: AlertSources,
  passing: readonly Alert[],
): AlertPage<Alert> {
  const { before } = filter;
  const limit = limitOf(filter);
  const isWaiting = idsOf(waiting);
  const alerts = [
    ...passing.filter(({ id }) => before === undefined || id < before),
    ...table.list(filter).filter(({ id }) => !isWaiting.has(id)),
  ]
    .sort((a, b) => (a.id < b.id ? 1 : -1))
    .slice(0, limit);
  return { alerts, next: alerts.length < limit ? null : (alerts.at(-1)?.id ?? null) };
}

function queuePage(
  filter: AlertFilter,
  { table, waiting, awaitsSecond }: AlertSources,
  passing: readonly Alert[],
): AlertPage<Alert> {
  const after = filter.before === undefined ? undefined : readQueueCursor(filter.before);
  const limit = limitOf(filter);
  const isWaiting = idsOf(waiting);
  const places: readonly [Alert, QueuePlace][] = passing.map((alert) => [
    alert,
    placeOf(alert, awaitsSecond(alert)),
  ]);
  const queue = [
    ...places.filter(([, place]) => after === undefined || comparePlaces(after, place) < 0),
    ...table.queue(filter, after).filter(([{ id }]) => !isWaiting.has(id)),
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
