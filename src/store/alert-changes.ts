import type { Alert } from '../domain/alert.ts';
import { AlertEventTable } from './alert-event-table.ts';
import { alertOf } from './alert-row.ts';
import type { Store } from './store.ts';

/** An alert that changed while others were read. */
export interface ChangedAlert {
  readonly id: string;
  /** As it was; undefined for a new one. */
  readonly before: Alert | undefined;
  /** As it is; undefined for one that is gone. */
  readonly now: Alert | undefined;
}

/** What becomes of alerts between the steps of a read: each change of one is an event. */
export class AlertChanges {
  readonly #store: Pick<Store, 'prepare'>;
  readonly #events: AlertEventTable;
  #seen: number;

  /** Of what changes from now on. */
  constructor(store: Pick<Store, 'prepare'>) {
    this.#store = store;
    this.#events = new AlertEventTable(store);
    this.#seen = this.#events.last();
  }

  /** Alerts that changed since the last call. */
  take(): ChangedAlert[] {
    const seen = this.#seen;
    const last = this.#events.last();
    if (last === seen) return [];
    this.#seen = last;
    return this.#store
      .prepare('SELECT DISTINCT alert_id FROM alert_events WHERE sequence > ?')
      .all(seen)
      .map(({ alert_id: id }) => ({
        id: String(id),
        before: this.#alert(
          `SELECT body FROM alert_events WHERE alert_id = ? AND sequence <= ?
           ORDER BY sequence DESC LIMIT 1`,
          String(id),
          seen,
        ),
        now: this.#alert('SELECT body FROM alerts WHERE id = ?', String(id)),
      }));
  }

  #alert(sql: string, ...values: (string | number)[]): Alert | undefined {
    const row = this.#store.prepare(sql).get(...values);
    return row === undefined ? undefined : alertOf(row);
  }
}
