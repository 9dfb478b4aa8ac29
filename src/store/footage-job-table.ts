import type {
  FilePosition,
  FootageFigures,
  FootageJob,
  FootageJobFile,
  FootagePass,
  FootageState,
} from '../domain/footage.ts';
import type { Store } from './store.ts';

/** What changes of a job while it goes on. */
export type FootageJobChange = Partial<
  Pick<
    FootageJob,
    'state' | 'decidedBy' | 'endedAt' | 'seconds' | 'sightings' | 'figures' | 'failure' | 'files'
  >
>;

/** The table of searches of recorded footage. Methods that change something belong into {@link Store.write}. */
export class FootageJobTable {
  readonly #store: Store;

  constructor(store: Store) {
    this.#store = store;
  }

  /** The newest first, up to `limit`. */
  list(limit = 1_000_000): FootageJob[] {
    return this.#store
      .prepare('SELECT * FROM footage_jobs ORDER BY started_at DESC, id LIMIT ?')
      .all(limit)
      .map(toJob);
  }

  find(id: string): FootageJob | undefined {
    const row = this.#store.prepare('SELECT * FROM footage_jobs WHERE id = ?').get(id);
    return row === undefined ? undefined : toJob(row);
  }

  /** Those of the running program in a state, the oldest first. */
  inState(state: FootageState): FootageJob[] {
    return this.#store
      .prepare(
        "SELECT * FROM footage_jobs WHERE origin = 'program' AND state = ? ORDER BY started_at, id",
      )
      .all(state)
      .map(toJob);
  }

  /** How many of the running program are in one of these states. */
  count(states: readonly FootageState[]): number {
    const row = this.#store
      .prepare(
        `SELECT count(*) AS n FROM footage_jobs WHERE origin = 'program'
           AND state IN (SELECT value FROM json_each(?))`,
      )
      .get(JSON.stringify(states));
    return Number(row?.['n']);
  }

  insert(job: FootageJob): void {
    this.#store
      .prepare(
        `INSERT INTO footage_jobs (id, state, reason, watchlist_ids, files, started_at, ended_at,
           seconds, sightings, origin, asked_by, decided_by, begins_at, figures, failure, quick)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      )
      .run(
        job.id,
        job.state,
        job.reason,
        JSON.stringify(job.watchlistIds),
        JSON.stringify(job.files),
        job.startedAt,
        job.endedAt,
        job.seconds,
        job.sightings,
        job.origin,
        job.askedBy,
        job.decidedBy,
        job.beginsAt,
        jsonOrNull(job.figures),
        jsonOrNull(job.failure),
        job.quick ? 1 : 0,
      );
  }

  /** The fields that `change` names. */
  update(id: string, change: FootageJobChange): void {
    const values = Object.entries(change).map(
      ([field, value]): [string, string | number | null] => {
        const [column, toValue] = columns[field as keyof FootageJobChange];
        return [column, toValue(value)];
      },
    );
    if (values.length === 0) return;
    const set = values.map(([column]) => `${column} = ?`).join(', ');
    this.#store
      .prepare(`UPDATE footage_jobs SET ${set} WHERE id = ?`)
      .run(...values.map(([, value]) => value), id);
  }

  /** How far each file is, by its index; a file that was not begun has no place. */
  positions(id: string, pass: FootagePass = 'search'): Map<number, FilePosition> {
    const rows = this.#store.prepare('SELECT * FROM footage_positions WHERE job_id = ?').all(id);
    return new Map(
      rows.map((row) => [
        Number(row['file']),
        pass === 'search'
          ? { seconds: Number(row['seconds']), done: row['done'] === 1 }
          : { seconds: Number(row['quick_seconds']), done: row['quick_done'] === 1 },
      ]),
    );
  }

  putPosition(
    id: string,
    file: number,
    { seconds, done }: FilePosition,
    pass: FootagePass = 'search',
  ): void {
    const set = pass === 'search' ? 'seconds = ?, done = ?' : 'quick_seconds = ?, quick_done = ?';
    this.#store
      .prepare(
        'INSERT INTO footage_positions (job_id, file, seconds, done) VALUES (?, ?, 0, 0) ON CONFLICT DO NOTHING',
      )
      .run(id, file);
    this.#store
      .prepare(`UPDATE footage_positions SET ${set} WHERE job_id = ? AND file = ?`)
      .run(seconds, done ? 1 : 0, id, file);
  }

  /**
   * Counts a start of the program that found a job at work.
   * @param further seconds of footage that must have been gone through since the one before, in either
   *   pass, for it to count as the first one again
   * @returns how many it were without that, this one included
   */
  restarted(id: string, further: number): number {
    const row = this.#store
      .prepare(
        `SELECT restarts, restarted_at, coalesce((SELECT sum(seconds + quick_seconds)
           FROM footage_positions WHERE job_id = id), 0) AS through FROM footage_jobs WHERE id = ?`,
      )
      .get(id);
    if (row === undefined) return 0;
    const restarts = Number(row['restarts']);
    const before = Number(row['restarted_at']);
    const through = Number(row['through']);
    const isFurther = restarts <= 0 || through - before >= further;
    const count = restarts < 0 ? 0 : isFurther ? 1 : restarts + 1;
    this.#store
      .prepare('UPDATE footage_jobs SET restarts = ?, restarted_at = ? WHERE id = ?')
      .run(count, isFurther ? through : before, id);
    return count;
  }

  /** Forgets earlier restarts; after an orderly end the next one does not count either. */
  forgetRestarts(id: string, after: 'resumed' | 'orderly end'): void {
    const restarts = after === 'resumed' ? 0 : -1;
    this.#store.prepare('UPDATE footage_jobs SET restarts = ? WHERE id = ?').run(restarts, id);
  }

  /** Deletes what began before a time, with what it found; jobs that go on stay. A retention task. */
  purge(before: number): number {
    const { changes } = this.#store.write(() =>
      this.#store
        .prepare(
          `DELETE FROM footage_jobs WHERE started_at < ? AND (origin = 'command'
             OR state IN ('done', 'stopped', 'failed', 'refused'))`,
        )
        .run(before),
    );
    return Number(changes);
  }
}

const asIs = (value: unknown) => value as string | number | null;
const jsonOrNull = (value: unknown) => (value == null ? null : JSON.stringify(value));

const columns: Readonly<
  Record<
    keyof FootageJobChange,
    readonly [column: string, toValue: (value: unknown) => string | number | null]
  >
> = {
  state: ['state', asIs],
  decidedBy: ['decided_by', asIs],
  endedAt: ['ended_at', asIs],
  seconds: ['seconds', asIs],
  sightings: ['sightings', asIs],
  figures: ['figures', jsonOrNull],
  failure: ['failure', jsonOrNull],
  files: ['files', jsonOrNull],
};

function toJob(row: Record<string, unknown>): FootageJob {
  const parsed = (column: string) =>
    row[column] === null ? null : JSON.parse(String(row[column]));
  return {
    id: String(row['id']),
    origin: row['origin'] as FootageJob['origin'],
    state: String(row['state']) as FootageState,
    reason: String(row['reason']),
    quick: row['quick'] === 1,
    watchlistIds: parsed('watchlist_ids') as string[],
    files: parsed('files') as FootageJobFile[],
    askedBy: String(row['asked_by']),
    decidedBy: row['decided_by'] === null ? null : String(row['decided_by']),
    beginsAt: row['begins_at'] === null ? null : Number(row['begins_at']),
    startedAt: Number(row['started_at']),
    endedAt: row['ended_at'] === null ? null : Number(row['ended_at']),
    seconds: Number(row['seconds']),
    sightings: Number(row['sightings']),
    figures: parsed('figures') as FootageFigures | null,
    failure: parsed('failure') as FootageJob['failure'],
  };
}
