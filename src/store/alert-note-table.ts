import type { AlertNote } from '../domain/alert-note.ts';
import type { Store } from './store.ts';

/** A note, and on which alert. */
export interface NoteOnAlert extends AlertNote {
  readonly alertId: string;
}

/** For whom notes are looked up. */
export interface NoteReader {
  readonly cameras: '*' | readonly string[];
  readonly watchlists: '*' | readonly string[];
  /** Name of the token, which sees its own notes in any case; null for what is shown to everybody. */
  readonly name: string | null;
}

/** The newest notes that a reader may see, and how many there are. */
export interface NotesSeen {
  readonly notes: readonly NoteOnAlert[];
  readonly count: number;
}

/** Notes that a step looks at. */
const notesAtOnce = 250;

/** The table of notes on alerts. They go with their alert. */
export class AlertNoteTable {
  readonly #store: Pick<Store, 'prepare'>;

  constructor(store: Pick<Store, 'prepare'>) {
    this.#store = store;
  }

  /** Within {@link Store.write}. */
  insert(alertId: string, { author, text, at }: AlertNote): void {
    this.#store
      .prepare('INSERT INTO alert_notes (alert_id, author, text, at) VALUES (?, ?, ?, ?)')
      .run(alertId, author, text, at);
  }

  /** Those written from a moment on that the reader may see; at most `limit`, all are counted. */
  *since(from: number, reader: NoteReader, limit: number): Generator<void, NotesSeen> {
    const { cameras, watchlists, name } = reader;
    const values = {
      name,
      from,
      cameras: cameras === '*' ? null : JSON.stringify(cameras),
      watchlists: watchlists === '*' ? null : JSON.stringify(watchlists),
    };
    const notes: NoteOnAlert[] = [];
    let [at, number, count] = [Number.MAX_SAFE_INTEGER, 0, 0];
    for (;;) {
      const rows = this.#store.prepare(notesSinceSql).all({ ...values, at, number });
      for (const row of rows) {
        if (row['is_shown'] !== 1) continue;
        count += 1;
        if (notes.length < limit) notes.push({ alertId: String(row['alert_id']), ...noteOf(row) });
      }
      const last = rows.at(-1);
      if (last === undefined || rows.length < notesAtOnce) return { notes, count };
      at = Number(last['at']);
      number = Number(last['number']);
      yield;
    }
  }

  /** Oldest first. */
  ofAlert(alertId: string): AlertNote[] {
    return this.#store
      .prepare('SELECT author, text, at FROM alert_notes WHERE alert_id = ? ORDER BY number')
      .all(alertId)
      .map(noteOf);
  }
}

/**
 * A step back in time, and which of its notes the reader may see: `visibleTo` and `visibleNotes` of
 * the domain say the same of one alert. The cross join has SQLite read along the notes' own index.
 */
export const notesSinceSql = `SELECT n.number, n.alert_id, n.author, n.text, n.at,
    (:watchlists IS NULL OR a.watchlist_id IN (SELECT value FROM json_each(:watchlists)))
    AND (:cameras IS NULL OR a.camera_id IN (SELECT value FROM json_each(:cameras)) OR EXISTS
      (SELECT 1 FROM alert_sightings AS s WHERE s.alert_id = a.id
       AND s.camera_id IN (SELECT value FROM json_each(:cameras))))
    AND (a.two_person_review = 0 OR a.state IN ('confirmed', 'dismissed')
      OR (:name IS NOT NULL AND n.author = :name)) AS is_shown
  FROM alert_notes AS n CROSS JOIN alerts AS a ON a.id = n.alert_id
  WHERE n.at >= :from AND (n.at, n.number) < (:at, :number)
  ORDER BY n.at DESC, n.number DESC LIMIT ${notesAtOnce}`;

function noteOf(row: Readonly<Record<string, unknown>>): AlertNote {
  return { author: String(row['author']), text: String(row['text']), at: Number(row['at']) };
}
