import type { ArmingKind, ArmingRecord, ArmingSubject } from '../domain/arming.ts';
import type { Store } from './store.ts';

/** What was last said of whether cameras and watchlists are armed. */
export class ArmingTable {
  readonly #store: Pick<Store, 'prepare'>;

  constructor(store: Pick<Store, 'prepare'>) {
    this.#store = store;
  }

  list(): ArmingRecord[] {
    return this.#store
      .prepare('SELECT * FROM arming')
      .all()
      .map((row) => ({
        kind: String(row['kind']) as ArmingKind,
        id: String(row['id']),
        armed: row['armed'] === 1,
        cause: String(row['cause']) as ArmingRecord['cause'],
        by: row['who'] === null ? null : String(row['who']),
        since: Number(row['since']),
        until: row['until'] === null ? null : Number(row['until']),
        timed: row['timed'] === 1,
      }));
  }

  /** Within {@link Store.write}. */
  put({ kind, id, armed, cause, by, since, until, timed }: ArmingRecord): void {
    this.#store
      .prepare(`INSERT INTO arming VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (kind, id) DO UPDATE
         SET armed = excluded.armed, cause = excluded.cause, who = excluded.who,
           since = excluded.since, until = excluded.until, timed = excluded.timed`)
      .run(kind, id, Number(armed), cause, by, since, until, Number(timed));
  }

  /** Within {@link Store.write}. */
  delete({ kind, id }: ArmingSubject): void {
    this.#store.prepare('DELETE FROM arming WHERE kind = ? AND id = ?').run(kind, id);
  }
}
