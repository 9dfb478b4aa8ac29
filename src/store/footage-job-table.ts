import type { FootageFile, FootageJob, FootageState } from '../domain/footage.ts';
import type { Store } from './store.ts';

/** The table of searches of recorded footage. */
export class FootageJobTable {
  readonly #store: Store;

  constructor(store: Store) {
    this.#store = store;
  }

  /** All of them, the newest first. */
  list(): FootageJob[] {
    return this.#store
      .prepare('SELECT * FROM footage_jobs ORDER BY started_at DESC, id')
      .all()
      .map(toJob);
  }

  find(id: string): FootageJob | undefined {
    const row = this.#store.prepare('SELECT * FROM footage_jobs WHERE id = ?').get(id);
    return row === undefined ? undefined : toJob(row);
  }

  /** Within a transaction. */
  insert(job: FootageJob): void {
    this.#store
      .prepare('INSERT INTO footage_jobs VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)')
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
      );
  }

  /** Within a transaction. */
  update({ id, state, endedAt, seconds, sightings }: FootageJob): void {
    this.#store
      .prepare(
        'UPDATE footage_jobs SET state = ?, ended_at = ?, seconds = ?, sightings = ? WHERE id = ?',
      )
      .run(state, endedAt, seconds, sightings, id);
  }

  /** Deletes what began before a time. A retention task. */
  purge(before: number): number {
    const { changes } = this.#store.write(() =>
      this.#store.prepare('DELETE FROM footage_jobs WHERE started_at < ?').run(before),
    );
    return Number(changes);
  }
}

function toJob(row: Record<string, unknown>): FootageJob {
  return {
    id: String(row['id']),
    state: String(row['state']) as FootageState,
    reason: String(row['reason']),
    watchlistIds: JSON.parse(String(row['watchlist_ids'])) as string[],
    files: JSON.parse(String(row['files'])) as FootageFile[],
    startedAt: Number(row['started_at']),
    endedAt: row['ended_at'] === null ? null : Number(row['ended_at']),
    seconds: Number(row['seconds']),
    sightings: Number(row['sightings']),
  };
}
