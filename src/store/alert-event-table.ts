import type { StoredAlertEvent } from '../domain/alert-event.ts';
import { alertOf } from './alert-row.ts';
import type { Store } from './store.ts';

/** A creation, as a place in the order of events. */
const creation = "FROM alert_events WHERE change = 'created'";

/** Every revision of alerts as it was sent to clients, in that order, each with a sequence. */
export class AlertEventTable {
  readonly #store: Pick<Store, 'prepare'>;

  constructor(store: Pick<Store, 'prepare'>) {
    this.#store = store;
  }

  /** Events above a sequence, oldest first. */
  after(sequence: number, limit: number): StoredAlertEvent[] {
    return this.#store
      .prepare('SELECT * FROM alert_events WHERE sequence > ? ORDER BY sequence LIMIT ?')
      .all(sequence, limit)
      .map((row) => ({
        sequence: Number(row['sequence']),
        change: row['change'] as StoredAlertEvent['change'],
        alert: alertOf(row),
      }));
  }

  /** Sequence of the last event; 0 when there is none. */
  last(): number {
    return this.#sequence('SELECT max(sequence) AS sequence FROM alert_events') ?? 0;
  }

  /** Where the alert of this id was created. */
  creationOf(id: string): number | undefined {
    return this.#sequence(`SELECT min(sequence) AS sequence ${creation} AND alert_id = ?`, id);
  }

  /** The first creation of an alert whose id is greater. */
  firstCreationAfter(id: string): number | undefined {
    return this.#sequence(`SELECT min(sequence) AS sequence ${creation} AND alert_id > ?`, id);
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
