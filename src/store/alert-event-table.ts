import type { StoredAlertEvent } from '../domain/alert-event.ts';
import { alertOf } from './alert-row.ts';
import type { Store } from './store.ts';

/** Whose alerts are wanted; `'*'`, or nothing, for all. */
export interface FeedScope {
  readonly cameras?: '*' | readonly string[];
  readonly watchlists?: '*' | readonly string[];
}

/** Entries of the index that one page looks at: a millisecond or two. */
const window = 2000;

/** A creation, as a place in the order of events. */
const creation = "FROM alert_events WHERE change = 'created'";

/**
 * Which events, by the index alone, then these. One with sightings may be wanted for the cameras of
 * its alert's sightings, which are in a table of their own: no body is parsed to find out.
 */
export const feedSql = `SELECT e.sequence, change, body FROM (
    SELECT sequence FROM alert_events INDEXED BY alert_events_by_place
    WHERE sequence > :after AND sequence <= :through
      AND (:watchlists IS NULL OR watchlist_id IN (SELECT value FROM json_each(:watchlists)))
      AND (:cameras IS NULL OR camera_id IN (SELECT value FROM json_each(:cameras))
        OR (sighted AND EXISTS (SELECT 1 FROM alert_sightings AS s
          WHERE s.alert_id = alert_events.alert_id
            AND s.camera_id IN (SELECT value FROM json_each(:cameras)))))
    ORDER BY sequence LIMIT :limit) AS found
  JOIN alert_events AS e ON e.sequence = found.sequence ORDER BY e.sequence`;

/** Every revision of alerts as it was sent to clients, in that order, each with a sequence. */
export class AlertEventTable {
  readonly #store: Pick<Store, 'prepare'>;

  constructor(store: Pick<Store, 'prepare'>) {
    this.#store = store;
  }

  /**
   * Events above a sequence that can be of this scope, oldest first, as far as one look at the
   * index goes; `last` is how far that was.
   */
  page(
    after: number,
    limit: number,
    { cameras = '*', watchlists = '*' }: FeedScope,
  ): { events: StoredAlertEvent[]; last: number; more: boolean } {
    const through = this.#sequence(
      'SELECT sequence FROM alert_events WHERE sequence > ? ORDER BY sequence LIMIT 1 OFFSET ?',
      after,
      window,
    );
    const rows = this.#store.prepare(feedSql).all({
      after,
      through: through ?? Number.MAX_SAFE_INTEGER,
      cameras: cameras === '*' ? null : JSON.stringify(cameras),
      watchlists: watchlists === '*' ? null : JSON.stringify(watchlists),
      limit: limit + 1,
    });
    const events = rows.slice(0, limit).map((row) => ({
      sequence: Number(row['sequence']),
      change: row['change'] as StoredAlertEvent['change'],
      alert: alertOf(row),
    }));
    const cut = rows.length > limit;
    const last = cut ? events.at(-1)?.sequence : (through ?? events.at(-1)?.sequence);
    return { events, last: last ?? after, more: cut || through !== undefined };
  }

  /** An event as it was stored; undefined once its alert is deleted. */
  find(sequence: number): StoredAlertEvent | undefined {
    const row = this.#store
      .prepare('SELECT change, body FROM alert_events WHERE sequence = ?')
      .get(sequence);
    if (row === undefined) return undefined;
    return { sequence, change: row['change'] as StoredAlertEvent['change'], alert: alertOf(row) };
  }

  /** Sequence of the last event; 0 when there is none. */
  last(): number {
    return this.#sequence('SELECT max(sequence) AS sequence FROM alert_events') ?? 0;
  }

  /** Where the alert of this id was created. */
  creationOf(id: string): number | undefined {
    return this.#sequence(`SELECT min(sequence) AS sequence ${creation} AND alert_id = ?`, id);
  }

  /** The first creation of an alert whose id is greater; looks at so many a step. */
  *firstCreationAfter(id: string): Generator<void, number | undefined> {
    for (let after = 0; ; ) {
      const found = this.#sequence(
        `SELECT sequence FROM (SELECT sequence, alert_id ${creation} AND sequence > ?
           ORDER BY sequence LIMIT ${window}) AS created WHERE alert_id > ? LIMIT 1`,
        after,
        id,
      );
      if (found !== undefined) return found;
      const end = this.#sequence(
        `SELECT sequence ${creation} AND sequence > ? ORDER BY sequence LIMIT 1 OFFSET ${window - 1}`,
        after,
      );
      if (end === undefined) return undefined;
      after = end;
      yield;
    }
  }

  /** The last creation below a sequence. */
  lastCreationBefore(sequence: number): number | undefined {
    return this.#sequence(
      `SELECT max(sequence) AS sequence ${creation} AND sequence < ?`,
      sequence,
    );
  }

  #sequence(sql: string, ...values: (string | number)[]): number | undefined {
    const sequence = this.#store.prepare(sql).get(...values)?.['sequence'];
    return typeof sequence === 'number' ? sequence : undefined;
  }
}
