import type { AlertFeedPage, StoredAlertEvent } from '../../domain/alert-event.ts';
import { NightglassError } from '../../domain/errors.ts';
import { alertOf } from '../../store/alert-row.ts';
import type { Store } from '../../store/create-store.ts';
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
 * @param limit events a page, 1..1000
 * @throws NightglassError `BAD_REQUEST` for a `since` that can be neither
 */
export function alertsSince(
  store: Store,
  unstored: UnstoredAlerts,
  since: string,
  limit: number,
): AlertFeedPage<StoredAlertEvent> {
  const waiting = unstored.values();
  const from = startOf(store, unstored, since);
  const rows = store
    .prepare('SELECT * FROM alert_events WHERE sequence > ? ORDER BY sequence LIMIT ?')
    .all(from, limit + 1);
  const events = rows.slice(0, limit).map(toEvent);
  const more = rows.length > limit;
  const last = events.at(-1)?.sequence ?? from;
  if (!more) {
    // What could not be stored has no number: it comes whole with each last page.
    const after = waiting.findIndex(({ alert }) => alert.id === since) + 1;
    for (const { alert, change, afterSequence } of waiting.slice(after)) {
      if (afterSequence >= from) events.push({ sequence: null, change, alert });
    }
  }
  return { events, next: `seq:${last}`, more };
}

/** Number of the last stored event; 0 when there is none. */
export function lastSequence(store: Store): number {
  const row = store.prepare('SELECT max(sequence) AS sequence FROM alert_events').get();
  return Number(row?.['sequence'] ?? 0);
}

function startOf(store: Store, unstored: UnstoredAlerts, since: string): number {
  const cursor = sequenceCursor.exec(since);
  if (cursor !== null) return Number(cursor[1]);
  if (!/^[\w-]{1,100}$/.test(since)) {
    throw new NightglassError('BAD_REQUEST', "Cannot resume: 'since' is not the id of an alert");
  }
  const waiting = unstored.get(since);
  if (waiting?.change === 'created') return waiting.afterSequence;
  const own = firstSequence(
    store,
    "SELECT min(sequence) AS sequence FROM alert_events WHERE change = 'created' AND alert_id = ?",
    since,
  );
  if (own !== undefined) return own;
  // Purged: start from the creation before the first one that is surely later.
  const later = firstSequence(
    store,
    "SELECT min(sequence) AS sequence FROM alert_events WHERE change = 'created' AND alert_id > ?",
    since,
  );
  const before = firstSequence(
    store,
    "SELECT max(sequence) AS sequence FROM alert_events WHERE change = 'created' AND sequence < ?",
    later ?? Number.MAX_SAFE_INTEGER,
  );
  return before ?? 0;
}

function firstSequence(store: Store, sql: string, value: string | number): number | undefined {
  const sequence = store.prepare(sql).get(value)?.['sequence'];
  return typeof sequence === 'number' ? sequence : undefined;
}

function toEvent(row: Record<string, unknown>): StoredAlertEvent {
  return {
    sequence: Number(row['sequence']),
    change: row['change'] as StoredAlertEvent['change'],
    alert: alertOf(row),
  };
}
