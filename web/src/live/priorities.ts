import type { Alert, Watchlist } from '../../../src/client/nightglass-client.ts';
import type { PersonAlerts } from './appearances.ts';

type Priority = Watchlist['priority'];

/** Undecided alerts by priority; decided ones stand among the ordinary. */
const ranks: Record<Priority, number> = { urgent: 0, normal: 1, low: 2 };

/** The priority of an alert's list; `normal` for one that is gone or not known yet. */
export function priorityOf(
  { watchlistId }: Pick<Alert, 'watchlistId'>,
  lists: readonly Watchlist[],
): Priority {
  return lists.find(({ id }) => id === watchlistId)?.priority ?? 'normal';
}

/** What is heard at a new alert of a list. */
export function soundOf(
  { watchlistId }: Pick<Alert, 'watchlistId'>,
  lists: readonly Watchlist[],
): Watchlist['sound'] {
  return lists.find(({ id }) => id === watchlistId)?.sound ?? 'tone';
}

function rankOf(alert: Alert, lists: readonly Watchlist[]): number {
  const decided = alert.state === 'confirmed' || alert.state === 'dismissed';
  return ranks[decided ? 'normal' : priorityOf(alert, lists)];
}

/** Urgent ones first, each in the order in which they come. */
export function byPriority(
  alerts: readonly Alert[],
  lists: readonly Watchlist[],
): readonly Alert[] {
  return alerts.toSorted((a, b) => rankOf(a, lists) - rankOf(b, lists));
}

/** The same of people. */
export function peopleByPriority(
  people: readonly PersonAlerts[],
  lists: readonly Watchlist[],
): readonly PersonAlerts[] {
  return people.toSorted((a, b) => rankOf(a.head, lists) - rankOf(b.head, lists));
}
