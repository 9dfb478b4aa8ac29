import type { AlertNote } from '../domain/alert-note.ts';
import type { Store } from './store.ts';

/** A note, and on which alert. */
export interface NoteOnAlert extends AlertNote {
  readonly alertId: string;
}

/** The table of notes on alerts. They go with their alert. */
export class AlertNoteTable {
  readonly #store: Pick<Store, 'prepare'>;

  constructor(store: Pick<Store, 'prepare'>) {
    this.#store = store;
  }

  /** Within {@link Store.write}. */
  insert(alertId: string, { author, text, at }: AlertNote): void {
    this.#store
      .prepare('INSERT INTO alert_notes VALUES (NULL, ?, ?, ?, ?)')
      .run(alertId, author, text, at);
  }

  /** Those written from a moment on, newest first. */
  since(from: number, limit: number): NoteOnAlert[] {
    return this.#store
      .prepare(
        `SELECT alert_id, author, text, at FROM alert_notes WHERE at >= ?
         ORDER BY at DESC, number DESC LIMIT ?`,
      )
      .all(from, limit)
      .map((row) => ({
        alertId: String(row['alert_id']),
        author: String(row['author']),
        text: String(row['text']),
        at: Number(row['at']),
      }));
  }

  /** Oldest first. */
  ofAlert(alertId: string): AlertNote[] {
    return this.#store
      .prepare('SELECT author, text, at FROM alert_notes WHERE alert_id = ? ORDER BY number')
      .all(alertId)
      .map((row) => ({
        author: String(row['author']),
        text: String(row['text']),
        at: Number(row['at']),
      }));
  }
}
