import type { AlertFeedPage, StoredAlertEvent } from '../../domain/alert-event.ts';
import { NightglassError } from '../../domain/errors.ts';
import type { AlertEventTable, FeedScope } from '../../store/alert-event-table.ts';
import type { UnstoredAlerts } from './unstored-alerts.ts';

const sequenceCursor = /^seq:(\d{1,15})$/;

/**
 * All events of alerts after a point, oldest first, in pages.
 *
 * The point is the id of the last alert that a client saw, or `next` of the
 * page before. From an id the replay starts right after that alert's creation,
 * so updates and reviews that the client may have seen come again (distinguished
 * by id and revision), and none that it has not seen is missing. An id that
 * retention has purged meanwhile stands for the time it was made.
 * @param limit events a page, 1..1000; a page may hold fewer, and none, before the last one
 * @param scope whose alerts are wanted: others may be left out
 * @throws NightglassError `BAD_REQUEST` for a `since` that can be neither
 */
export function* alertsSince(
  events: AlertEventTable,
  unstored: UnstoredAlerts,
  since: string,
  limit: number,
  scope: FeedScope,
): Generator<void, AlertFeedPage<StoredAlertEvent>> {
  const waiting = unstored.values();
  const from = yield* startOf(events, unstored, since);
  const { events: page, last, more } = events.page(from, limit, scope);
  if (!more) {
    // What could not be stored has no number: it comes whole with each last page.
    const after = waiting.findIndex(({ alert }) => alert.id === since) + 1;
    for (const { alert, change, afterSequence } of waiting.slice(after)) {
      if (afterSequence >= from) page.push({ sequence: null, change, alert });
    }
  }
  return { events: page, next: `seq:${last}`, more };
}

function* startOf(
  events: AlertEventTable,
  unstored: UnstoredAlerts,
  since: string,
): Generator<void, number> {
  const cursor = sequenceCursor.exec(since);
  if (cursor !== null) return Number(cursor[1]);
  if (!/^[\w-]{1,100}$/.test(since)) {
    throw new NightglassError('BAD_REQUEST', "Cannot resume: 'since' is not the id of an alert");
  }
  const waiting = unstored.get(since);
  if (waiting?.change === 'created') return waiting.afterSequence;
  const own = events.creationOf(since);
  if (own !== undefined) return own;
  // Purged: start from the creation before the first one that is surely later.
  const later = (yield* events.firstCreationAfter(since)) ?? Number.MAX_SAFE_INTEGER;
  return events.lastCreationBefore(later) ?? 0;
}
