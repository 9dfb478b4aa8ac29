import type { HandOver } from '../domain/hand-over.ts';
import type { Store } from './store.ts';

/** The table of hand-overs of shifts. */
export class HandOverTable {
  readonly #store: Pick<Store, 'prepare'>;

  constructor(store: Pick<Store, 'prepare'>) {
    this.#store = store;
  }

  /** Within {@link Store.write}. @returns its id */
  insert({
    since,
    at,
    outgoing,
    note,
    counts,
  }: Omit<HandOver, 'id' | 'incoming' | 'takenAt'>): number {
    const row = this.#store
      .prepare(`INSERT INTO hand_overs (since, at, outgoing, note, counts) VALUES (?, ?, ?, ?, ?)
         RETURNING id`)
      .get(since, at, outgoing, note, JSON.stringify(counts));
    return Number(row?.['id']);
  }

  /** Within {@link Store.write}. */
  take(id: number, incoming: string, at: number): void {
    this.#store
      .prepare('UPDATE hand_overs SET incoming = ?, taken_at = ? WHERE id = ?')
      .run(incoming, at, id);
  }

  find(id: number): HandOver | undefined {
    const row = this.#store.prepare('SELECT * FROM hand_overs WHERE id = ?').get(id);
    return row === undefined ? undefined : toHandOver(row);
  }

  /** The newest first, those before an id. */
  list(before: number, limit: number): HandOver[] {
    return this.#store
      .prepare('SELECT * FROM hand_overs WHERE id < ? ORDER BY id DESC LIMIT ?')
      .all(before, limit)
      .map(toHandOver);
  }

  /** Deletes those before. Returns how many. */
  purge(before: number): number {
    const { changes } = this.#store.prepare('DELETE FROM hand_overs WHERE at < ?').run(before);
    return Number(changes);
  }
}

function toHandOver(row: Readonly<Record<string, unknown>>): HandOver {
  return {
    id: Number(row['id']),
    since: row['since'] === null ? null : Number(row['since']),
    at: Number(row['at']),
    outgoing: String(row['outgoing']),
    note: String(row['note']),
    counts: JSON.parse(String(row['counts'])),
    incoming: row['incoming'] === null ? null : String(row['incoming']),
    takenAt: row['taken_at'] === null ? null : Number(row['taken_at']),
  };
}
