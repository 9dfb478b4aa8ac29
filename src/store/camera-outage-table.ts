import type { CameraOutage } from '../domain/hand-over.ts';
import type { Store } from './store.ts';

/** The table of times in which cameras were not as they should be. */
export class CameraOutageTable {
  readonly #store: Pick<Store, 'prepare'>;

  constructor(store: Pick<Store, 'prepare'>) {
    this.#store = store;
  }

  /** Within {@link Store.write}. @returns its number */
  begin({ cameraId, code, message, since }: Omit<CameraOutage, 'endedAt'>): number {
    const row = this.#store
      .prepare(`INSERT INTO camera_outages (camera_id, code, message, since) VALUES (?, ?, ?, ?)
         RETURNING number`)
      .get(cameraId, code, message, since);
    return Number(row?.['number']);
  }

  /** Within {@link Store.write}. */
  end(number: number, at: number): void {
    this.#store
      .prepare('UPDATE camera_outages SET ended_at = max(since, ?) WHERE number = ?')
      .run(at, number);
  }

  /** Ends what an earlier run of the program left open. Within {@link Store.write}. */
  endAll(at: number): void {
    this.#store
      .prepare('UPDATE camera_outages SET ended_at = max(since, ?) WHERE ended_at IS NULL')
      .run(at);
  }

  /** Those of these cameras that ended after `from` or last still; the newest first. */
  since(from: number, cameras: '*' | readonly string[], limit: number): CameraOutage[] {
    return this.#store
      .prepare(
        `SELECT * FROM camera_outages WHERE ${outagesSinceSql}
         ORDER BY since DESC, number DESC LIMIT :limit`,
      )
      .all({ ...sinceValues(from, cameras), limit })
      .map((row) => ({
        cameraId: String(row['camera_id']),
        code: String(row['code']),
        message: String(row['message']),
        since: Number(row['since']),
        endedAt: row['ended_at'] === null ? null : Number(row['ended_at']),
      }));
  }

  /** How many there are of these, whatever a page lists. */
  countSince(from: number, cameras: '*' | readonly string[]): number {
    const row = this.#store
      .prepare(`SELECT count(*) AS count FROM camera_outages WHERE ${outagesSinceSql}`)
      .get(sinceValues(from, cameras));
    return Number(row?.['count']);
  }

  /** Deletes those that ended before. Returns how many. */
  purge(before: number): number {
    const { changes } = this.#store
      .prepare('DELETE FROM camera_outages WHERE ended_at < ?')
      .run(before);
    return Number(changes);
  }
}

/** None ends before it begins, so the index of their ends bounds what is read. */
export const outagesSinceSql = `(ended_at >= :from OR ended_at IS NULL)
  AND (:cameras IS NULL OR camera_id IN (SELECT value FROM json_each(:cameras)))`;

function sinceValues(from: number, cameras: '*' | readonly string[]) {
  return { from, cameras: cameras === '*' ? null : JSON.stringify(cameras) };
}
